import MQTTPackets
import WebSocketTransport

/// What the table of diagnoses knows beside the error itself.
package struct DiagnosisContext {
  package var url: WebSocketURL?
  package var version: ProtocolVersion
  package var clientIdentifier: String?
  package var hasUsername: Bool
  /// No target was named, and the built-in default was tried.
  package var usesBuiltInTarget: Bool
  /// The real-time clock, for what servers say about theirs.
  package var now: WallTime?
  /// How long nothing had been sent or received when the connection was lost.
  package var idle: Duration?
  /// Seconds.
  package var keepAlive: UInt16
  /// What no message may hold, whoever repeats it.
  package var secrets: KnownSecrets
  /// "profile lab, profiles.toml:12" for the key of a setting; nil for what was not set, or was set in
  /// plain sight on the command line.
  package var origin: (_ setting: String) -> String?

  package init(
    url: WebSocketURL? = nil, version: ProtocolVersion = .v5, clientIdentifier: String? = nil,
    hasUsername: Bool = false, usesBuiltInTarget: Bool = false, now: WallTime? = nil,
    idle: Duration? = nil, keepAlive: UInt16 = 30,
    secrets: KnownSecrets = KnownSecrets(), origin: @escaping (String) -> String? = { _ in nil }
  ) {
    self.url = url
    self.version = version
    self.clientIdentifier = clientIdentifier
    self.hasUsername = hasUsername
    self.usesBuiltInTarget = usesBuiltInTarget
    self.now = now
    self.idle = idle
    self.keepAlive = keepAlive
    self.secrets = secrets
    self.origin = origin
  }
}
