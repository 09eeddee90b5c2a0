extension [UInt8] {
  /// Room for `count` further bytes. `body` writes some of them from the pointer on and returns how many:
  /// an append a byte would check uniqueness and capacity each time.
  @inline(__always)
  mutating func append(upTo count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        guard let base = buffer.baseAddress else { return }
        initialized += body(base + initialized)
      }
    }
  }

  /// The decimal digits of `value`.
  package mutating func append(decimal value: Int) {
    if value >= 0, value < 10 {
      append(0x30 + UInt8(truncatingIfNeeded: value))
      return
    }
    if value < 0 { append(0x2D) }
    append(decimal: value.magnitude)
  }

  /// The decimal digits of `value`, with zeros in front up to `digits` of them, at most 20.
  package mutating func append(decimal value: UInt, digits: Int = 1) {
    // Two digits at a time from the end; divisions by a constant are multiplications.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { text in
      var start = 20
      var rest = value
      while rest >= 10 {
        let (quotient, pair) = (rest / 100, Int(truncatingIfNeeded: rest % 100))
        start -= 2
        text[start] = 0x30 + UInt8(truncatingIfNeeded: pair / 10)
        text[start + 1] = 0x30 + UInt8(truncatingIfNeeded: pair % 10)
        rest = quotient
      }
      if rest > 0 || start == 20 {
        start -= 1
        text[start] = 0x30 + UInt8(truncatingIfNeeded: rest)
      }
      while start > 0, 20 - start < digits {
        start -= 1
        text[start] = 0x30
      }
      append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[start...]))
    }
  }
}
