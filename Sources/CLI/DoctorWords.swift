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
    var options = arguments.occurrences.filter { known.contains($0.option.name) }.map(words)
    if isURL { options += credentials(arguments, settings) }
    return CommandWords(target: target, options: options)
  }

  /// Those that stood in the URL.
  private static func credentials(
    _ arguments: ParsedArguments, _ settings: ResolvedSettings
  ) -> [[CommandWords.Word]] {
    var options: [[CommandWords.Word]] = []
    if !arguments.contains("username"), let name = settings.text(.username) {
      options.append([.text("-u"), .text(name)])
    }
    let flags = ["password", "password-file", "password-env", "password-command"]
    if case .literal? = settings.password, !flags.contains(where: arguments.contains) {
      options.append([.text("--password-env"), .text("MQTT_PASSWORD")])
    }
    return options
  }

  private static func words(_ occurrence: Occurrence) -> [CommandWords.Word] {
    let value = occurrence.value
    switch occurrence.option.name {
    case "password": return [.text("--password-env"), .text("MQTT_PASSWORD")]
    case "key-password": return [.text("--key-password-env"), .text("KEY_PASSWORD")]
    case "header": return [.text("--header"), header(value)]
    case "proxy": return [.text("--proxy"), proxy(value)]
    default: break
    }
    guard !occurrence.values.isEmpty else { return [.text(occurrence.spelling)] }
    if case .optional = occurrence.option.shape { return [.text("\(occurrence.spelling)=\(value)")] }
    return [.text(occurrence.spelling), .text(value)]
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
