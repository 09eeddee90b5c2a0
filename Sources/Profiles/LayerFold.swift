import Options
import WebSocketTransport

/// Folds layers from the lowest to the highest: later ones win, setting by setting.
///
/// The parts of the address are folded into one URL. A layer that names a URL replaces the whole address;
/// its host, port, path and tls then change single parts. User name and password in a URL stand for the
/// settings of these names, below the same layer's own.
struct LayerFold {
  private(set) var url: WebSocketURL
  private(set) var origins: ResolvedSettings.TargetOrigins
  private(set) var entries: [SettingEntry] = []
  private let allowsPlainMQTT: Bool

  init(builtIn text: String, allowsPlainMQTT: Bool) throws(FoldError) {
    do throws(WebSocketURLError) {
      url = try WebSocketURL(parsing: text)
    } catch {
      throw .url(error, SettingEntry(.url, .text(text), .builtIn))
    }
    origins = .init(all: .builtIn)
    self.allowsPlainMQTT = allowsPlainMQTT
  }

  mutating func apply(_ layer: [SettingEntry]) throws(FoldError) {
    if let entry = layer.first(where: { $0.key == .url }), case .text(let text) = entry.value {
      try replaceURL(text, entry)
    }
    for entry in layer where !entry.key.isAddress { set(entry, in: layer) }
    for entry in layer where entry.key.isAddress && entry.key != .url { try replacePart(entry) }
  }

  /// Leaves out the credentials of the origins that `isConcerned` names.
  /// - Returns: the keys that were left out.
  mutating func removeCredentials(where isConcerned: (Origin) -> Bool) -> [String] {
    let removed = entries.filter { $0.key.isCredential && isConcerned($0.origin) }
    entries.removeAll { $0.key.isCredential && isConcerned($0.origin) }
    var keys = removed.map(\.key.rawValue)
    if let entry = entries.first(where: { $0.key == .headers && isConcerned($0.origin) }),
      case .headers(let headers) = entry.value
    {
      let secret = headers.filter { HeaderCheck.isSecret($0.name) }
      if !secret.isEmpty {
        replaceHeaders(headers.filter { !HeaderCheck.isSecret($0.name) }, origin: entry.origin)
        keys += secret.map { "header \($0.name)" }
      }
    }
    return keys
  }

  private mutating func replaceHeaders(_ headers: [HTTPHeader], origin: Origin) {
    entries.removeAll { $0.key == .headers }
    if !headers.isEmpty { entries.append(SettingEntry(.headers, .headers(headers), origin)) }
  }

  // MARK: Address

  private mutating func replaceURL(_ text: String, _ entry: SettingEntry) throws(FoldError) {
    do throws(WebSocketURLError) {
      url = try WebSocketURL(parsing: text)
      if !allowsPlainMQTT { try url.requireWebSocket() }
    } catch {
      throw .url(error, entry)
    }
    origins = .init(all: entry.origin)
    if let name = url.username { set(SettingEntry(.username, .text(name), entry.origin), in: []) }
    if let password = url.password { set(SettingEntry(.password, .text(password), entry.origin), in: []) }
    url.username = nil
    url.password = nil
  }

  private mutating func replacePart(_ entry: SettingEntry) throws(FoldError) {
    do throws(WebSocketURLError) {
      switch (entry.key, entry.value) {
      case (.host, .text(let host)):
        url = try url.replacing(host: host)
        origins.host = entry.origin
      case (.port, .integer(let port)):
        url = try url.replacing(port: port)
        origins.port = entry.origin
      case (.path, .text(let path)):
        url = try url.replacing(target: path)
        origins.path = entry.origin
      case (.tls, .boolean(let usesTLS)):
        url = try url.replacing(usesTLS: usesTLS)
        origins.scheme = entry.origin
      default: break
      }
    } catch {
      throw .url(error, entry)
    }
  }

  // MARK: Other settings

  private mutating func set(_ entry: SettingEntry, in layer: [SettingEntry]) {
    if let group = SettingsTable.definition(entry.key)?.group {
      entries.removeAll { SettingsTable.definition($0.key)?.group == group }
    }
    if case .headers(let headers) = entry.value {
      return mergeHeaders(headers, origin: entry.origin)
    }
    entries.removeAll { $0.key == entry.key }
    entries.append(entry)
  }

  /// A header replaces those of its name from below; an empty one only removes them.
  private mutating func mergeHeaders(_ headers: [HTTPHeader], origin: Origin) {
    let index = entries.firstIndex { $0.key == .headers }
    var merged: [HTTPHeader] = []
    if let index, case .headers(let old) = entries[index].value {
      let names = headers.map { $0.name.lowercased() }
      merged = old.filter { !names.contains($0.name.lowercased()) }
    }
    replaceHeaders(merged + headers.filter { !$0.value.isEmpty }, origin: origin)
  }
}

/// Why the layers do not join.
enum FoldError: Error {
  /// An address that does not work out, with the entry that made it so.
  case url(WebSocketURLError, SettingEntry)
  case settings(SettingsError)
}

extension SettingKey {
  /// Part of the address.
  var isAddress: Bool {
    switch self {
    case .url, .host, .port, .path, .tls: true
    default: false
    }
  }

  /// What must not be sent to another host than the one it was meant for.
  var isCredential: Bool {
    switch self {
    case .username, .password, .passwordFile, .passwordEnvironment, .passwordCommand, .authentication,
      .certificate, .key, .keyPassword, .keyPasswordFile, .keyPasswordEnvironment, .keyPasswordCommand:
      true
    default: false
    }
  }
}
