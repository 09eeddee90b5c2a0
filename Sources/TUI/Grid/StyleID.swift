/// What a cell means, which a `Theme` turns into colours and attributes.
package enum Role: UInt8, CaseIterable, Sendable {
  case plain, secondary, strong
  case border, title, focusedTitle
  case header, tab, currentTab, good, waiting, bad
  case hint, hintKey
  case information, warning, error
  /// Lines of a diff; their text starts with `+` or `-` as well.
  case added, removed
  case name, string, number, literal
  case chart, retained, pinned, marked
  case match, field
  case input, invalidInput
  case overlay
}

/// The look of a cell in one byte: a role, and whether its row is selected or its text an escape.
package struct StyleID: Hashable, Sendable, ExpressibleByIntegerLiteral {
  package let rawValue: UInt8

  private static let selectedBit: UInt8 = 0x40
  private static let escapeBit: UInt8 = 0x80

  package init(_ role: Role, isSelected: Bool = false) {
    rawValue = role.rawValue | (isSelected ? Self.selectedBit : 0)
  }

  private init(rawValue: UInt8) { self.rawValue = rawValue }

  /// For tests and tables; a value without a role is plain.
  package init(integerLiteral value: UInt8) { rawValue = value }

  package var role: Role { Role(rawValue: rawValue & 0x3F) ?? .plain }
  /// Shown in reverse video.
  package var isSelected: Bool { rawValue & Self.selectedBit != 0 }
  /// Stands for a character that must not act; shown underlined.
  package var isEscape: Bool { rawValue & Self.escapeBit != 0 }

  package func selected(_ isSelected: Bool = true) -> StyleID {
    isSelected
      ? StyleID(rawValue: rawValue | Self.selectedBit) : StyleID(rawValue: rawValue & ~Self.selectedBit)
  }

  package var escaped: StyleID { StyleID(rawValue: rawValue | Self.escapeBit) }
}

extension StyleID {
  package static let plain = StyleID(.plain)
  package static let secondary = StyleID(.secondary)
  package static let strong = StyleID(.strong)
}
