/// A piece of an expression's text.
struct Token: Equatable {
  enum Kind: Equatable {
    /// A field or keyword, with the path behind it: `json.a[0]`.
    case word([Segment])
    /// The inside of quotes as it was written, and the quote.
    case string([Unicode.Scalar], quote: Unicode.Scalar)
    /// Digits with what follows them: `21.5`, `5ms`, `0x87`.
    case number(String)
    /// `hex:0aff`
    case bytes([UInt8])
    /// Operators, parentheses and the comma.
    case symbol(String)
  }

  enum Segment: Equatable {
    case name(String)
    case quoted(String)
    case index(Int)
  }

  let kind: Kind
  /// In Unicode scalars.
  let range: Range<Int>

  /// A keyword or the name of a field without a path.
  var plainWord: String? {
    guard case .word(let segments) = kind, segments.count == 1, case .name(let name) = segments[0] else {
      return nil
    }
    return name
  }

  func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }
}

/// What is wrong at a place of the text.
struct SyntaxFlaw: Error {
  /// In Unicode scalars, from 0.
  let offset: Int
  let message: String
}
