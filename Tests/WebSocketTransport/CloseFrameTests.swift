import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct CloseFrameTests {
  @Test(arguments: [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ])
  func readsCodesThatMayBeSent(code: UInt16) throws {
    let close = try read(code, "why")
    #expect(close == CloseFrame(CloseCode(rawValue: code), reason: "why"))
  }

  @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
  func refusesCodesThatMayNotBeSent(code: UInt16) {
    #expect(violation(hex("") + bytes(code)) == .closeCode)
  }

  @Test func refusesHalfACode() {
    #expect(violation([3]) == .closePayload)
  }

  @Test(arguments: [
    "CE BA E1 BD B9 CF 83 CE BC CE B5 ED A0 80 65 64", "C0 80", "F5 80 80 80", "80", "C3", "F8 88 80 80 80",
  ])
  func refusesReasonsThatAreNotUTF8(reason: String) {
    let payload = hex("03E8") + hex(reason)
    #expect(violation(payload) == .closeReason)
    let log = walk(frame(0x88, payload))
    #expect(log.closeCode == .invalidPayload)
  }

  @Test func keepsAReasonWithControlsAsItIs() throws {
    #expect(try read(1000, "a\u{1B}[31m\u{202E}").reason == "a\u{1B}[31m\u{202E}")
  }

  @Test func namesTheRegisteredCodes() {
    #expect(CloseCode.messageTooBig.name == "message too big")
    #expect(CloseCode(rawValue: 4000).name == nil)
  }

  @Test func writesWhatItReads() throws {
    var encoder = FrameEncoder(role: .server)
    var buffer = ByteBuffer()
    encoder.write(CloseFrame(.goingAway, reason: "näher"), into: &buffer)
    #expect(walk(Array(buffer.readableBytesView)).marks == ["close 1001 näher"])
    buffer.clear()
    encoder.write(CloseFrame(nil), into: &buffer)
    #expect(Array(buffer.readableBytesView) == hex("8800"))
  }

  @Test func cutsALongReasonBetweenCharacters() {
    var encoder = FrameEncoder(role: .server)
    var buffer = ByteBuffer()
    encoder.write(CloseFrame(.normal, reason: String(repeating: "ä", count: 100)), into: &buffer)
    #expect(
      walk(Array(buffer.readableBytesView)).marks == ["close 1000 " + String(repeating: "ä", count: 61)])
  }

  private func bytes(_ code: UInt16) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] }

  private func read(_ code: UInt16, _ reason: String) throws -> CloseFrame {
    try parse(bytes(code) + Array(reason.utf8))
  }

  private func parse(_ payload: [UInt8]) throws -> CloseFrame {
    try payload.withUnsafeBytes { try CloseFrame(payload: $0) }
  }

  private func violation(_ payload: [UInt8]) -> WebSocketViolation.Kind? {
    do {
      _ = try parse(payload)
      return nil
    } catch {
      return (error as? WebSocketViolation)?.kind
    }
  }
}
