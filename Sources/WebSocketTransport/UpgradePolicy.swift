/// Whom a listener lets in, judged by the request alone.
package struct UpgradePolicy: Equatable, Sendable {
  package enum Names: Equatable, Sendable {
    case any
    /// `localhost`, `*.localhost`, 127.0.0.0/8 and ::1, besides the names listed here: a page from
    /// elsewhere, also by DNS rebinding, must not drive a broker on a developer's machine.
    case loopback(and: Set<String>)
  }

  /// Judged against Host.
  package var hosts: Names
  /// Judged against the host in Origin; a request without Origin comes from no browser and passes.
  package var origins: Names
  /// The ones this end speaks.
  package var subprotocols: [String]
  /// Whether a request that offers none of them is refused.
  package var requiresSubprotocol: Bool

  package init(
    hosts: Names = .loopback(and: []), origins: Names = .loopback(and: []),
    subprotocols: [String] = ["mqtt", "mqttv3.1"], requiresSubprotocol: Bool = true
  ) {
    self.hosts = hosts
    self.origins = origins
    self.subprotocols = subprotocols
    self.requiresSubprotocol = requiresSubprotocol
  }
}
