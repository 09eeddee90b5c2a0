import Glibc

/// Fresh mask keys, RFC 6455 5.3, from a block of random words that is refilled when it is used up.
package struct MaskKeySource: Sendable {
  private static let blockLength = 512
  /// Of the first block, which is all that an idle connection ever needs.
  private static let firstBlockLength = MaskKeyStream.runLength
  /// Blocks that one seed is stretched to.
  private static let blocksPerSeed = 256

  private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void
  /// Whether `fill` gives seeds or the keys themselves.
  private let stretches: Bool
  private var stream = MaskKeyStream(seed: [])
  private var blocksLeft = 0
  private var block: [UInt32] = []
  private var position = 0
  private var last: UInt32 = 0

  /// `fill` overwrites all of its argument with unpredictable bytes: the keys, each low byte first.
  package init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
    self.init(fill: fill, stretches: false)
  }

  private init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void, stretches: Bool) {
    self.fill = fill
    self.stretches = stretches
  }

  /// Seeds from the kernel's random source, stretched.
  package static var system: MaskKeySource { MaskKeySource(fill: fillFromKernel, stretches: true) }

  /// Never 0 and never the same key twice running: either would look like a constant mask.
  package mutating func next() -> UInt32 {
    if position < block.count {
      let key = block[position]
      position &+= 1
      if key != 0 && key != last {
        last = key
        return key
      }
    }
    return nextOfAFreshBlock()
  }

  @inline(never) private mutating func nextOfAFreshBlock() -> UInt32 {
    // A broken source that repeats one value must not hang us: two blocks, then take what there is.
    for _ in 0..<2 * Self.blockLength {
      if position == block.count { refill() }
      let key = block[position]
      position += 1
      if key != 0 && key != last {
        last = key
        return key
      }
    }
    last = last == 1 ? 2 : 1
    return last
  }

  private mutating func refill() {
    position = 0
    if block.count < Self.blockLength {
      block = [UInt32](repeating: 0, count: block.isEmpty ? Self.firstBlockLength : Self.blockLength)
    }
    guard stretches else {
      block.withUnsafeMutableBytes { fill($0) }
      return
    }
    if blocksLeft == 0 {
      var seed = [UInt32](repeating: 0, count: 8)
      seed.withUnsafeMutableBytes { fill($0) }
      stream = MaskKeyStream(seed: seed)
      blocksLeft = Self.blocksPerSeed
    }
    blocksLeft -= 1
    block.withUnsafeMutableBufferPointer { stream.fill($0) }
  }

  private static func fillFromKernel(_ bytes: UnsafeMutableRawBufferPointer) {
    var filled = 0
    while filled < bytes.count {
      let count = min(bytes.count - filled, 256)  // What one call gives at most.
      guard getentropy(bytes.baseAddress?.advanced(by: filled), count) == 0 else { break }
      filled += count
    }
    var generator = SystemRandomNumberGenerator()  // Where the call is forbidden it has other ways.
    for index in filled..<bytes.count { bytes[index] = generator.next() as UInt8 }
  }
}
