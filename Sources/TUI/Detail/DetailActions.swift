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
    case .export: workspace.requests.append(.menu(exportMenu(message, workspace)))
    case .edit: workspace.requests.append(.command(.edit(bytes: message.payload, purpose: .view)))
    default: return false
    }
    return true
  }

  private static func exportMenu(_ message: StoredMessage, _ workspace: Workspace) -> Menu {
    let path = workspace.exportPath
    let what = "message #\(message.number)"
    let part = message.isTruncated ? " (head and tail)" : ""
    let shown = Human.plural(workspace.store.shownCount, "message")
    let filtered = workspace.filter.isOn ? " that pass\(workspace.store.shownCount == 1 ? "es" : "")" : ""
    let raw = ExportPart(message.payload, "payload of \(what)\(part)", path: path, suffix: "bin")
    var entries: [Menu.Entry] = [
      .init("l", "all \(shown)\(filtered), as a recording (NDJSON)", .export(.messages, path: path)),
      .init("r", "this payload as it is\(part)", .export(raw)),
    ]
    if !message.isTruncated {
      let line = ExportPart(json(message) + [0x0A], what, path: path, suffix: "ndjson")
      entries.insert(.init("m", "this message (NDJSON)", .export(line)), at: 1)
    }
    return Menu("Export", entries)
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
    var formatter = MessageFormatter(.json, layout: MessageLayout(endsLines: false))
    var output: [UInt8] = []
    _ = formatter.append(message.received, to: &output)
    return output
  }
}

extension StoredMessage {
  /// As it arrived, as far as it is kept.
  var received: ReceivedMessage {
    let publish = Publish(
      message: Message(
        topic: topic, payload: ByteBuffer(bytes: payload), qos: qos, retain: retain, properties: properties),
      isDuplicate: isDuplicate, packetIdentifier: packetIdentifier)
    return ReceivedMessage(publish, receivedAt: receivedAt, sequence: number)
  }
}
