/// What follows an option on the command line.
package enum ValueShape: Sendable {
  /// A switch.
  case none
  /// One value, attached (`-tVALUE`, `--topic=VALUE`) or the next argument whatever it looks like.
  case one(String)
  /// A value that is only taken when attached with `=`; the next argument is never eaten.
  case optional(String)
  /// As many arguments as `wantsMore` asks for, given those read so far (`-D publish user-property k v`).
  case sequence(String, wantsMore: @Sendable (_ soFar: [String]) -> Bool)

  package var placeholder: String? {
    switch self {
    case .none: nil
    case .one(let text), .optional(let text), .sequence(let text, _): text
    }
  }
}

/// What a shell may offer for a value.
package enum Completion: Sendable, Equatable {
  case none
  case values([String])
  case file
  case directory
  /// The lines that this shell command prints.
  case command(String)
}

/// One option, defined once: the parser, the help, the man page and the completions are made from it.
package struct OptionDefinition: Sendable {
  /// The long name without dashes; it also identifies the option in `ParsedArguments`.
  package var name: String
  package var letters: [Character]
  /// Further long names that mean the same (mosquitto's, mostly).
  package var spellings: [String]
  package var shape: ValueShape
  /// Whether each occurrence adds to the ones before. Of an option that is not repeatable the last counts.
  package var isRepeatable: Bool
  /// Whether `--no-NAME` exists too.
  package var isNegatable: Bool
  /// Whether help and completions show `--no-NAME` instead of `--NAME` (because the default is "on").
  package var showsNegation: Bool
  package var section: String
  /// One line without a full stop.
  package var summary: String
  /// What the man page adds to the summary: plain sentences.
  package var details: String
  /// The environment variable that sets the same, for settings.
  package var environment: String?
  package var defaultText: String?
  package var completion: Completion
  /// Whether the short help lists it.
  package var isCommon: Bool
  package var isHidden: Bool
  /// For values that never start with a dash: `-k -t` is then a missing value instead of the value `-t`.
  package var refusesOptionAsValue: Bool
  /// The hint when the value is missing.
  package var missingValueHint: String?

  package init(
    _ name: String,
    letters: String = "",
    spellings: [String] = [],
    _ shape: ValueShape = .none,
    repeatable: Bool = false,
    negatable: Bool = false,
    showsNegation: Bool = false,
    section: String = "Options",
    _ summary: String,
    details: String = "",
    environment: String? = nil,
    default defaultText: String? = nil,
    completion: Completion = .none,
    common: Bool = false,
    hidden: Bool = false,
    refusesOptionAsValue: Bool = false,
    missingValueHint: String? = nil
  ) {
    self.name = name
    self.letters = Array(letters)
    self.spellings = spellings
    self.shape = shape
    isRepeatable = repeatable
    isNegatable = negatable
    self.showsNegation = showsNegation
    self.section = section
    self.summary = summary
    self.details = details
    self.environment = environment
    self.defaultText = defaultText
    self.completion = completion
    isCommon = common
    isHidden = hidden
    self.refusesOptionAsValue = refusesOptionAsValue
    self.missingValueHint = missingValueHint
  }

  /// The long name as help shows it.
  package var shownName: String { showsNegation ? "no-" + name : name }
}
