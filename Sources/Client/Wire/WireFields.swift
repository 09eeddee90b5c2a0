import MQTTPackets
import NIOCore
import WebSocketTransport

extension WirePacket {
  /// Every field with its bytes; those of a packet that was not kept whole as far as it goes.
  package var fields: [Field] {
    PacketDissector.fields(bytes, version: version, direction: flow)
  }
}

extension WireRejection {
  /// The fields of a packet or frame up to the damage; none for anything else.
  package var fields: [Field] {
    switch error {
    case .decode(let error):
      PacketDissector.fields(bytes, version: version, direction: flow, error: error)
    case .transport(.webSocket(let violation)): FrameDissector.fields(refused: bytes, violation)
    default: []
    }
  }

  /// The clause or section that was broken, empty when there is none.
  package var rule: String {
    switch error {
    case .decode(let error): error.rule
    case .violation(let violation): violation.rule
    case .transport(.webSocket(let violation)): violation.rule
    default: ""
    }
  }
}

extension WireFrame {
  package var fields: [Field] { FrameDissector.fields(header, headerBytes, payload) }
}
