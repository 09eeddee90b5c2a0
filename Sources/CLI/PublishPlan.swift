import MQTTPackets
import NIOCore

/// What `pub` was asked to publish, checked and complete.
struct PublishPlan {
  enum Source: Equatable {
    /// The bytes of one message: `-m`, or none with `-n`.
    case bytes(ByteBuffer)
    /// The contents of a file as one message: `-f`.
    case file(String)
    /// All of standard input as one message: `-s`.
    case standardInput
    /// Each line of standard input as a message: `-l`.
    case lines
    /// The messages of a recording: `--replay`.
    case recording(WholeInput.Source)

    /// For messages.
    var name: String {
      switch self {
      case .file(let path): path
      case .bytes: "the payload"
      case .standardInput, .lines: "standard input"
      case .recording(let source): source.name
      }
    }
  }

  /// Empty for a recording, which has its own.
  var topic: String
  var source: Source
  var qos: QoS
  var retain: Bool
  var properties: Properties
  /// DISCONNECT properties of 5.0.
  var disconnectProperties: Properties = []
  /// How often the one message is published.
  var repeats = 1
  var repeatDelay = Duration.zero
  /// `--require-subscribers`: a PUBACK that says nobody listens is a failed check.
  var requiresSubscribers = false
  var replay = ReplayPlan()
  /// `--placeholders`: topic and payload are templates.
  var hasPlaceholders = false
  /// Fills them; there once the connection is.
  var filler: MessageFiller?
  /// The longest payload or line, in bytes.
  var payloadLimit: Int

  /// A packet holds 268,435,455 bytes beside its fixed header; the rest is left for topic and properties.
  static let largestPayload = 268_435_455 - 70_000

  var hasVaryingTopics: Bool { if case .recording = source { true } else { hasPlaceholders } }

  /// That a message may have.
  var highestQoS: QoS {
    guard case .recording = source else { return qos }
    return replay.qos ?? .exactlyOnce
  }

  /// The payload goes out once and unseen, and need not be there before.
  var maySendUnread: Bool { qos == .atMostOnce && repeats == 1 && !hasPlaceholders }

  func message(_ payload: ByteBuffer) -> Message {
    var message = Message(topic: topic, payload: payload, qos: qos, retain: retain, properties: properties)
    filler?.fill(&message)
    return message
  }
}
