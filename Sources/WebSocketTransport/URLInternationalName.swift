/// Host names beyond ASCII, RFC 5891, without tables of our own: characters are lower-cased and composed,
/// and whatever a full mapping (UTS 46) would still change is refused rather than guessed at.
enum URLInternationalName {
  /// The name as one would write it: lower case, composed, with ASCII dots. Only letters, marks and digits
  /// may stand beside ASCII. Errors carry positions in the UTF-8 of `name`.
  static func mapped(_ name: String) throws(WebSocketURLError) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var position = 0
    for scalar in name.unicodeScalars {
      if isDot(scalar) {
        result.append(".")
      } else {
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
          try append(lower, to: &result, typed: scalar, at: position)
        }
      }
      position += UTF8.width(scalar)
    }
    return result
  }

  private static func append(
    _ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar], typed: Unicode.Scalar, at position: Int
  ) throws(WebSocketURLError) {
    let isMark = isMark(scalar)
    guard scalar.isASCII || isAllowed(scalar), !isMark || result.last.map({ $0 != "." }) ?? false else {
      throw WebSocketURLError(.hostCharacter(typed.value), at: position)
    }
    if isMark, let last = result.last, let whole = composed(last, scalar) {
      result[result.count - 1] = whole
    } else {
      result.append(scalar)
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    // Sharp s and final sigma have been letters of their own in host names since IDNA 2008.
    if scalar == "\u{DF}" || scalar == "\u{3C2}" { return true }
    guard !scalar.properties.changesWhenNFKCCaseFolded else { return false }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
      // Conjoining Hangul would have to be composed by arithmetic; nobody types it.
      return !(0x1100...0x11FF ~= scalar.value)
    default: return false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    let category = scalar.properties.generalCategory
    return category == .nonspacingMark || category == .spacingMark
  }

  private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
  }

  /// The one letter that is canonically the same as letter and mark: Latin, Greek and Cyrillic have them.
  private static func composed(_ letter: Unicode.Scalar, _ mark: Unicode.Scalar) -> Unicode.Scalar? {
    let pair = String(String.UnicodeScalarView([letter, mark]))
    for range: ClosedRange<UInt32> in [0xC0...0x24F, 0x370...0x4FF, 0x1E00...0x1FFF] {
      for value in range {
        if let whole = Unicode.Scalar(value), String(Character(whole)) == pair { return whole }
      }
    }
    return nil
  }
}
