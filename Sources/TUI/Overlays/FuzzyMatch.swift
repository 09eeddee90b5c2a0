/// How well a few typed letters fit a name.
enum FuzzyMatch {
  /// nil when the letters are not in the name in this order; less is better: a prefix, then a word's
  /// beginning, then a part, then scattered letters.
  static func score(_ typed: String, _ name: String) -> Int? {
    let typed = Array(typed.lowercased().unicodeScalars.filter { $0 != " " })
    let name = Array(name.lowercased().unicodeScalars.map { $0 == "-" ? " " : $0 })
    let letters = name.filter { $0 != " " }
    guard !typed.isEmpty else { return 0 }
    if letters.starts(with: typed) { return letters.count - typed.count }
    if let start = wordStart(typed, name) { return 100 + start }
    if let start = part(typed, letters) { return 200 + start }
    var position = 0
    var gaps = 0
    for letter in typed {
      guard let found = letters[position...].firstIndex(of: letter) else { return nil }
      gaps += found - position
      position = found + 1
    }
    return 300 + gaps
  }

  private static func wordStart(_ typed: [Unicode.Scalar], _ name: [Unicode.Scalar]) -> Int? {
    name.indices.first { index in
      (index == 0 || name[index - 1] == " ")
        && name[index...].filter { $0 != " " }.starts(with: typed)
    }
  }

  private static func part(_ typed: [Unicode.Scalar], _ letters: [Unicode.Scalar]) -> Int? {
    guard letters.count >= typed.count else { return nil }
    return (0...(letters.count - typed.count)).first { letters[$0...].starts(with: typed) }
  }
}
