/// Numbers of nodes in an order that the caller knows, in chunks, so that inserting one among hundreds of
/// thousands moves a few hundred. The caller's order must be strict, and must not change for a member while
/// it is in.
struct ChunkedOrder: Sendable {
  private static let chunkSize = 256
  private var chunks: [[Int32]] = []
  private(set) var count = 0

  var first: Int32? { chunks.first?.first }
  var last: Int32? { chunks.last?.last }

  mutating func insert(_ member: Int32, _ precedes: (Int32, Int32) -> Bool) {
    count += 1
    guard !chunks.isEmpty else {
      chunks = [[member]]
      return
    }
    let (chunk, index) = place(of: member, precedes)
    // Past everything: the end of the last chunk.
    let target = min(chunk, chunks.count - 1)
    chunks[target].insert(member, at: chunk == target ? index : chunks[target].count)
    if chunks[target].count > Self.chunkSize {
      let half = Self.chunkSize / 2
      let upper = Array(chunks[target][half...])
      chunks[target].removeSubrange(half...)
      chunks.insert(upper, at: target + 1)
    }
  }

  mutating func remove(_ member: Int32, _ precedes: (Int32, Int32) -> Bool) {
    guard let (chunk, index) = find(member, precedes) else { return }
    chunks[chunk].remove(at: index)
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    count -= 1
  }

  func next(after member: Int32, _ precedes: (Int32, Int32) -> Bool) -> Int32? {
    guard let (chunk, index) = find(member, precedes) else { return nil }
    if index + 1 < chunks[chunk].count { return chunks[chunk][index + 1] }
    return chunk + 1 < chunks.count ? chunks[chunk + 1].first : nil
  }

  func previous(before member: Int32, _ precedes: (Int32, Int32) -> Bool) -> Int32? {
    guard let (chunk, index) = find(member, precedes) else { return nil }
    if index > 0 { return chunks[chunk][index - 1] }
    return chunk > 0 ? chunks[chunk - 1].last : nil
  }

  func forEach(_ body: (Int32) -> Void) {
    for chunk in chunks { for member in chunk { body(member) } }
  }

  private func find(
    _ member: Int32, _ precedes: (Int32, Int32) -> Bool
  ) -> (chunk: Int, index: Int)? {
    let (chunk, index) = place(of: member, precedes)
    guard chunk < chunks.count, index < chunks[chunk].count, chunks[chunk][index] == member else {
      return nil
    }
    return (chunk, index)
  }

  /// Where the member stands or belongs: before the first that does not precede it.
  private func place(
    of member: Int32, _ precedes: (Int32, Int32) -> Bool
  ) -> (chunk: Int, index: Int) {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if let last = chunks[middle].last, precedes(last, member) { low = middle + 1 } else { high = middle }
    }
    guard low < chunks.count else { return (low, 0) }
    let chunk = low
    low = 0
    high = chunks[chunk].count
    while low < high {
      let middle = (low + high) / 2
      if precedes(chunks[chunk][middle], member) { low = middle + 1 } else { high = middle }
    }
    return (chunk, low)
  }
}
