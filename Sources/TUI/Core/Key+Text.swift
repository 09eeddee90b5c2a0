/// Keys as people write them: `x`, `Ctrl-P`, `S-Tab`, `F10`, `Space`.
extension Key {
  private static let named: [(name: String, code: Code)] = [
    ("Enter", .enter), ("Tab", .tab), ("Esc", .escape), ("Backspace", .backspace), ("Del", .delete),
    ("Ins", .insert), ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home),
    ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Space", .character(" ")),
    ("Comma", .character(",")),
  ]

  private static let prefixes: [(text: String, modifier: Modifiers)] = [
    ("Ctrl-", .control), ("C-", .control), ("^", .control), ("Shift-", .shift), ("S-", .shift),
    ("Alt-", .alt), ("M-", .alt),
  ]

  /// nil for what names no key. Case counts for letters only, and not after Ctrl.
  package init?(text: String) {
    var rest = Substring(text)
    var modifiers: Modifiers = []
    while rest.count > 1,
      let prefix = Self.prefixes.first(where: { rest.lowercased().hasPrefix($0.text.lowercased()) }),
      rest.count > prefix.text.count
    {
      modifiers.insert(prefix.modifier)
      rest = rest.dropFirst(prefix.text.count)
    }
    guard let code = Self.code(String(rest)) else { return nil }
    self.init(code, modifiers)
    guard case .character(let scalar) = code else { return }
    if modifiers.contains(.shift), scalar != " " { return nil }
    if modifiers.contains(.control) {
      // A terminal sends control characters for these only.
      guard scalar.value >= 0x40, scalar.value < 0x7F else { return nil }
      self.code = .character(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
    }
  }

  private static func code(_ text: String) -> Code? {
    if let found = named.first(where: { $0.name.lowercased() == text.lowercased() }) { return found.code }
    if text.lowercased().hasPrefix("f"), text.count > 1 {
      guard let number = Int(text.dropFirst()), (1...12).contains(number) else { return nil }
      return .function(number)
    }
    let scalars = text.unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1, scalar.value > 0x20, scalar.value != 0x7F else {
      return nil
    }
    return .character(scalar)
  }

  /// As `init(text:)` reads it: `Ctrl-P`.
  package var text: String {
    var text = ""
    if modifiers.contains(.control) { text += "Ctrl-" }
    if modifiers.contains(.alt) { text += "Alt-" }
    if modifiers.contains(.shift) { text += "S-" }
    return text + name(isControl: modifiers.contains(.control))
  }

  /// For hints: `^P`.
  package var shortText: String {
    guard case .character(let scalar) = code, modifiers == .control else { return text }
    return "^\(scalar.properties.uppercaseMapping)"
  }

  private func name(isControl: Bool) -> String {
    if let found = Self.named.first(where: { $0.code == code }) { return found.name }
    switch code {
    case .function(let number): return "F\(number)"
    case .character(let scalar): return isControl ? scalar.properties.uppercaseMapping : String(scalar)
    default: return ""
    }
  }
}
