import MQTTPackets

/// What a comparison reads.
enum Field: Equatable, Sendable {
  case topic
  case payload
  case text
  case size
  case qos
  case retain
  case duplicate
  case packetIdentifier
  case alias
  case contentType
  case userProperty(String)
  /// The index of the path in the expression.
  case json(Int)
  /// Topic or payload: a text that stands alone.
  case anywhere
  case direction
  case type
  case rate
  case age
  case roundTrip
  case reasonCode
  case opcode
  case isFinal
  case frameLength
  /// The index of the metric in the vocabulary.
  case metric(Int)
}

/// What may stand on the other side of a comparison.
enum FieldKind: Equatable, Sendable {
  /// `isNumeric`: the text may be compared with a number that it spells.
  case text(isNumeric: Bool)
  case number(NumberUnit)
  case flag
  /// Words that stand for numbers, such as packet types.
  case words([Word], allowsNumbers: Bool)
  case json

  struct Word: Equatable, Sendable {
    let name: String
    let value: Int64
  }
}

enum NumberUnit: Equatable, Sendable {
  /// `1k` is 1000.
  case decimal
  /// `1k` is 1024, as in every setting that is a size.
  case size
  /// In seconds.
  case duration
  case none

  /// Of the letters after a number.
  func factor(_ letters: String) -> Double? {
    switch (self, letters) {
    case (_, ""): 1
    case (.decimal, "k"): 1e3
    case (.decimal, "M"): 1e6
    case (.decimal, "G"): 1e9
    case (.size, "k"): 1024
    case (.size, "M"): 1_048_576
    case (.size, "G"): 1_073_741_824
    case (.duration, "ns"): 1e-9
    case (.duration, "us"), (.duration, "µs"): 1e-6
    case (.duration, "ms"): 1e-3
    case (.duration, "s"): 1
    case (.duration, "m"), (.duration, "min"): 60
    case (.duration, "h"): 3600
    default: nil
    }
  }

  var names: [String] {
    switch self {
    case .decimal, .size: ["k", "M", "G"]
    case .duration: ["us", "ms", "s", "m", "h"]
    case .none: []
    }
  }
}

/// A field with its name, as far as names are fixed.
struct FieldDefinition: Equatable, Sendable {
  let name: String
  let field: Field
  let kind: FieldKind

  init(_ name: String, _ field: Field, _ kind: FieldKind) {
    (self.name, self.field, self.kind) = (name, field, kind)
  }

  static let ofMessages: [FieldDefinition] = [
    FieldDefinition("topic", .topic, .text(isNumeric: false)),
    FieldDefinition("payload", .payload, .text(isNumeric: true)),
    FieldDefinition("text", .text, .text(isNumeric: true)),
    FieldDefinition("size", .size, .number(.size)),
    FieldDefinition("qos", .qos, .number(.none)),
    FieldDefinition("retain", .retain, .flag),
    FieldDefinition("dup", .duplicate, .flag),
    FieldDefinition("pid", .packetIdentifier, .number(.none)),
    FieldDefinition("alias", .alias, .number(.none)),
    FieldDefinition("content_type", .contentType, .text(isNumeric: false)),
  ]

  static let ofWire: [FieldDefinition] = [
    FieldDefinition("dir", .direction, .words(directions, allowsNumbers: false)),
    FieldDefinition("type", .type, .words(packetTypes, allowsNumbers: false)),
    FieldDefinition("rate", .rate, .number(.decimal)),
    FieldDefinition("age", .age, .number(.duration)),
    FieldDefinition("rtt", .roundTrip, .number(.duration)),
    FieldDefinition("rc", .reasonCode, .number(.none)),
    FieldDefinition("ws.opcode", .opcode, .words(opcodes, allowsNumbers: true)),
    FieldDefinition("ws.fin", .isFinal, .flag),
    FieldDefinition("ws.len", .frameLength, .number(.size)),
  ]

  static let directions = [FieldKind.Word(name: "in", value: 0), FieldKind.Word(name: "out", value: 1)]

  static let packetTypes = PacketType.allCases.map {
    FieldKind.Word(name: $0.name.lowercased(), value: Int64($0.rawValue))
  }

  /// RFC 6455 5.2.
  static let opcodes = [
    ("continuation", 0), ("text", 1), ("binary", 2), ("close", 8), ("ping", 9), ("pong", 10),
  ]
  .map { FieldKind.Word(name: $0.0, value: $0.1) }
}
