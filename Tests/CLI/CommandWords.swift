import Options
import Testing

@testable import CLI

/// A command's words as its parser takes them apart; usage errors become the failures they end in.
func arguments(_ words: [String], of command: CommandDefinition) throws -> ParsedArguments {
  do throws(UsageError) {
    return try OptionParser.parse([command.name] + words, from: 1, for: command)
  } catch {
    throw CommandFailure.usage(error)
  }
}

/// The one line and the exit status that a failing `body` ends in.
func failure(
  _ words: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> String? {
  do {
    try body()
    Issue.record("\(words) was accepted", sourceLocation: sourceLocation)
  } catch let failure as CommandFailure {
    return "\(failure.diagnosis.status.rawValue) \(failure.diagnosis.line())"
  } catch {
    Issue.record("\(words): \(error)", sourceLocation: sourceLocation)
  }
  return nil
}

/// Words that are refused, and the line that says so.
struct Refused: Sendable, CustomTestStringConvertible {
  var words: [String]
  var line: String

  init(_ words: String..., line: String) {
    self.words = words
    self.line = line
  }

  var testDescription: String { words.joined(separator: " ") }
}
