/// Finds what a mistyped name was meant to be.
package enum NearestName {
  /// The candidate closest to `text`: one that `text` is the beginning of, else the smallest
  /// edit distance that is still small for the length of `text`. The first of equals.
  /// - Parameter within: the largest edit distance, when it is not to depend on the length.
  package static func of(
    _ text: String, among candidates: some Sequence<String>, within: Int? = nil
  ) -> String? {
    let typed = Array(text.lowercased().unicodeScalars)
    guard !typed.isEmpty, typed.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let name = Array(candidate.lowercased().unicodeScalars)
      let isPrefix = within == nil && typed.count >= 3 && name.starts(with: typed)
      let distance = isPrefix ? 1 : self.distance(typed, name)
      guard distance <= within ?? limit(typed.count), distance < name.count else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }

  private static func limit(_ length: Int) -> Int {
    switch length {
    case ...3: 1
    case ...5: 2
    default: length / 3 + 1
    }
  }
}
