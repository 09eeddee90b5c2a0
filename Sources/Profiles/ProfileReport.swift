import Text
import WebSocketTransport

/// What `mqttws profile list` and `show` say, as rows, as text and as JSON. No secret is ever in it.
package enum ProfileReport {
  package struct Setting: Equatable, Sendable {
    package var key: String
    /// As shown; a secret is described, not told.
    package var value: String
    package var origin: Origin
  }

  package struct Summary: Equatable, Sendable {
    package var name: String
    /// nil when neither the profile nor what it extends names a URL.
    package var url: String?
    package var extends: String?
    package var isDefault: Bool
  }

  // MARK: Rows

  /// Every setting that has a value, in the order of the table: what was set, and the defaults.
  package static func settings(_ resolved: ResolvedSettings) -> [Setting] {
    var rows: [Setting] = []
    for definition in SettingsTable.all {
      if definition.key == .url {
        rows += address(resolved)
      } else if definition.key.isAddress {
        continue
      } else if let entry = resolved.entry(definition.key) {
        rows.append(Setting(key: definition.key.rawValue, value: shown(entry), origin: entry.origin))
      } else if definition.section == SettingDefinition.Section.will.rawValue,
        resolved.entry(.willTopic) == nil
      {
        continue
      } else if let text = definition.defaultText, !resolved.hasEntry(in: definition.group) {
        rows.append(Setting(key: definition.key.rawValue, value: text, origin: .builtIn))
      }
    }
    return rows
  }

  /// The profiles in the order of the file.
  package static func list(_ file: ProfileFile) -> [Summary] {
    let defaultName = file.defaultName.map(TargetText.init(profileName:))
    return file.profiles.map { profile in
      Summary(
        name: profile.name, url: url(of: profile.name, in: file), extends: profile.extends,
        isDefault: defaultName == .profile(profile.name))
    }
  }

  private static func address(_ resolved: ResolvedSettings) -> [Setting] {
    guard let url = resolved.url else {
      return [Setting(key: "url", value: "(chosen by the embedded broker)", origin: .builtIn)]
    }
    let origins = resolved.targetOrigins
    let row = Setting(key: "url", value: url.description, origin: origins.host)
    // Parts are only worth a row when they did not come with the rest.
    let parts: [(String, String, Origin)] = [
      ("port", String(url.port), origins.port), ("path", redactedTarget(url), origins.path),
      ("tls", String(url.scheme.usesTLS), origins.scheme),
    ]
    return [row]
      + parts.filter { $0.2 != origins.host }.map { Setting(key: $0.0, value: $0.1, origin: $0.2) }
  }

  /// Path and query as the URL's description shows them.
  private static func redactedTarget(_ url: WebSocketURL) -> String {
    let text = url.description
    let rest = text.dropFirst(url.scheme.rawValue.count + 3)
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  private static func url(of name: String, in file: ProfileFile) -> String? {
    guard let chain = try? file.chain(name) else { return nil }
    let entries = chain.reversed().flatMap(\.entries)
    if case .text(let text)? = entries.first(where: { $0.key == .url })?.value {
      return (try? WebSocketURL(parsing: text))?.description
    }
    if case .text(let host)? = entries.first(where: { $0.key == .host })?.value { return host }
    return nil
  }

  // MARK: Values

  package static func shown(_ entry: SettingEntry) -> String {
    switch (entry.key, entry.value) {
    case (.password, .text(let text)), (.keyPassword, .text(let text)):
      return SecretSource.literal(text).description
    case (.passwordFile, .text(let path)), (.keyPasswordFile, .text(let path)):
      return SecretSource.file(path).description
    case (.passwordEnvironment, .text(let name)), (.keyPasswordEnvironment, .text(let name)):
      return SecretSource.environment(name).description
    case (.passwordCommand, .text(let command)), (.keyPasswordCommand, .text(let command)):
      return SecretSource.command(command).description
    case (.proxy, .text(let text)):
      return ProxyURL.settings(text).map { proxy in
        "http://" + (proxy.username.map { $0 + (proxy.password == nil ? "@" : ":…@") } ?? "")
          + "\(proxy.host):\(proxy.port)"
      } ?? "(set, hidden)"
    default: return shown(entry.value)
    }
  }

  private static func shown(_ value: SettingValue) -> String {
    switch value {
    case .text(let text): text
    case .boolean(let flag): String(flag)
    case .integer(let number): number == 4_294_967_295 ? "never" : String(number)
    case .duration(let duration): self.duration(duration)
    case .tlsVersions(let low, let high):
      low == high
        ? low?.rawValue ?? "any"
        : (low?.rawValue ?? "") + (high.map { "-" + $0.rawValue } ?? "+")
    case .headers(let headers):
      headers.map { "\($0.name): \(HeaderCheck.isSecret($0.name) ? "(set, hidden)" : $0.value)" }
        .joined(separator: ", ")
    case .retries(let times): times.map(String.init) ?? "forever"
    }
  }

  private static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if attoseconds == 0 { return "\(seconds)s" }
    return "\(Double(seconds) * 1000 + Double(attoseconds) / 1e15)ms"
  }

  // MARK: Text and JSON

  /// One line a row, in columns; foreign text is made harmless.
  package static func text(_ rows: [Setting]) -> String {
    columns(rows.map { [$0.key, $0.value, $0.origin.description] })
  }

  package static func text(_ rows: [Summary]) -> String {
    columns(
      rows.map { row in
        let notes = [row.isDefault ? "default" : nil, row.extends.map { "extends \($0)" }]
        return ["@" + row.name, row.url ?? "-", notes.compactMap(\.self).joined(separator: ", ")]
      })
  }

  package static func json(_ rows: [Setting]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for row in rows {
      writer.beginObject()
      writer.field("key", row.key)
      writer.field("value", row.value)
      writer.field("origin", row.origin.description)
      writer.endObject()
    }
    writer.endArray()
    return writer.text + "\n"
  }

  package static func json(_ rows: [Summary]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for row in rows {
      writer.beginObject()
      writer.field("name", row.name)
      if let url = row.url { writer.field("url", url) }
      if let parent = row.extends { writer.field("extends", parent) }
      writer.field("default", row.isDefault)
      writer.endObject()
    }
    writer.endArray()
    return writer.text + "\n"
  }

  /// What `profile check` found to be in order; nil without a profile file.
  package static func json(file: String?, profiles: [String]) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("file")
    if let file { writer.value(file) } else { writer.null() }
    writer.key("profiles")
    writer.beginArray()
    for name in profiles { writer.value(name) }
    writer.endArray()
    writer.field("ok", true)
    writer.endObject()
    return writer.text + "\n"
  }

  package static func json(path: String) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("path", path)
    writer.endObject()
    return writer.text
  }

  private static func columns(_ rows: [[String]]) -> String {
    let rows = rows.map { row in row.map { Sanitiser.line($0) } }
    let widths = (0..<3).map { column in rows.map { Sanitiser.columns(of: $0[column]) }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = column < 2 ? widths[column] - Sanitiser.columns(of: cell) + 2 : 0
        line += cell + String(repeating: " ", count: padding)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

extension ResolvedSettings {
  func hasEntry(in group: SettingDefinition.Group?) -> Bool {
    guard let group else { return false }
    return entries.contains { SettingsTable.definition($0.key)?.group == group }
  }
}
