import Testing

@testable import WebSocketTransport

@Suite struct FrameMaskTests {
  @Test func agreesWithTheDefinitionForEveryLengthPhaseAndAlignment() {
    let key: UInt32 = 0xA1B2_C3D4
    let keyBytes = (0..<4).map { UInt8(truncatingIfNeeded: key >> (8 * UInt32($0))) }
    for length in 0..<40 {
      for phase in 0..<6 {
        for shift in 0..<8 {
          let plain = (0..<length + shift).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 1) }
          var masked = plain
          masked.withUnsafeMutableBytes {
            FrameMask.apply(key, phase: phase, to: UnsafeMutableRawBufferPointer(rebasing: $0[shift...]))
          }
          let wanted = plain.indices.map { index in
            index < shift ? plain[index] : plain[index] ^ keyBytes[(index - shift + phase) % 4]
          }
          #expect(masked == wanted)
        }
      }
    }
  }

  @Test func undoesItself() {
    var bytes = Array("some payload that is long enough".utf8)
    let plain = bytes
    for _ in 0..<2 { bytes.withUnsafeMutableBytes { FrameMask.apply(0x0102_0304, to: $0) } }
    #expect(bytes == plain)
  }
}
