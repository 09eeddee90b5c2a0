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
