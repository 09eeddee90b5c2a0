import Testing

@testable import WebSocketTransport

@Suite struct MaskKeySourceTests {
  @Test func theKernelsKeysAreNotConstantAndDoNotRunInCircles() {
    var source = MaskKeySource.system
    var seen: Set<UInt32> = []
    var previous: UInt32 = 0
    let count = 1_000_000
    seen.reserveCapacity(count)
    for _ in 0..<count {
      let key = source.next()
      if key == previous || key == 0 { Issue.record("a constant mask") }
      previous = key
      seen.insert(key)
    }
    // Among a million random 32-bit numbers about 116 have come before; a source with a period, or one
    // with fewer bits, shows far more.
    #expect(seen.count > count - 400)
    // Every bit is set in half of the keys; eight standard deviations are 400.
    let some = seen.prefix(10_000)
    #expect((0..<32).allSatisfy { bit in abs(some.count { $0 >> UInt32(bit) & 1 == 1 } - 5_000) < 400 })
  }

  @Test func twoSourcesDiffer() {
    var left = MaskKeySource.system
    var right = MaskKeySource.system
    #expect((0..<8).map { _ in left.next() } != (0..<8).map { _ in right.next() })
  }

  @Test func skipsZeroAndRepetitionsOfWhatItIsGiven() {
    var source = MaskKeySource { bytes in
      for index in bytes.indices { bytes[index] = index / 4 % 3 == 0 ? 0 : 7 }
    }
    #expect(source.next() == 0x0707_0707)
    #expect(source.next() != 0x0707_0707)
  }

  @Test(arguments: [UInt8(0), 9]) func aBrokenSourceDoesNotHang(byte: UInt8) {
    var source = MaskKeySource { bytes in
      for index in bytes.indices { bytes[index] = byte }
    }
    let keys = (0..<4).map { _ in source.next() }
    for (left, right) in zip(keys, keys.dropFirst()) { #expect(left != right && right != 0) }
  }
}

@Suite struct MaskKeyStreamTests {
  /// RFC 8439 2.3.2: the block function with 20 rounds.
  @Test func computesTheBlockOfTheStandard() {
    let key: [UInt32] = (0..<8).map { 0x0302_0100 + $0 * 0x0404_0404 }
    var output = [UInt32](repeating: 0, count: MaskKeyStream.runLength)
    output.withUnsafeMutableBufferPointer { output in
      guard let base = output.baseAddress else { return }
      MaskKeyStream.run(
        key: key, counter: 1, nonce: SIMD4(0, 0x0900_0000, 0x4A00_0000, 0), rounds: 20, into: base)
    }
    let first = (0..<16).map { output[$0 * 4] }
    #expect(
      first == [
        0xE4E7_F110, 0x1559_3BD1, 0x1FDD_0F50, 0xC471_20A3, 0xC7F4_D1C7, 0x0368_C033, 0x9AAA_2204,
        0x4E6C_D4C3,
        0x4664_82D2, 0x09AA_9F07, 0x05D7_C214, 0xA202_8BD9, 0xD19C_12B5, 0xB94E_16DE, 0xE883_D0CB,
        0x4E3C_50A2,
      ])
  }

  @Test func eachRefillIsNew() {
    var stream = MaskKeyStream(seed: [1, 2, 3, 4, 5, 6, 7, 8])
    var seen: Set<UInt32> = []
    for _ in 0..<10 {
      var words = [UInt32](repeating: 0, count: 512)
      words.withUnsafeMutableBufferPointer { stream.fill($0) }
      seen.formUnion(words)
    }
    #expect(seen.count > 5_110)
  }
}
