import Client
import MQTTPackets
import Presentation
import WebSocketTransport

/// What probes are called, what they prove, and what to do about it.
extension Probe {
  /// In the list of what was tried.
  package var title: String {
    switch self {
    case .path(let path): "path \(path)"
    case .subprotocol(let name?): "subprotocol \(name)"
    case .subprotocol(nil): "no subprotocol"
    case .missingSubprotocol: "without a confirmed subprotocol"
    case .tls(true): "with TLS"
    case .tls(false): "without TLS"
    case .plain(let usesTLS): usesTLS ? "plain MQTT with TLS" : "plain MQTT"
    case .webSocket: "in a WebSocket"
    case .host(let host): "Host: \(host)"
    case .noOrigin: "without Origin"
    case .version(.v5): "MQTT 5"
    case .version(.v3_1_1): "MQTT 3.1.1"
    case .family(.ipv6): "IPv6 only"
    case .family(.ipv4): "IPv4 only"
    case .family(.any): "IPv4 and IPv6"
    case .redirect(let url): "the redirect's address \(url)"
    case .chain: "the certificates"
    }
  }

  /// Completes the cause of the failure.
  func finding(isComplete: Bool) -> String {
    let works = isComplete ? "works" : "gets an answer in MQTT"
    return switch self {
    case .path(let path): "the path \(path) \(works)"
    case .subprotocol(let name?): "the subprotocol \(name) \(works)"
    case .subprotocol(nil): "offering no subprotocol \(works)"
    case .missingSubprotocol: "going on without it \(works)"
    case .tls(true): "this port with TLS \(works)"
    case .tls(false): "this port without TLS \(works)"
    case .plain: "this port speaks MQTT without a WebSocket"
    case .webSocket: "in a WebSocket it \(works)"
    case .noOrigin: "without the Origin header it \(works)"
    case .host(let host): "the Host header \(DiagnosisTable.quoted(host)) \(works)"
    case .version(let version): "MQTT \(version == .v5 ? "5" : "3.1.1") \(works)"
    case .family(let family): "\(family == .ipv6 ? "IPv6" : "IPv4") \(works)"
    case .redirect: "the redirect's address \(works)"
    case .chain: ""
    }
  }

  /// The hint of the verdict: what exactly to change.
  func advice(_ plan: WalkPlan) -> String {
    switch self {
    case .path(let path): "use --path \(path)"
    case .subprotocol(let name?): "use --subprotocol \(name)"
    case .subprotocol(nil): "use --subprotocol '', or let the server speak mqtt as the standard wants"
    case .missingSubprotocol:
      "use --allow-no-subprotocol, or let the server (or the proxy in front of it) confirm mqtt, as browsers want"
    case .tls, .webSocket, .redirect: "use \(settings(from: plan.settings, timeout: .zero).transport.url)"
    case .plain:
      "use the port of the broker's WebSocket listener (often 8083, 8084, 9001 or 15675); mosquitto_sub can use this one"
    case .host(let host): "use --header 'Host: \(host)'"
    case .noOrigin:
      "let the server (or the proxy in front of it) allow the origin \(DiagnosisTable.quoted(plan.settings.transport.origin ?? "")); browsers always send it"
    case .version(let version): "use -V \(version == .v5 ? "5" : "3.1.1")"
    case .family(let family):
      family == .any
        ? "leave out \(plan.settings.transport.addressFamily == .ipv4 ? "-4" : "-6")"
        : "use \(family == .ipv6 ? "-6" : "-4")"
    case .chain: ""
    }
  }

  /// The table with what is different in this probe.
  func diagnoses(_ plan: WalkPlan) -> DiagnosisTable {
    var context = plan.diagnoses.context
    let settings = settings(from: plan.settings, timeout: .zero)
    context.url = settings.transport.url
    context.version = settings.session.version
    return DiagnosisTable(context)
  }
}
