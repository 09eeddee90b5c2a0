/// Manual pages in the man macros, made from the definitions.
package struct ManPage {
  private var lines: [String] = []

  /// - Parameter date: `YYYY-MM-DD`; fixed by the caller, so that the same definitions give the same page.
  package static func text(
    for command: CommandDefinition, program: ProgramDefinition, date: String
  ) -> String {
    var page = ManPage()
    let name = "\(program.name)-\(command.name)"
    page.head(name, command.summary, program, date)
    page.macro("SH", "SYNOPSIS")
    page.lines.append("\\fB\(escape(program.name)) \(escape(command.name))\\fR \(escape(command.synopsis))")
    page.description(command.description.isEmpty ? [capitalised(command.summary) + "."] : command.description)
    page.options(command)
    page.examples(command.examples)
    page.macro("SH", "SEE ALSO")
    page.lines.append("\\fB\(escape(program.name))\\fR(1)")
    return page.lines.joined(separator: "\n") + "\n"
  }

  package static func text(for program: ProgramDefinition, date: String) -> String {
    var page = ManPage()
    page.head(program.name, program.summary, program, date)
    page.macro("SH", "SYNOPSIS")
    page.lines.append("\\fB\(escape(program.name))\\fR \\fICOMMAND\\fR [\\fITARGET\\fR] [\\fIoptions\\fR]")
    page.description(program.description)
    page.macro("SH", "COMMANDS")
    for command in program.commands {
      page.macro("TP")
      page.lines.append("\\fB\(escape(program.name))-\(escape(command.name))\\fR(1)")
      page.paragraph(capitalised(command.summary) + ".")
    }
    page.examples(program.examples)
    return page.lines.joined(separator: "\n") + "\n"
  }

  // MARK: Parts

  private mutating func head(
    _ name: String, _ summary: String, _ program: ProgramDefinition, _ date: String
  ) {
    lines.append(#".\" Generated from the option definitions; do not edit."#)
    macro("TH", name.uppercased(), "1", date, "\(program.name) \(program.version)", "User Commands")
    macro("SH", "NAME")
    lines.append("\(Self.escape(name)) \\- \(Self.escape(summary))")
  }

  private mutating func description(_ paragraphs: [String]) {
    macro("SH", "DESCRIPTION")
    for (index, text) in paragraphs.enumerated() {
      if index > 0 { macro("PP") }
      paragraph(text)
    }
  }

  private mutating func options(_ command: CommandDefinition) {
    macro("SH", "OPTIONS")
    for positional in command.positionals {
      macro("TP")
      lines.append("\\fI\(Self.escape(positional.name))\\fR")
      paragraph(Self.capitalised(positional.summary) + ".")
    }
    for (section, options) in command.sections {
      macro("SS", section)
      for option in options {
        macro("TP")
        lines.append(Self.heading(option))
        paragraph(Self.sentences(option))
      }
    }
  }

  private mutating func examples(_ examples: [Example]) {
    guard !examples.isEmpty else { return }
    macro("SH", "EXAMPLES")
    for example in examples {
      macro("TP")
      lines.append("\\fB\(Self.escape(example.command))\\fR")
      paragraph(Self.capitalised(example.explanation) + ".")
    }
  }

  private static func heading(_ option: OptionDefinition) -> String {
    var text = (option.letters.map { "-\($0)" } + ["--" + option.shownName])
      .map { "\\fB\(escape($0))\\fR" }.joined(separator: ", ")
    switch option.shape {
    case .none: break
    case .optional(let placeholder): text += "[=\\fI\(escape(placeholder))\\fR]"
    case .one(let placeholder), .sequence(let placeholder, _): text += " \\fI\(escape(placeholder))\\fR"
    }
    return text
  }

  private static func sentences(_ option: OptionDefinition) -> String {
    var parts = [capitalised(option.summary) + "."]
    if !option.details.isEmpty { parts.append(option.details) }
    if let value = option.defaultText { parts.append("Default: \(value).") }
    if option.isRepeatable { parts.append("May be given several times.") }
    if option.isNegatable {
      parts.append("The opposite is --\(option.showsNegation ? option.name : "no-" + option.name).")
    }
    if !option.spellings.isEmpty {
      parts.append("Also --\(option.spellings.joined(separator: ", --")).")
    }
    if let variable = option.environment { parts.append("Variable: \(variable).") }
    return parts.joined(separator: " ")
  }

  // MARK: Roff

  private mutating func macro(_ name: String, _ arguments: String...) {
    let quoted = arguments.map { argument in
      // A date is taken apart by the macro, so its dashes stay as they are.
      let escaped = argument.first?.isNumber ?? false ? argument : Self.escape(argument)
      return argument.contains(" ") || argument.isEmpty ? "\"\(escaped)\"" : escaped
    }
    lines.append((["." + name] + quoted).joined(separator: " "))
  }

  /// In lines that are easy to compare.
  private mutating func paragraph(_ text: String) {
    for line in HelpRenderer.wrap(text, indent: 0, width: 72) { lines.append(Self.escape(line)) }
  }

  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "\"": result += "\\(dq"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case let scalar where !scalar.isASCII:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }

  private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
