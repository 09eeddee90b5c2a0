/// An argument that is not an option.
package struct PositionalDefinition: Sendable {
  package var name: String
  package var summary: String
  package var isRequired: Bool
  package var isRepeatable: Bool
  package var completion: Completion

  package init(
    _ name: String, _ summary: String, required: Bool = false, repeatable: Bool = false,
    completion: Completion = .none
  ) {
    self.name = name
    self.summary = summary
    isRequired = required
    isRepeatable = repeatable
    self.completion = completion
  }
}

/// A command line worth copying, and what it does.
package struct Example: Sendable {
  package var command: String
  package var explanation: String

  package init(_ command: String, _ explanation: String) {
    self.command = command
    self.explanation = explanation
  }
}

/// One subcommand: everything that parsing, help, man page and completions need.
package struct CommandDefinition: Sendable {
  package var name: String
  /// One line without a full stop.
  package var summary: String
  /// Plain paragraphs for the man page and the full help.
  package var description: [String]
  /// Without the program's and the command's name: `[TARGET] -t TOPIC [options]`.
  package var synopsis: String
  package var positionals: [PositionalDefinition]
  package var options: [OptionDefinition]
  package var examples: [Example]
  /// The hint for an argument that has no place (`sensor/#`: "topics go with -t").
  package var strayArgumentHint: @Sendable (String) -> String?

  package init(
    _ name: String,
    _ summary: String,
    description: [String] = [],
    synopsis: String,
    positionals: [PositionalDefinition] = [],
    options: [OptionDefinition] = [],
    examples: [Example] = [],
    strayArgumentHint: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.name = name
    self.summary = summary
    self.description = description
    self.synopsis = synopsis
    self.positionals = positionals
    self.options = options
    self.examples = examples
    self.strayArgumentHint = strayArgumentHint
  }
}

/// The program with its commands, for the overall help, man page and completions.
package struct ProgramDefinition: Sendable {
  package var name: String
  package var summary: String
  package var description: [String]
  package var version: String
  package var commands: [CommandDefinition]
  package var examples: [Example]

  package init(
    name: String, summary: String, description: [String] = [], version: String,
    commands: [CommandDefinition], examples: [Example] = []
  ) {
    self.name = name
    self.summary = summary
    self.description = description
    self.version = version
    self.commands = commands
    self.examples = examples
  }
}
