import MQTTSession
import NIOCore
import WebSocketTransport

/// Everything a connection needs to know; what the resolver of the settings makes and every command
/// gets.
package struct ConnectionSettings: Sendable {
  package var transport: TransportSettings
  package var session: SessionSettings
  /// Asked anew before every attempt, so that tokens and rotated passwords are fresh.
  package var credentials: any CredentialsProvider
  package var reconnect: ReconnectPolicy
  /// Whether the session is meant to outlive the run. One that is only kept for reconnections ends with
  /// `disconnect`, so that the server does not hold it for nobody.
  package var keepsSession = true

  package init(
    transport: TransportSettings, session: SessionSettings,
    credentials: any CredentialsProvider = FixedCredentials(), reconnect: ReconnectPolicy = .init()
  ) {
    self.transport = transport
    self.session = session
    self.credentials = credentials
    self.reconnect = reconnect
  }
}

/// Where username, password and authentication data come from.
package protocol CredentialsProvider: Sendable {
  /// The credentials for one attempt.
  ///
  /// May run a command or read a file, away from the loop. Fails with `CredentialsError`.
  func credentials(on eventLoop: any EventLoop) -> EventLoopFuture<ConnectCredentials>
}

/// A secret source gave nothing usable. `source` names it without the secret
/// (`password-command "pass show mqtt"`), `reason` says what happened.
package struct CredentialsError: Error, Equatable, Sendable {
  package var source: String
  package var reason: String

  package init(source: String, reason: String) {
    self.source = source
    self.reason = reason
  }
}

/// Credentials that were known from the start, none by default.
package struct FixedCredentials: CredentialsProvider {
  package var value: ConnectCredentials

  package init(_ value: ConnectCredentials = ConnectCredentials()) { self.value = value }

  package func credentials(on eventLoop: any EventLoop) -> EventLoopFuture<ConnectCredentials> {
    eventLoop.makeSucceededFuture(value)
  }
}
