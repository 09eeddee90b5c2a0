import Client
import MQTTPackets
import Presentation
import WebSocketTransport

/// Which probes may show what would have worked, after which failure. Most likely first.
package enum ProbeTable {
  static let paths = ["/mqtt", "/ws", "/"]

  /// - Parameters:
  ///   - addresses: what the host's name resolved to.
  ///   - limit: how many connections may be made.
  package static func probes(
    after error: ClientError, settings: ConnectionSettings, addresses: [AddressFamily], limit: Int
  ) -> [Probe] {
    var probes: [Probe] = []
    for probe in candidates(error, settings) + families(error, settings, addresses)
    where !probes.contains(probe) && differs(probe, settings) {
      probes.append(probe)
    }
    return Array(probes.prefix(limit))
  }

  private static func candidates(_ error: ClientError, _ settings: ConnectionSettings) -> [Probe] {
    let otherVersion = Probe.version(settings.session.version == .v5 ? .v3_1_1 : .v5)
    switch error {
    case .transport(.closed(_, .open)): return [otherVersion]
    case .transport(let error): return candidates(error, settings.transport)
    // These say why: no other path or version would change it.
    case .noConnAck(.closed(.closeFrame(1008?, _))), .noConnAck(.closed(.closeFrame(1009?, _))),
      .noConnAck(.closed(.closeFrame(1012?, _))), .noConnAck(.closed(.closeFrame(1013?, _))):
      return []
    case .noConnAck(.closed(.closeFrame(_, let reason))) where DiagnosisTable.isAboutCredentials(reason):
      return []
    case .noConnAck: return [.webSocket, otherVersion, .subprotocol("mqttv3.1")] + paths.map(Probe.path)
    case .refused(let connAck, let version):
      let isVersion =
        version == .v5
        ? connAck.reasonCode == .unsupportedProtocolVersion : connAck.reasonCode.rawValue == 1
      return isVersion ? [otherVersion] : []
    case .decode(let error):
      if case .connAckOfOtherVersion = error.kind { return [otherVersion] }
      return [.webSocket]
    case .credentials, .disconnected, .violation, .encode: return []
    }
  }

  private static func candidates(_ error: TransportError, _ settings: TransportSettings) -> [Probe] {
    let usesTLS = settings.url.scheme.usesTLS
    let paths = paths.map(Probe.path)
    switch error {
    case .tlsCertificate: return [.chain]
    case .tlsHandshake(.plainText), .tlsHandshake(.closed), .tlsHandshake(.other), .timeout(.tls, _, _),
      .closed(_, .tls):
      return [.tls(false), .plain(usesTLS: false)]
    case .notHTTP(.tls), .notHTTP(.tlsAlert): return [.tls(true), .plain(usesTLS: true)]
    case .notHTTP, .timeout(.upgrade, _, _), .closed(_, .upgrade):
      return [.plain(usesTLS: usesTLS), .tls(!usesTLS)] + subprotocols
    case .upgradeInvalid(let violation): return candidates(violation, usesTLS: usesTLS)
    case .upgradeRefused(let refusal): return candidates(refusal, settings)
    case .webSocket(let violation) where violation.kind == .textFrame: return paths + subprotocols
    default: return []
    }
  }

  private static let subprotocols: [Probe] = [
    .subprotocol("mqtt"), .subprotocol("mqttv3.1"), .subprotocol(nil),
  ]

  private static func candidates(_ violation: UpgradeViolation, usesTLS: Bool) -> [Probe] {
    switch violation.kind {
    case .closedWithoutAnswer:
      [.plain(usesTLS: usesTLS), .tls(!usesTLS), .noOrigin] + subprotocols + paths.map(Probe.path)
    case .missingSubprotocol:
      [.missingSubprotocol, .subprotocol("mqttv3.1")] + paths.map(Probe.path)
    case .wrongSubprotocol(let name):
      (["mqtt", "mqttv3.1", "mqttv3.1.1"].contains(name) ? [.subprotocol(name)] : []) + subprotocols
        + paths.map(Probe.path)
    default: []
    }
  }

  private static func candidates(_ refusal: UpgradeRefusal, _ settings: TransportSettings) -> [Probe] {
    let paths = paths.map(Probe.path)
    let toTLS: [Probe] = settings.url.scheme.usesTLS ? [] : [.tls(true)]
    switch refusal.status {
    case 300..<400: return redirect(refusal, settings.url) + paths
    case 400: return toTLS + paths + subprotocols + [.noOrigin] + hosts(settings)
    case 401, 403: return [.noOrigin] + hosts(settings) + paths
    case 407, 429: return []
    case 500..<600: return subprotocols + paths
    default: return paths + [.noOrigin] + hosts(settings) + subprotocols
    }
  }

  /// The Host field with the port where it had none, and the reverse.
  private static func hosts(_ settings: TransportSettings) -> [Probe] {
    guard settings.hostHeader == nil else { return [] }
    let url = settings.url
    let bare = url.isIPv6Literal ? "[\(url.host)]" : url.host
    return [.host(url.hostHeader == bare ? "\(bare):\(url.port)" : bare)]
  }

  private static func redirect(_ refusal: UpgradeRefusal, _ url: WebSocketURL) -> [Probe] {
    refusal.location.flatMap(url.redirected).map { [.redirect($0)] } ?? []
  }

  /// One kind of address at a time, where the name has both, for what may be two servers.
  private static func families(
    _ error: ClientError, _ settings: ConnectionSettings, _ addresses: [AddressFamily]
  ) -> [Probe] {
    if case .transport(.resolution(_, .noAddress)) = error { return [.family(.any)] }
    guard settings.transport.addressFamily == .any, settings.transport.proxy == nil,
      addresses.contains(.ipv4), addresses.contains(.ipv6), Reach(error) <= .http
    else { return [] }
    return [.family(.ipv4), .family(.ipv6)]
  }

  /// Whether the probe is not what the user asked for already, and there is something that it can change.
  private static func differs(_ probe: Probe, _ settings: ConnectionSettings) -> Bool {
    let transport = settings.transport
    guard transport.url.scheme.isWebSocket || !probe.isAboutWebSocket else { return false }
    return switch probe {
    case .path(let path): transport.url.target != path
    case .subprotocol(let name): transport.subprotocol != name
    case .missingSubprotocol: !transport.allowsMissingSubprotocol
    case .tls(let usesTLS): transport.url.scheme.usesTLS != usesTLS
    case .host(let host): transport.hostHeader != host
    case .noOrigin: transport.origin != nil
    case .version(let version): settings.session.version != version
    case .family(let family): transport.addressFamily != family
    case .redirect(let url): transport.url != url
    case .webSocket: !transport.url.scheme.isWebSocket
    case .plain, .chain: true
    }
  }
}
