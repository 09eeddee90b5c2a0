/// Whom a listener lets in, judged by the request alone.
package struct UpgradePolicy: Equatable, Sendable {
  package enum Names: Equatable, Sendable {
    case any
    /// `localhost`, `*.localhost`, 127.0.0.0/8 and ::1, besides the lower-case names listed here: a page
    /// from elsewhere, also by DNS rebinding, must not drive a broker on a developer's machine. An
    /// origin may also be listed whole (`http://app.lan:3000`).
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

extension UpgradePolicy.Names {
  /// `authority` is a host with or without a port, as in Host.
  func allow(authority: String) -> Bool {
    guard case .loopback(let listed) = self else { return true }
    guard let host = Self.host(of: authority) else { return false }
    return Self.isLoopback(host) || listed.contains(host)
  }

  /// `origin` is `scheme://host[:port]`; `null` and the like are no loopback.
  func allow(origin: String) -> Bool {
    guard case .loopback(let listed) = self else { return true }
    let origin = origin.lowercased()
    if listed.contains(origin) { return true }
    guard let colon = origin.firstIndex(of: ":"), origin[colon...].hasPrefix("://") else { return false }
    return allow(authority: String(origin[colon...].dropFirst(3)))
  }

  /// The lower-case host without its port; nil when the text is no host with a port.
  private static func host(of authority: String) -> String? {
    guard let parts = URLAuthority.split(authority), let host = try? URLHost(parts.host) else { return nil }
    return host.ascii
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
      || host.hasPrefix("127.") && URLHost.isIPv4(host)
  }
}
