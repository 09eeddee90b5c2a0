/// A colour of the terminal's palette. The default theme names only ANSI 1 to 6, which are readable on
/// light and dark backgrounds; 0, 7, 8 and 15 are one or the other's background.
package enum Colour: Hashable, Sendable {
  case red, green, yellow, blue, magenta, cyan
  /// One of the palette of 256.
  case indexed(UInt8)
}

/// What a terminal is asked for; nil is its own default.
package struct Style: Hashable, Sendable {
  package var foreground: Colour?
  package var background: Colour?
  package var isBold = false
  package var isReverse = false
  package var isUnderlined = false

  package init(
    _ foreground: Colour? = nil, on background: Colour? = nil, bold: Bool = false, reverse: Bool = false,
    underline: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    isBold = bold
    isReverse = reverse
    isUnderlined = underline
  }
}

/// The one table from meanings to looks. Without colours the attributes remain, and every meaning has a
/// second sign in the text.
package struct Theme: Sendable {
  package enum Kind: Sendable, CaseIterable {
    case standard
    /// Bold where the standard theme is plain, and no colour that is hard to tell from the background.
    case highContrast
  }

  private let styles: [Style]

  package init(_ kind: Kind = .standard, colours: Capabilities.Colours) {
    styles = Role.allCases.map { Self.style($0, kind, colours) }
  }

  package func style(_ id: StyleID) -> Style {
    var style = styles[Int(id.role.rawValue)]
    if id.isSelected { style.isReverse.toggle() }
    if id.isEscape { style.isUnderlined = true }
    return style
  }

  private static func style(_ role: Role, _ kind: Kind, _ colours: Capabilities.Colours) -> Style {
    var style = base(role)
    if colours == .palette256, let better = palette(role) { style.foreground = better }
    if kind == .highContrast {
      style.foreground = nil
      if role != .plain && role != .secondary { style.isBold = true }
    }
    if colours == .none {
      style.foreground = nil
      style.background = nil
    }
    return style
  }

  private static func base(_ role: Role) -> Style {
    switch role {
    case .plain, .secondary, .hint, .header, .tab, .border, .overlay, .literal: Style()
    case .strong, .title, .hintKey, .name: Style(bold: true)
    case .focusedTitle: Style(.cyan, bold: true)
    case .currentTab: Style(bold: true, reverse: true)
    case .good: Style(.green, bold: true)
    case .waiting, .warning: Style(.yellow, bold: true)
    case .bad, .error: Style(.red, bold: true)
    case .information: Style(.cyan)
    case .added, .string: Style(.green)
    case .removed: Style(.red)
    case .number: Style(.cyan)
    case .chart: Style(.blue)
    case .retained: Style(.magenta)
    case .pinned, .marked: Style(.yellow, bold: true)
    case .match: Style(.yellow, bold: true, underline: true)
    case .field: Style(bold: true, reverse: true)
    case .input: Style(underline: true)
    case .invalidInput: Style(.red, bold: true, underline: true)
    }
  }

  /// Middle tones, readable on both backgrounds.
  private static func palette(_ role: Role) -> Colour? {
    switch role {
    case .secondary, .border: .indexed(244)
    case .chart: .indexed(68)
    case .string, .added: .indexed(71)
    case .number: .indexed(73)
    default: nil
    }
  }
}
