import Client
import MQTTPackets
import WebSocketTransport

/// The command line that the user typed, as far as it concerns the connection, so that one can be made of
/// it that works. Holds no secret: where one stood, there is a variable of the shell.
package struct CommandWords: Equatable, Sendable {
  package enum Word: Equatable, Sendable {
    case text(String)
    /// Double quotes with a variable in them: `"Authorization: $AUTHORIZATION"`.
    case variable(prefix: String, name: String)
  }

  package enum Target: Equatable, Sendable {
    /// Written as a URL, which can be written anew.
    case url
    /// `@NAME`, a variable or the default: changes go into options.
    case other(String?)
  }

  package struct Option: Equatable, Sendable {
    /// The long name, by which a probe replaces it.
    package var name: String
    /// As typed, with the value.
    package var words: [Word]

    package init(_ name: String, _ words: Word...) {
      self.name = name
      self.words = words
    }
  }

  package var target: Target
  package var options: [Option]

  package init(target: Target, options: [Option] = []) {
    self.target = target
    self.options = options
  }

  /// The command line as it is.
  package func line(_ settings: ConnectionSettings) -> String {
    let url = settings.transport.url
    if !url.scheme.isWebSocket { return plainLine(url, settings.session.version) }
    var words: [Word] = [.text("mqttws"), .text("sub")]
    switch target {
    case .url: words.append(.text(bare(url)))
    case .other(let name?): words.append(.text(name))
    case .other(nil): break
    }
    words += options.flatMap(\.words) + [.text("-t"), .text("#")]
    return words.map(Shell.quoted).joined(separator: " ")
  }

  /// The command line with what the probe changed.
  package func line(with probe: Probe, _ settings: ConnectionSettings) -> String {
    let changed = probe.settings(from: settings, timeout: .zero)
    if !changed.transport.url.scheme.isWebSocket {
      return plainLine(changed.transport.url, changed.session.version)
    }
    var words: [Word] = [.text("mqttws"), .text("sub")]
    switch target {
    case .url: words.append(.text(bare(target(of: probe, settings, changed))))
    case .other(let name?): words += [.text(name)]
    case .other(nil): break
    }
    let replaced = Self.replaced(by: probe)
    words += options.filter { !replaced.contains($0.name) }.flatMap(\.words)
    if case .other = target { words += targetOptions(probe, changed) }
    words += ownOptions(probe)
    words += [.text("-t"), .text("#")]
    return words.map(Shell.quoted).joined(separator: " ")
  }

  /// Secrets that the probe withheld do not take a part of the address with them.
  private func target(
    of probe: Probe, _ settings: ConnectionSettings, _ changed: ConnectionSettings
  ) -> WebSocketURL {
    if case .tls(let usesTLS) = probe { return Probe.pinned(settings.transport.url, usesTLS: usesTLS) }
    return changed.transport.url
  }

  private func targetOptions(_ probe: Probe, _ changed: ConnectionSettings) -> [Word] {
    let url = changed.transport.url
    return switch probe {
    case .path(let path): [.text("--path"), .text(path)]
    case .tls(let usesTLS): [.text(usesTLS ? "--tls" : "--no-tls"), .text("-p"), .text("\(url.port)")]
    case .webSocket, .redirect: [.text("-L"), .text(bare(url))]
    default: []
    }
  }

  private func ownOptions(_ probe: Probe) -> [Word] {
    switch probe {
    case .subprotocol(let name): [.text("--subprotocol"), .text(name ?? "")]
    case .missingSubprotocol: [.text("--allow-no-subprotocol")]
    case .host(let host): [.text("--header"), .text("Host: \(host)")]
    case .version(let version): [.text("-V"), .text(version == .v5 ? "5" : "3.1.1")]
    case .family(.any): []
    case .family(let family): [.text(family == .ipv6 ? "-6" : "-4")]
    case .path, .tls, .plain, .webSocket, .redirect, .chain, .noOrigin: []
    }
  }

  private static func replaced(by probe: Probe) -> [String] {
    switch probe {
    case .subprotocol: ["subprotocol"]
    case .version: ["protocol-version"]
    case .family: ["address-family", "ipv4", "ipv6"]
    case .path: ["path"]
    case .tls: ["tls", "port"]
    case .noOrigin: ["origin"]
    case .missingSubprotocol, .host, .plain, .webSocket, .redirect, .chain: []
    }
  }

  private func plainLine(_ url: WebSocketURL, _ version: ProtocolVersion) -> String {
    var words = ["mosquitto_sub", "-h", url.host, "-p", "\(url.port)"]
    // Its own default is 3.1.1.
    if version == .v5 { words += ["-V", "5"] }
    if url.scheme.usesTLS { words.append("--tls-use-os-certs") }
    return (words + ["-t", "#"]).map { Shell.quoted(.text($0)) }.joined(separator: " ")
  }

  /// Without user name and password, which are options of their own.
  private func bare(_ url: WebSocketURL) -> String {
    var url = url
    url.username = nil
    url.password = nil
    return url.description
  }
}

/// Words as a POSIX shell reads them.
enum Shell {
  static func quoted(_ word: CommandWords.Word) -> String {
    switch word {
    case .text(let text):
      if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
      return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
    case .variable(let prefix, let name): return "\"\(escaped(prefix))$\(name)\""
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\"\\$`".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_./:@%+,=".utf8.contains(byte)
    }
  }
}
