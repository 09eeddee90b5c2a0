import WebSocketTransport

/// What the layers come to: every value that was set, with its origin.
package struct ResolvedSettings: Sendable {
  package enum Target: Equatable, Sendable {
    /// `@demo`: whoever starts the embedded broker says where it listens with `supplyDemo`.
    case demo
    case url(WebSocketURL)
  }

  /// The origin of each part of the address.
  package struct TargetOrigins: Equatable, Sendable {
    package var scheme: Origin
    package var host: Origin
    package var port: Origin
    package var path: Origin

    package init(all origin: Origin) {
      scheme = origin
      host = origin
      port = origin
      path = origin
    }
  }

  package internal(set) var target: Target
  package internal(set) var targetOrigins: TargetOrigins
  /// The profile that was asked for, by whichever way.
  package internal(set) var profileName: String?
  /// Without the settings that make up the target, and without those nobody set.
  package internal(set) var entries: [SettingEntry]
  package internal(set) var notes: [SettingsNote]
  /// What SSLKEYLOGFILE says; it counts only when a key log is asked for.
  package internal(set) var environmentKeyLogFile: String?

  /// Whether no target was named anywhere and the built-in default is tried.
  package var usesBuiltInTarget: Bool {
    targetOrigins == TargetOrigins(all: .builtIn) && target != .demo
  }

  package var url: WebSocketURL? {
    if case .url(let url) = target { url } else { nil }
  }

  package func entry(_ key: SettingKey) -> SettingEntry? {
    entries.first { $0.key == key }
  }

  /// Where the value in force came from.
  package func origin(of key: SettingKey) -> Origin {
    switch key {
    case .url, .host: targetOrigins.host
    case .port: targetOrigins.port
    case .path: targetOrigins.path
    case .tls: targetOrigins.scheme
    default: entry(key)?.origin ?? .builtIn
    }
  }

  package func text(_ key: SettingKey) -> String? {
    if case .text(let text)? = entry(key)?.value { text } else { nil }
  }

  package func integer(_ key: SettingKey) -> Int? {
    if case .integer(let number)? = entry(key)?.value { number } else { nil }
  }

  package func boolean(_ key: SettingKey, default defaultValue: Bool = false) -> Bool {
    if case .boolean(let flag)? = entry(key)?.value { flag } else { defaultValue }
  }

  package func duration(_ key: SettingKey) -> Duration? {
    if case .duration(let duration)? = entry(key)?.value { duration } else { nil }
  }

  package var password: SecretSource? {
    secret(.password, .passwordFile, .passwordEnvironment, .passwordCommand)
  }

  package var keyPassword: SecretSource? {
    secret(.keyPassword, .keyPasswordFile, .keyPasswordEnvironment, .keyPasswordCommand)
  }

  private func secret(
    _ literal: SettingKey, _ file: SettingKey, _ environment: SettingKey, _ command: SettingKey
  ) -> SecretSource? {
    if let text = text(literal) { return .literal(text) }
    if let path = text(file) { return .file(path) }
    if let name = text(environment) { return .environment(name) }
    return text(command).map(SecretSource.command)
  }
}
