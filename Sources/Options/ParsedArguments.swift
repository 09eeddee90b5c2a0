/// A value or positional together with its place, so that its raw bytes can be found (and overwritten).
package struct ArgumentValue: Equatable, Sendable {
  package var text: String
  /// Index into the argument vector that was parsed.
  package var argument: Int
  /// Bytes of that argument before the value begins (2 in `-tVALUE`).
  package var offset: Int

  package init(_ text: String, argument: Int, offset: Int = 0) {
    self.text = text
    self.argument = argument
    self.offset = offset
  }
}

/// One use of an option.
package struct Occurrence: Sendable {
  package var option: OptionDefinition
  /// As typed, without the value: `-t`, `--topic`, `--no-reconnect`.
  package var spelling: String
  package var values: [ArgumentValue]
  package var isNegated: Bool
  package var argument: Int

  /// The first value, or "" for a switch.
  package var value: String { values.first?.text ?? "" }
}

/// What was asked for instead of running the command.
package enum InformationRequest: Equatable, Sendable {
  /// `-h` without a value.
  case shortHelp
  /// `--help`.
  case help
  case version
}

/// A command line taken apart: what was said, in the order it was said, nothing interpreted.
package struct ParsedArguments: Sendable {
  package var occurrences: [Occurrence] = []
  package var positionals: [ArgumentValue] = []
  package var request: InformationRequest?

  package init() {}

  package func contains(_ name: String) -> Bool { last(name) != nil }

  /// The occurrence that counts when only one can.
  package func last(_ name: String) -> Occurrence? {
    occurrences.last { $0.option.name == name }
  }

  /// The value that counts when only one can.
  package func value(_ name: String) -> String? { last(name)?.value }

  package func all(_ name: String) -> [Occurrence] {
    occurrences.filter { $0.option.name == name }
  }

  /// The first value of each occurrence.
  package func values(_ name: String) -> [String] { all(name).map(\.value) }

  /// How often a switch was given (`-dd`).
  package func count(_ name: String) -> Int {
    occurrences.reduce(0) { $1.option.name == name ? $0 + 1 : $0 }
  }

  /// Whether a switch is on: the last of `--x` and `--no-x` counts.
  package func isOn(_ name: String, default defaultValue: Bool = false) -> Bool {
    last(name).map { !$0.isNegated } ?? defaultValue
  }
}
