/// Takes a command's arguments apart by its definition.
///
/// A value is the rest of its argument or the whole next argument, whatever that looks like, so
/// `-t -a`, `-m -5` and `-C -1` work. Switches cluster (`-vN`), options and positionals mix, and `--`
/// ends the options. Nothing is interpreted: the result is the list of what was said.
package struct OptionParser {
  private let command: CommandDefinition
  private var arguments: [String] = []
  private var index = 0
  private var result = ParsedArguments()

  /// - Parameter start: the index of the first argument after the command's name. Indices in the
  ///   result count from the beginning of `arguments`.
  package static func parse(
    _ arguments: [String], from start: Int = 0, for command: CommandDefinition
  ) throws(UsageError) -> ParsedArguments {
    var parser = OptionParser(command)
    return try parser.run(arguments, from: start)
  }

  private init(_ command: CommandDefinition) {
    self.command = command
  }

  private mutating func run(_ arguments: [String], from start: Int) throws(UsageError) -> ParsedArguments {
    self.arguments = arguments
    index = start
    while index < arguments.count, result.request == nil {
      let argument = arguments[index]
      if argument == "--" {
        for rest in (index + 1)..<arguments.count {
          result.positionals.append(ArgumentValue(arguments[rest], argument: rest))
        }
        break
      } else if argument.utf8.starts(with: "--".utf8) {
        try parseLong(argument)
      } else if argument.utf8.first == UInt8(ascii: "-"), argument.utf8.count > 1 {
        try parseCluster(argument)
      } else {
        try refuseOtherDash(argument)
        result.positionals.append(ArgumentValue(argument, argument: index))
      }
      index += 1
    }
    if result.request == nil { try checkPositionals() }
    return result
  }

  // MARK: Long options

  private mutating func parseLong(_ argument: String) throws(UsageError) {
    let body = argument.utf8.dropFirst(2)
    let equals = body.firstIndex(of: UInt8(ascii: "="))
    let name = String(body[..<(equals ?? body.endIndex)]) ?? ""
    let spelling = "--" + name
    guard let (option, isNegated) = longOption(name) else {
      if equals == nil, name == "help" { return result.request = .help }
      if equals == nil, name == "version" { return result.request = .version }
      throw unknownOption(spelling, name: name)
    }
    var attached: ArgumentValue?
    if let equals {
      let value = String(body[body.index(after: equals)...]) ?? ""
      attached = ArgumentValue(value, argument: index, offset: spelling.utf8.count + 1)
    }
    if let attached, isNegated || option.shape.placeholder == nil {
      throw UsageError("\(spelling) takes no value, got '\(attached.text)'", argument: argument)
    }
    try append(option, spelling: spelling, isNegated: isNegated, attached: attached)
  }

  private func longOption(_ name: String) -> (OptionDefinition, isNegated: Bool)? {
    if let option = command.options.first(where: { $0.name == name || $0.spellings.contains(name) }) {
      return (option, false)
    }
    guard name.utf8.starts(with: "no-".utf8) else { return nil }
    let positive = name.dropFirst(3)
    return command.options.first { $0.isNegatable && $0.name == positive }.map { ($0, true) }
  }

  private func unknownOption(_ spelling: String, name: String) -> UsageError {
    if name.hasPrefix("no-"), command.longNames.contains(String(name.dropFirst(3))) {
      let hint = "--\(name.dropFirst(3)) has no opposite: leave it out"
      return UsageError("unknown option \(spelling)", hint: hint, argument: spelling)
    }
    let nearest = NearestName.of(name, among: command.longNames)
    return UsageError(
      "unknown option \(spelling)",
      hint: nearest.map { "did you mean --\($0)?" } ?? command.helpHint, argument: spelling)
  }

  // MARK: Letters

  private mutating func parseCluster(_ argument: String) throws(UsageError) {
    let letters = argument.dropFirst()
    var position = letters.startIndex
    while position < letters.endIndex {
      let letter = letters[position]
      let spelling = "-\(letter)"
      guard let option = command.options.first(where: { $0.letters.contains(letter) }) else {
        if letter == "h", letters.count == 1 { return result.request = .shortHelp }
        throw unknownLetter(letter, in: argument)
      }
      let rest = letters[letters.index(after: position)...]
      if case .none = option.shape {
        if rest.utf8.first == UInt8(ascii: "=") {
          throw UsageError("\(spelling) takes no value, got '\(rest.dropFirst())'", argument: argument)
        }
        try append(option, spelling: spelling, isNegated: false, attached: nil)
        position = rest.startIndex
        continue
      }
      if letter == "h", rest.isEmpty, index + 1 == arguments.count { return result.request = .shortHelp }
      var attached: ArgumentValue?
      if !rest.isEmpty {
        let offset = argument.utf8.count - rest.utf8.count
        attached = ArgumentValue(String(rest), argument: index, offset: offset)
        if position == letters.startIndex { try refuseSingleDash(String(letters)) }
      }
      return try append(option, spelling: spelling, isNegated: false, attached: attached)
    }
  }

  /// `-topic x` would quietly become the topic "opic".
  private func refuseSingleDash(_ name: String) throws(UsageError) {
    guard name.utf8.count > 3, command.longNames.contains(name) else { return }
    let value = name.dropFirst()
    throw UsageError(
      "-\(name) has one dash",
      hint: "write --\(name), or -\(name.prefix(1)) \(value) for the value '\(value)'",
      argument: "-\(name)")
  }

  private func unknownLetter(_ letter: Character, in argument: String) -> UsageError {
    let name = String(argument.dropFirst())
    let place = name.count > 1 ? " in \(argument)" : ""
    let meant = name.count > 2 ? NearestName.of(name, among: command.longNames) : nil
    return UsageError(
      "unknown option -\(letter)\(place)",
      hint: meant.map { "did you mean --\($0)?" } ?? command.helpHint, argument: argument)
  }

  // MARK: Values

  private mutating func append(
    _ option: OptionDefinition, spelling: String, isNegated: Bool, attached: ArgumentValue?
  ) throws(UsageError) {
    let first = index
    var values = attached.map { [$0] } ?? []
    switch option.shape {
    case .none, .optional: break
    case .one:
      if !isNegated, values.isEmpty { values.append(try nextValue(option, spelling)) }
    case .sequence(_, let wantsMore):
      while wantsMore(values.map(\.text)) { values.append(try nextValue(option, spelling)) }
    }
    result.occurrences.append(
      Occurrence(
        option: option, spelling: spelling, values: values, isNegated: isNegated, argument: first))
  }

  private mutating func nextValue(
    _ option: OptionDefinition, _ spelling: String
  ) throws(UsageError) -> ArgumentValue {
    let placeholder = option.shape.placeholder ?? "VALUE"
    guard index + 1 < arguments.count else {
      throw UsageError(
        "\(spelling) needs a value (\(placeholder))", hint: option.missingValueHint, argument: spelling)
    }
    let next = arguments[index + 1]
    if option.refusesOptionAsValue, looksLikeOption(next) {
      throw UsageError(
        "\(spelling) needs a value (\(placeholder)), got the option \(next)",
        hint: option.missingValueHint, argument: spelling)
    }
    index += 1
    return ArgumentValue(next, argument: index)
  }

  /// `-5` does not: it is a wrong number, not a forgotten one.
  private func looksLikeOption(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(2))
    return bytes.count == 2 && bytes[0] == UInt8(ascii: "-")
      && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[1]) && bytes[1] != UInt8(ascii: ".")
  }

  // MARK: Positionals

  /// Text that was copied from a document may have lost its ASCII dashes.
  private func refuseOtherDash(_ argument: String) throws(UsageError) {
    guard let first = argument.unicodeScalars.first,
      (0x2010...0x2015).contains(first.value) || first.value == 0x2212
    else { return }
    throw UsageError(
      "'\(argument)' begins with a typographic dash", hint: "type it as an ASCII -", argument: argument)
  }

  private func checkPositionals() throws(UsageError) {
    let defined = command.positionals
    let required = defined.count { $0.isRequired }
    if result.positionals.count < required {
      let missing = defined[result.positionals.count]
      throw UsageError("\(command.name) needs \(missing.name)", hint: missing.summary)
    }
    if defined.contains(where: \.isRepeatable) || result.positionals.count <= defined.count { return }
    let stray = result.positionals[defined.count].text
    throw UsageError(
      "unexpected argument '\(stray)'",
      hint: command.strayArgumentHint(stray) ?? command.helpHint, argument: stray)
  }
}

extension CommandDefinition {
  /// Every long spelling that the parser takes and help may show.
  var longNames: [String] {
    var names: [String] = []
    for option in options where !option.isHidden {
      names.append(option.name)
      names += option.spellings
      if option.isNegatable { names.append("no-" + option.name) }
    }
    return names + ["help"]
  }

  var helpHint: String { "see mqttws \(name) --help" }
}
