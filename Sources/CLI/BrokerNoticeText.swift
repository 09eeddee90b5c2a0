import LoopbackBroker
import MQTTPackets

/// What `serve` tells of its clients, a line each.
enum BrokerNoticeText {
  static func text(_ notice: BrokerNotice) -> String {
    switch notice {
    case .connected(let id, let client, let version, let resumed):
      "\(name(id, client)) connected, MQTT \(version == .v5 ? "5" : "3.1.1")\(resumed ? ", session resumed" : "")"
    case .refused(let id, let client, let code): "\(name(id, client)) refused: \(reason(code, .connAck))"
    case .disconnected(let id, let client, let code):
      "\(name(id, client)) gone\(code.map { ": \(reason($0, .disconnect))" } ?? " without a DISCONNECT")"
    case .dropped(let client, let unacknowledged, let acknowledged):
      "'\(client)' is too slow: \(unacknowledged) messages of QoS 0 and \(acknowledged) others dropped so far"
    case .publishDenied(let client, let topic): "'\(client)' may not publish to '\(topic)'"
    case .retainedStoreFull(let topic): "no room to retain '\(topic)'"
    }
  }

  private static func name(_ id: ConnectionID, _ client: String) -> String { "#\(id.rawValue) '\(client)'" }

  private static func reason(_ code: ReasonCode, _ packet: PacketType) -> String {
    code.name(in: packet, version: .v5) ?? "reason \(code.rawValue)"
  }
}
