import Client
import Doctor
import Options
import Profiles

/// The user's command line as one that can be printed: with the options that concern the connection, and
/// variables of the shell where secrets stood.
enum DoctorWords {
  static func words(_ arguments: ParsedArguments, _ settings: ResolvedSettings) -> CommandWords {
    let typed = arguments.positionals.first?.text ?? arguments.value("url")
    let isURL = typed.map { !$0.hasPrefix("@") } ?? false
    let target: CommandWords.Target = isURL ? .url : .other(arguments.positionals.first?.text)
    // Of a URL that is written anew these are parts.
    let parts: Set<String> = isURL ? ["url", "host", "port", "path", "tls"] : []
    let known = Set(ConnectionOptions.all.map(\.name)).subtracting(parts)
    var options = arguments.occurrences.filter { known.contains($0.option.name) }.map(option)
    if isURL { options += credentials(arguments, settings) }
    return CommandWords(target: target, options: options)
  }

  /// Those that stood in the URL.
  private static func credentials(
    _ arguments: ParsedArguments, _ settings: ResolvedSettings
  ) -> [CommandWords.Option] {
    var options: [CommandWords.Option] = []
    if !arguments.contains("username"), let name = settings.text(.username) {
      options.append(.init("username", .text("-u"), .text(name)))
    }
    let flags = ["password", "password-file", "password-env", "password-command"]
    if case .literal? = settings.password, !flags.contains(where: arguments.contains) {
      options.append(password)
    }
    return options
  }

  private static let password = CommandWords.Option(
    "password", .text("--password-env"), .text("MQTT_PASSWORD"))

  private static func option(_ occurrence: Occurrence) -> CommandWords.Option {
    let (name, value) = (occurrence.option.name, occurrence.value)
    switch name {
    case "password": return password
    case "key-password": return .init(name, .text("--key-password-env"), .text("KEY_PASSWORD"))
    case "header": return .init(name, .text("--header"), header(value))
    case "proxy": return .init(name, .text("--proxy"), proxy(value))
    default: break
    }
    guard !occurrence.values.isEmpty else { return .init(name, .text(occurrence.spelling)) }
    if case .optional = occurrence.option.shape {
      return .init(name, .text("\(occurrence.spelling)=\(value)"))
    }
    return .init(name, .text(occurrence.spelling), .text(value))
  }

  /// The values of headers are often tokens.
  private static func header(_ text: String) -> CommandWords.Word {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, !["host", "origin"].contains(parts[0].lowercased()) else { return .text(text) }
    let name = parts[0].uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return .variable(prefix: "\(parts[0]): ", name: String(name))
  }

  private static func proxy(_ text: String) -> CommandWords.Word {
    text.contains("@") ? .variable(prefix: "", name: "HTTP_PROXY_URL") : .text(text)
  }
}
