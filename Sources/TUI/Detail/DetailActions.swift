import MQTTPackets
import NIOCore
import Presentation
import Text

/// Copy, export and editor for one message.
enum DetailActions {
  /// False for an action that is none of these, or without a message.
  static func perform(_ action: Action, _ message: StoredMessage?, _ workspace: inout Workspace) -> Bool {
    guard let message else { return false }
    switch action {
    case .copy: workspace.requests.append(.menu(copyMenu(message)))
    case .export:
      let command = Command.export(
        bytes: json(message) + [0x0A], path: workspace.exportPath, what: "message #\(message.number)")
      workspace.requests.append(.command(command))
    case .edit: workspace.requests.append(.command(.edit(bytes: message.payload, purpose: .view)))
    default: return false
    }
    return true
  }

  private static func copyMenu(_ message: StoredMessage) -> Menu {
    let part = message.isTruncated ? " (head and tail)" : ""
    return Menu(
      "Copy",
      [
        .init("p", "payload\(part)", .copy(bytes: message.payload, what: "payload")),
        .init("t", "topic", .copy(bytes: Array(message.topic.utf8), what: "topic")),
        .init("x", "payload in hex", .copy(bytes: hex(message.payload), what: "payload in hex")),
        .init("c", "mqttws pub command", .copy(bytes: command(message), what: "command")),
        .init("j", "JSON", .copy(bytes: json(message), what: "JSON")),
      ])
  }

  private static func hex(_ payload: [UInt8]) -> [UInt8] {
    payload.flatMap { [Hexadecimal.lower($0 >> 4), Hexadecimal.lower($0 & 15)] }
  }

  /// What publishes the message again.
  static func command(_ message: StoredMessage) -> [UInt8] {
    var text = Array("mqttws pub -t ".utf8) + quoted(Array(message.topic.utf8))
    if message.qos != .atMostOnce { text += Array(" -q \(message.qos.rawValue)".utf8) }
    if message.retain { text += Array(" -r".utf8) }
    if message.payload.isEmpty { return text + Array(" -n".utf8) }
    return text + Array(" -m ".utf8) + quoted(message.payload)
  }

  /// For a POSIX shell.
  private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var quoted: [UInt8] = [0x27]
    for byte in bytes {
      if byte == 0x27 { quoted += Array("'\\''".utf8) } else { quoted.append(byte) }
    }
    return quoted + [0x27]
  }

  /// As `sub --format json` and recordings have it.
  static func json(_ message: StoredMessage) -> [UInt8] {
    let publish = Publish(
      message: Message(
        topic: message.topic, payload: ByteBuffer(bytes: message.payload), qos: message.qos,
        retain: message.retain, properties: message.properties),
      isDuplicate: message.isDuplicate, packetIdentifier: message.packetIdentifier)
    var formatter = MessageFormatter(.json, layout: MessageLayout(endsLines: false))
    var output: [UInt8] = []
    _ = formatter.append(
      ReceivedMessage(publish, receivedAt: message.receivedAt, sequence: message.number), to: &output)
    return output
  }
}
