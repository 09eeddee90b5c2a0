/// What the lines of a trace look like.
package struct TraceLayout: Sendable {
  /// 1 tells the connection's life and its packets, 2 also frames, 3 also bytes.
  package var level: Int
  /// Columns of the terminal; lines are then cut in the middle to fit.
  package var width: Int?
  package var usesColour: Bool
  package var asciiOnly: Bool

  package init(level: Int, width: Int? = nil, usesColour: Bool = false, asciiOnly: Bool = false) {
    self.level = level
    self.width = width
    self.usesColour = usesColour
    self.asciiOnly = asciiOnly
  }
}

/// One line to be: whose, of which layer, and what it says. The text is not sanitised.
struct TraceLine {
  enum Mark {
    case sent, received, happened, objected

    init(_ direction: TraceDirection) { self = direction == .sent ? .sent : .received }

    var sign: String {
      switch self {
      case .sent: ">"
      case .received: "<"
      case .happened: "*"
      case .objected: "!"
      }
    }

    /// SGR parameters.
    var colour: String? {
      switch self {
      case .sent: "36"
      case .received: "32"
      case .happened: nil
      case .objected: "1;31"
      }
    }
  }

  var mark: Mark
  var layer: String
  var text: String
  /// Belongs to the line above it: no time.
  var isContinuation = false

  init(_ mark: Mark, _ layer: String, _ text: String, isContinuation: Bool = false) {
    self.mark = mark
    self.layer = layer
    self.text = text
    self.isContinuation = isContinuation
  }
}
