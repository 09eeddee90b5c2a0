/// A line of a payload as it is shown.
struct DetailLine: Equatable, Sendable {
  enum Change: Sendable {
    case same, added, removed
  }

  /// Parts of a line with their looks; foreign text, not yet sanitised.
  struct Part: Equatable, Sendable {
    var text: String
    var role: Role
  }

  var indent = 0
  var parts: [Part]
  /// The value that the line shows, for charts and to find the line again in the next message.
  var path: ValuePath?
  var isNumber = false
  var change = Change.same

  var text: String { parts.reduce(into: "") { $0 += $1.text } }

  /// The same to a reader.
  func reads(like other: DetailLine) -> Bool { indent == other.indent && parts == other.parts }
}
