/// Stretches a random seed into a stream of unpredictable words: ChaCha (RFC 8439 2.3) with 8 rounds, its
/// key replaced by output of its own in each refill, so that keys already used cannot be told from memory.
///
/// The kernel takes 20 ns and more for four bytes, a fifth of what a small message costs in all.
struct MaskKeyStream: Sendable {
  /// Words of one run: four blocks, computed side by side.
  static let runLength = 64
  private static let rounds = 8
  private static let keyLength = 8

  private var key: [UInt32]

  /// Eight words from a random source.
  init(seed: [UInt32]) { key = seed }

  /// Overwrites `words`, whose count is a multiple of `runLength`.
  mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
    guard let base = words.baseAddress else { return }
    var counter: UInt32 = 0
    for start in stride(from: 0, to: words.count, by: Self.runLength) {
      Self.run(key: key, counter: counter, nonce: SIMD4(), rounds: Self.rounds, into: base + start)
      counter += 4
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.runLength) { next in
      guard let base = next.baseAddress else { return }
      Self.run(key: key, counter: counter, nonce: SIMD4(), rounds: Self.rounds, into: base)
      for index in 0..<Self.keyLength { key[index] = next[index * 4] }
    }
  }

  /// Four blocks from `counter` on; word `w` of block `b` goes to `output[4 * w + b]`. The last three
  /// words of `nonce` count.
  static func run(
    key: [UInt32], counter: UInt32, nonce: SIMD4<UInt32>, rounds: Int,
    into output: UnsafeMutablePointer<UInt32>
  ) {
    withUnsafeTemporaryAllocation(of: SIMD4<UInt32>.self, capacity: 32) { memory in
      guard let state = memory.baseAddress else { return }
      let start = state + 16
      for (index, word) in [0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574].enumerated() {
        state[index] = SIMD4(repeating: UInt32(word))
      }
      for index in 0..<keyLength { state[4 + index] = SIMD4(repeating: key[index]) }
      state[12] = SIMD4(0, 1, 2, 3) &+ SIMD4(repeating: counter)
      for index in 1..<4 { state[12 + index] = SIMD4(repeating: nonce[index]) }
      start.update(from: state, count: 16)
      for _ in 0..<rounds / 2 { doubleRound(state) }
      let words = UnsafeMutableRawPointer(output)
      for index in 0..<16 {
        words.storeBytes(of: state[index] &+ start[index], toByteOffset: index * 16, as: SIMD4<UInt32>.self)
      }
    }
  }

  @inline(__always) private static func doubleRound(_ state: UnsafeMutablePointer<SIMD4<UInt32>>) {
    quarterRound(state, 0, 4, 8, 12)
    quarterRound(state, 1, 5, 9, 13)
    quarterRound(state, 2, 6, 10, 14)
    quarterRound(state, 3, 7, 11, 15)
    quarterRound(state, 0, 5, 10, 15)
    quarterRound(state, 1, 6, 11, 12)
    quarterRound(state, 2, 7, 8, 13)
    quarterRound(state, 3, 4, 9, 14)
  }

  @inline(__always) private static func quarterRound(
    _ state: UnsafeMutablePointer<SIMD4<UInt32>>, _ a: Int, _ b: Int, _ c: Int, _ d: Int
  ) {
    state[a] &+= state[b]
    state[d] = rotated(state[d] ^ state[a], by: 16)
    state[c] &+= state[d]
    state[b] = rotated(state[b] ^ state[c], by: 12)
    state[a] &+= state[b]
    state[d] = rotated(state[d] ^ state[a], by: 8)
    state[c] &+= state[d]
    state[b] = rotated(state[b] ^ state[c], by: 7)
  }

  @inline(__always) private static func rotated(_ words: SIMD4<UInt32>, by bits: UInt32) -> SIMD4<UInt32> {
    words &<< SIMD4(repeating: bits) | words &>> SIMD4(repeating: 32 &- bits)
  }
}
