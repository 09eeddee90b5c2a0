/// Finds the action that a mistyped name was meant to be.
enum NearestAction {
  /// The first candidate that begins with `text`, or has the most letters of it in order.
  static func name(for text: String, among candidates: [String]) -> String? {
    if let prefixed = candidates.first(where: { !text.isEmpty && $0.hasPrefix(text) }) { return prefixed }
    return candidates.min { distance(text, $0) < distance(text, $1) }
      .flatMap { distance(text, $0) <= max(1, text.count / 3) ? $0 : nil }
  }

  /// Insertions, deletions and substitutions.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.unicodeScalars.prefix(40))
    let right = Array(right.unicodeScalars.prefix(40))
    var row = Array(0...right.count)
    for i in left.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let cost = left[i] == right[j] ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[right.count]
  }
}
