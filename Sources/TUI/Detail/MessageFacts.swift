import MQTTPackets
import Presentation
import Text

/// What is said about a message above its payload; foreign parts are not yet sanitised.
struct MessageFacts {
  let lines: [String]

  init(_ message: StoredMessage, previous: StoredMessage?, _ form: PayloadForm, _ workspace: Workspace) {
    var first = workspace.clock(of: message.receivedAt).milliseconds
    if let previous {
      let delta = message.receivedAt.nanoseconds &- previous.receivedAt.nanoseconds
      first += "  " + Figures.delta(nanoseconds: delta)
    }
    first += "  #\(Human.grouped(Int(clamping: message.number)))  \(form.name) "
    first += Human.bytes(message.payloadLength).split(separator: " ").joined()
    var second = "q\(message.qos.rawValue)"
    if message.retain { second += " retain" }
    if message.isDuplicate { second += " dup" }
    if message.isSent { second += " sent" }
    second += "  pid \(message.packetIdentifier.map { "\($0)" } ?? "-")"
    second += "  alias \(message.properties.topicAlias.map { "\($0)" } ?? "-")"
    if let format = message.properties.payloadFormatIndicator {
      second += "  fmt \(format == 1 ? "utf8" : "\(format)")"
    }
    var lines = [first, second]
    for property in message.properties.elements {
      if let line = Self.line(property) { lines.append(line) }
    }
    if message.lacksProperties { lines.append("(more properties are not kept)") }
    self.lines = lines
  }

  /// How many lines that makes.
  static func count(_ message: StoredMessage) -> Int {
    2 + message.properties.elements.count { line($0) != nil } + (message.lacksProperties ? 1 : 0)
  }

  private static func line(_ property: Property) -> String? {
    switch property {
    case .contentType(let text): "content-type: \(text)"
    case .responseTopic(let text): "response-topic: \(text)"
    case .messageExpiryInterval(let seconds): "expires in: \(seconds) s"
    case .correlationData(let data):
      "correlation: "
        + data.readableBytesView.prefix(24).map { PayloadText.hex($0) }.joined()
    case .subscriptionIdentifier(let identifier): "subscription: \(identifier)"
    case .userProperty(let name, let value): "\(name): \(value)"
    default: nil
    }
  }
}
