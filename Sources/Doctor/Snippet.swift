import Client
import MQTTPackets
import Presentation
import Text
import WebSocketTransport

/// What works, or what is missing, in a form to be copied. Pure; holds no secret.
package enum Snippet: String, Sendable, CaseIterable {
  case mqttws
  case pahoJS = "paho-js"
  case mqttJS = "mqttjs"
  case nginx

  /// Its lines, for a report with a verdict.
  package func lines(_ report: Report, _ plan: WalkPlan) -> [String] {
    let probe = report.verdict?.probe
    let settings = probe?.settings(from: plan.settings, timeout: .zero) ?? plan.settings
    switch self {
    case .mqttws: return [report.verdict?.command ?? plan.command.line(plan.settings)]
    case .pahoJS: return Self.pahoJS(settings, plan)
    case .mqttJS: return Self.mqttJS(settings, plan)
    case .nginx: return Self.nginx(report, settings)
    }
  }

  // MARK: - JavaScript

  private static func pahoJS(_ settings: ConnectionSettings, _ plan: WalkPlan) -> [String] {
    let session = settings.session
    var options = credentials(plan, userName: "userName")
    options += [
      "mqttVersion: 4", "keepAliveInterval: \(session.keepAlive)", "cleanSession: \(session.cleanStart)",
      "onSuccess: () => client.subscribe(\"#\")",
      "onFailure: ({ errorMessage }) => console.error(errorMessage)",
    ]
    return [
      "// paho-mqtt 1.1",
      "const client = new Paho.Client(\(string(settings.transport.url)), \(string(session.clientIdentifier)));",
      "client.onMessageArrived = message => console.log(message.destinationName, message.payloadString);",
      "client.onConnectionLost = ({ errorMessage }) => console.error(errorMessage);",
      "client.connect({",
    ] + options.map { "  \($0)," } + ["});"]
  }

  private static func mqttJS(_ settings: ConnectionSettings, _ plan: WalkPlan) -> [String] {
    let session = settings.session
    var options = credentials(plan, userName: "username")
    options += [
      "clientId: \(string(session.clientIdentifier))",
      "protocolVersion: \(session.version == .v5 ? 5 : 4)", "keepalive: \(session.keepAlive)",
      "clean: \(session.cleanStart)",
    ]
    return [
      "// mqtt 5 from npm", "const client = mqtt.connect(\(string(settings.transport.url)), {",
    ] + options.map { "  \($0)," } + [
      "});",
      "client.on(\"connect\", () => client.subscribe(\"#\"));",
      "client.on(\"message\", (topic, payload) => console.log(topic, payload.toString()));",
      "client.on(\"error\", error => console.error(error.message));",
    ]
  }

  private static func credentials(_ plan: WalkPlan, userName: String) -> [String] {
    guard let name = plan.username else { return [] }
    return ["\(userName): \(string(name))"] + (plan.hasPassword ? ["password: MQTT_PASSWORD"] : [])
  }

  private static func string(_ url: WebSocketURL) -> String {
    var url = url
    url.username = nil
    url.password = nil
    return string(url.description)
  }

  private static func string(_ text: String) -> String {
    var writer = JSONWriter(escaping: .terminal)
    writer.value(text)
    return writer.text
  }

  // MARK: - nginx

  private static func nginx(_ report: Report, _ settings: ConnectionSettings) -> [String] {
    let url = settings.transport.url
    let path = String(url.target.prefix { $0 != "?" })
    let diagnosis = report.verdict?.diagnosis
    let status = diagnosis?.httpStatus
    let isUpgradeLost = [400, 426, 502].contains(status ?? 0)
    let isPathWrong = [200, 301, 302, 307, 308, 404, 405].contains(status ?? 0)
    var isCut = diagnosis != nil && report.steps.contains { $0.step == .idle && $0.mark == .failed }
    if case .cut? = report.idle?.ending { isCut = true }
    let first =
      diagnosis == nil && !isCut
      ? "# nothing was missing; this is all that nginx needs" : "# '<--' is what was missing, as it seems"
    func line(_ text: String, missing: Bool) -> String { "    " + text + (missing ? "  # <--" : "") }
    return [
      first, "location = \(path.isEmpty ? "/" : path) {" + (isPathWrong ? "  # <--" : ""),
      line("proxy_pass http://127.0.0.1:8083;  # the broker's WebSocket listener", missing: false),
      line("proxy_http_version 1.1;", missing: isUpgradeLost),
      line("proxy_set_header Upgrade $http_upgrade;", missing: isUpgradeLost),
      line("proxy_set_header Connection \"upgrade\";", missing: isUpgradeLost),
      line("proxy_set_header Host $http_host;", missing: false),
      line("proxy_read_timeout 1h;", missing: isCut), line("proxy_send_timeout 1h;", missing: isCut), "}",
    ]
  }
}
