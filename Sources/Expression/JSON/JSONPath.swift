/// Where in a JSON document a value stands.
struct JSONPath: Equatable, Sendable {
  enum Step: Equatable, Sendable {
    case key([UInt8])
    case index(Int)
    /// A name of digits: the element of an array, or the member of an object.
    case either([UInt8], Int)
  }

  var steps: [Step]
}

/// What a scan found at a path: a range of the payload, not a copy.
struct JSONSlot {
  enum Kind {
    case missing, null, yes, no, number, string, escapedString, array, object
  }

  var kind = Kind.missing
  /// Of strings without their quotes.
  var start = 0
  var end = 0
  /// How many steps of the path lead to where the scan is.
  var matched = 0
}
