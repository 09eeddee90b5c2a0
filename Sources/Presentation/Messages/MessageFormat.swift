/// How `sub` prints a message.
package enum MessageFormat: Equatable, Sendable {
  /// For people: time, topic, flags, payload; JSON indented, binary as a dump.
  case pretty
  /// The bytes and a line feed; nothing at all for an empty payload, as mosquitto_sub does.
  case payload
  /// NDJSON, lossless for any bytes.
  case json
  case hex
  case base64
  /// The `-F` language of mosquitto_sub.
  case template(FormatTemplate)

  /// The values of `--format`, in the order of the help.
  package static let names = ["pretty", "payload", "json", "hex", "base64"]

  /// Nil for a name that is none of `names`.
  package init?(name: String) {
    switch name {
    case "pretty": self = .pretty
    case "payload": self = .payload
    case "json": self = .json
    case "hex": self = .hex
    case "base64": self = .base64
    default: return nil
    }
  }
}

/// How messages are laid out around the format.
package struct MessageLayout: Equatable, Sendable {
  /// `-v`: the topic and a space before payload, hex and base64.
  package var showsTopic: Bool
  /// The time before pretty (in place of its own), payload, hex and base64.
  package var timestamps: Timestamps?
  /// Off with `-N`.
  package var endsLines: Bool
  /// The output is a terminal (or `--escape always`): foreign text goes through the sanitiser.
  package var sanitises: Bool
  /// The terminal is not in UTF-8.
  package var asciiOnly: Bool
  package var colours: Bool
  package var zone: TimeZone

  package enum TimeZone: Sendable {
    case local
    case utc
  }

  package init(
    showsTopic: Bool = false, timestamps: Timestamps? = nil, endsLines: Bool = true, sanitises: Bool = false,
    asciiOnly: Bool = false, colours: Bool = false, zone: TimeZone = .local
  ) {
    self.showsTopic = showsTopic
    self.timestamps = timestamps
    self.endsLines = endsLines
    self.sanitises = sanitises
    self.asciiOnly = asciiOnly
    self.colours = colours
    self.zone = zone
  }
}

/// Why a message could not be printed as asked; the rest of its line was.
package enum FormatProblem: Equatable, Sendable {
  /// `%J` on a payload that is not JSON.
  case payloadIsNotJSON
  /// `%f` or `%d` on a payload that is not 4 or 8 bytes long.
  case payloadIsNoFloat
}
