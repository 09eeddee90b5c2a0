import Support
import Testing

/// A way from the program under test to a broker.
enum Route: String, CaseIterable, CustomTestStringConvertible {
  case webSocket, password, tls, clientCertificate, proxied, embedded

  var testDescription: String { rawValue }

  /// Target and options that go this way.
  func arguments(_ brokers: Brokers) throws -> [String] {
    let mosquitto = brokers.mosquitto
    let certificates = try Certificates.shared()
    return switch self {
    case .webSocket: ["ws://127.0.0.1:\(mosquitto.openPort)/mqtt"]
    case .password:
      ["ws://127.0.0.1:\(mosquitto.passwordPort)/", "-u", mosquitto.user, "-P", mosquitto.password]
    case .tls: ["wss://localhost:\(mosquitto.tlsPort)/mqtt", "--cafile", certificates.authority.certificate]
    case .clientCertificate:
      [
        "wss://127.0.0.1:\(mosquitto.clientCertificatePort)/mqtt", "--cafile",
        certificates.authority.certificate,
        "--cert", certificates.client.certificate, "--key", certificates.client.key,
      ]
    case .proxied:
      [
        "wss://localhost:\(brokers.proxy.ports[0])/behind/mqtt?x=1", "--cafile",
        certificates.authority.certificate,
      ]
    case .embedded: [try EmbeddedBroker.shared().url]
    }
  }
}

enum Version: String, CaseIterable, CustomTestStringConvertible {
  case v5 = "5"
  case v311 = "3.1.1"

  var testDescription: String { "MQTT \(rawValue)" }
  /// As Debian's clients spell it.
  var mosquittoName: String { self == .v5 ? "mqttv5" : "mqttv311" }
}

/// A real broker and a proxy in front of it, for tests that leave nothing behind on them.
struct Brokers {
  let mosquitto: Mosquitto
  /// Ports: wss; wss that wants a client certificate.
  let proxy: NginxServer

  private static let made = Result { try Brokers() }
  static func shared() throws -> Brokers { try made.get() }

  private init() throws {
    mosquitto = try Mosquitto()
    proxy = try Self.proxy(to: mosquitto)
  }
}

/// `mqttws serve` on a free port.
struct EmbeddedBroker {
  let url: String
  private let serve: ChildProcess
  private let program: Mqttws

  private static let made = Result { try EmbeddedBroker() }
  static func shared() throws -> EmbeddedBroker { try made.get() }

  init(_ arguments: String...) throws {
    program = try Mqttws()
    var command = try program.command(["serve", "--port", "0", "--ready-fd", "3"] + arguments)
    command.capturesExtra = true
    serve = try command.start()
    url = try serve.line(on: .extra)
  }
}

extension Brokers {
  private static func proxy(to broker: Mosquitto) throws -> NginxServer {
    let certificates = try Certificates.shared()
    let identity = """
      ssl_certificate \(certificates.server.certificate);
      ssl_certificate_key \(certificates.server.key);
      """
    let upgrade = """
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      """
    return try NginxServer(ports: 2) { ports in
      """
      server {
        listen 127.0.0.1:\(ports[0]) ssl;
        \(identity)
        location /behind/ { proxy_pass http://127.0.0.1:\(broker.openPort); \(upgrade) }
        location /plain/ { proxy_pass http://127.0.0.1:\(broker.openPort); }
        location /down/ { proxy_pass http://127.0.0.1:1; \(upgrade) }
      }
      server {
        listen 127.0.0.1:\(ports[1]) ssl;
        \(identity)
        ssl_client_certificate \(certificates.authority.certificate);
        ssl_verify_client on;
        location / { proxy_pass http://127.0.0.1:\(broker.openPort); \(upgrade) }
      }
      """
    }
  }
}

/// A topic that no other test uses.
func freshTopic(_ name: String = #function) -> String {
  "open/\(name.prefix { $0 != "(" })/\(UInt32.random(in: 0...UInt32.max))"
}
