import Client
import MQTTPackets
import MQTTSession
import NIOCore
import TUI
import WebSocketTransport

/// What a CONNACK and the upgrade before it say, for the header and for Health.
enum WatchFacts {
  static func facts(_ connection: Connection, _ connAck: ConnAck, isResumed: Bool) -> ConnectionFacts {
    let session = connection.settings.session
    let result = connection.dialResult
    var identifier = session.clientIdentifier
    for case .assignedClientIdentifier(let assigned) in connAck.properties.elements { identifier = assigned }
    return ConnectionFacts(
      clientIdentifier: identifier, version: session.version, isResumed: isResumed, tls: result?.tls,
      address: result?.remoteAddress.map(text) ?? "",
      subprotocol: result?.response?.headers.first("Sec-WebSocket-Protocol"),
      serverHeader: result?.response?.headers.first("Server"), options: options(session, connAck))
  }

  private static func text(_ address: SocketAddress) -> String {
    guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private static func options(_ session: SessionSettings, _ connAck: ConnAck) -> [NegotiatedOption] {
    guard session.version == .v5 else { return [] }
    var granted: [Property.Identifier: String] = [:]
    for property in connAck.properties.elements { granted[property.identifier] = value(property) }
    func option(
      _ name: String, _ identifier: Property.Identifier, asked: String, default silent: String
    ) -> NegotiatedOption {
      NegotiatedOption(name, asked: asked, granted: granted[identifier] ?? silent)
    }
    let keepAlive = "\(session.keepAlive) s"
    let expiry = "\(session.sessionExpiryInterval ?? 0) s"
    return [
      option("keep-alive", .serverKeepAlive, asked: keepAlive, default: keepAlive),
      option("session expiry", .sessionExpiryInterval, asked: expiry, default: expiry),
      option(
        "receive maximum", .receiveMaximum, asked: "\(session.receiveMaximum ?? .max)", default: "65535"),
      option("maximum packet", .maximumPacketSize, asked: "\(session.maximumPacketSize)", default: "any"),
      option("maximum QoS", .maximumQoS, asked: "2", default: "2"),
      option("retained messages", .retainAvailable, asked: "yes", default: "yes"),
      option("topic aliases", .topicAliasMaximum, asked: "-", default: "0"),
    ]
  }

  private static func value(_ property: Property) -> String? {
    switch property {
    case .serverKeepAlive(let seconds): "\(seconds) s"
    case .sessionExpiryInterval(let seconds): "\(seconds) s"
    case .receiveMaximum(let count): "\(count)"
    case .maximumPacketSize(let size): "\(size)"
    case .maximumQoS(let qos): "\(qos)"
    case .retainAvailable(let flag): "\(flag)"
    case .topicAliasMaximum(let count): "\(count)"
    default: nil
    }
  }
}
