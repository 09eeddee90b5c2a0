import Presentation

/// What a user hears of a message that could not be printed as asked.
enum FormatProblemText {
  static func text(_ problem: FormatProblem, topic: String) -> String {
    switch problem {
    case .payloadIsNotJSON: "%J: the payload of '\(topic)' is not JSON"
    case .payloadIsNoFloat: "%f, %d: the payload of '\(topic)' has neither 4 nor 8 bytes"
    }
  }
}
