/// What was counted in one run, over all its clients. Whole runs: warm-up and the waiting at the end included.
package struct Counters: Equatable, Sendable {
  /// The name in JSON and in expressions, and where the number is.
  struct Field: Sendable {
    let name: String
    let path: WritableKeyPath<Counters, UInt64> & Sendable
  }

  package var sent: UInt64 = 0
  /// Messages of this run that arrived, repeated ones included.
  package var received: UInt64 = 0
  /// Arrivals that the sent messages ask for: one for each that hears them.
  package var expected: UInt64 = 0
  /// PUBACK and PUBCOMP.
  package var acknowledged: UInt64 = 0
  package var lost: UInt64 = 0
  package var duplicates: UInt64 = 0
  package var reordered: UInt64 = 0
  /// Arrived after its gap was given up: lost, repeated or reordered, nobody can tell.
  package var late: UInt64 = 0
  /// Arrivals without a header of this run.
  package var foreign: UInt64 = 0
  /// Due, but never sent.
  package var unsent: UInt64 = 0
  /// Refused by the broker, or by its limits.
  package var refused: UInt64 = 0
  /// Sent late because as many as the window allows were unanswered.
  package var heldBack: UInt64 = 0
  /// Times that a socket took no more.
  package var sendStalls: UInt64 = 0
  package var connects: UInt64 = 0
  /// Attempts that came to nothing.
  package var connectFailures: UInt64 = 0
  /// Connections that ended by themselves.
  package var disconnects: UInt64 = 0
  package var subscribeFailures: UInt64 = 0
  /// Of payloads.
  package var bytesSent: UInt64 = 0
  package var bytesReceived: UInt64 = 0

  package init() {}

  /// All that a script may want to be 0.
  package var errors: UInt64 { unsent + refused + connectFailures + disconnects + subscribeFailures }

  static let fields: [Field] = [
    Field(name: "sent", path: \.sent), Field(name: "received", path: \.received),
    Field(name: "expected", path: \.expected), Field(name: "acknowledged", path: \.acknowledged),
    Field(name: "lost", path: \.lost), Field(name: "duplicates", path: \.duplicates),
    Field(name: "reordered", path: \.reordered), Field(name: "late", path: \.late),
    Field(name: "foreign", path: \.foreign), Field(name: "unsent", path: \.unsent),
    Field(name: "refused", path: \.refused), Field(name: "held_back", path: \.heldBack),
    Field(name: "send_stalls", path: \.sendStalls), Field(name: "connects", path: \.connects),
    Field(name: "connect_failures", path: \.connectFailures),
    Field(name: "disconnects", path: \.disconnects),
    Field(name: "subscribe_failures", path: \.subscribeFailures),
    Field(name: "payload_bytes_sent", path: \.bytesSent),
    Field(name: "payload_bytes_received", path: \.bytesReceived),
  ]

  package mutating func add(_ other: Counters) {
    for field in Self.fields { self[keyPath: field.path] += other[keyPath: field.path] }
  }
}

/// What times are taken of.
package enum LatencyKind: String, CaseIterable, Sendable {
  /// Publish to receive, from when the message was due.
  case corrected
  /// The same from when it was sent.
  case raw
  /// Publish to PUBACK or PUBCOMP, from when it was due, and from when it was sent.
  case acknowledgement
  case rawAcknowledgement
  /// From the first step to CONNACK, and its steps.
  case connect
  case dns
  case tcp
  case tls
  case upgrade
  case connAck
  case subscribe

  /// The way to it in the JSON document.
  var path: [String] {
    switch self {
    case .corrected: ["latency", "corrected"]
    case .raw: ["latency", "raw"]
    case .acknowledgement: ["latency", "ack"]
    case .rawAcknowledgement: ["latency", "ack_raw"]
    case .connect: ["connect", "total"]
    case .dns: ["connect", "dns"]
    case .tcp: ["connect", "tcp"]
    case .tls: ["connect", "tls"]
    case .upgrade: ["connect", "upgrade"]
    case .connAck: ["connect", "connack"]
    case .subscribe: ["subscribe"]
    }
  }

  /// In front of `p99` in an expression.
  var prefix: String {
    switch self {
    case .corrected: ""
    case .raw: "raw."
    case .acknowledgement: "ack."
    case .rawAcknowledgement: "ack.raw."
    case .connect: "connect."
    case .dns, .tcp, .tls, .upgrade: "connect.\(rawValue)."
    case .connAck: "connect.connack."
    case .subscribe: "subscribe."
    }
  }

  /// In the report.
  var title: String {
    switch self {
    case .corrected: "corrected"
    case .raw: "raw"
    case .acknowledgement: "ack"
    case .rawAcknowledgement: "ack, raw"
    case .connect: "connect"
    case .dns: "  DNS"
    case .tcp: "  TCP"
    case .tls: "  TLS"
    case .upgrade: "  upgrade"
    case .connAck: "  CONNACK"
    case .subscribe: "subscribe"
    }
  }
}
