/// What one quick pass over the bytes of a string found, eight bytes a step.
struct TextScan {
  private var high: UInt64 = 0
  private var null: UInt64 = 0
  private var wildcard: UInt64 = 0

  /// The top bit of each byte: where one is set, the text is not ASCII.
  private static let tops: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return }
    var position = 0
    while position + 8 <= count {
      add(base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    guard position < count else { return }
    if count >= 8 {
      // The last eight bytes overlap ones already seen; seeing them twice changes nothing.
      add(base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    } else {
      var word = Self.ones
      for index in 0..<count { word = word << 8 | UInt64(base.load(fromByteOffset: index, as: UInt8.self)) }
      add(word)
    }
  }

  /// Not ASCII only: whether it is UTF-8 is a question for `UTF8Check`.
  var hasHigh: Bool { high != 0 }
  var hasNull: Bool { null != 0 }
  /// `+` or `#`.
  var hasWildcard: Bool { wildcard != 0 }

  /// `(x - ones) & ~x & tops` is not 0 exactly when a byte of x is 0.
  @inline(__always)
  private mutating func add(_ word: UInt64) {
    high |= word & Self.tops
    null |= (word &- Self.ones) & ~word & Self.tops
    let plus = word ^ (Self.ones &* UInt64(UInt8.plus))
    wildcard |= (plus &- Self.ones) & ~plus & Self.tops
    let hash = word ^ (Self.ones &* UInt64(UInt8.hash))
    wildcard |= (hash &- Self.ones) & ~hash & Self.tops
  }
}
