import NIOCore

/// Reads a client's upgrade request, in pieces of any size and in linear time.
package struct UpgradeRequestParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    case needMore
    /// What is still readable in the buffer are the first bytes of the WebSocket.
    case accepted(UpgradeRequestFacts)
    /// Send the rejection's answer and close.
    case rejected(UpgradeRejection)
  }

  package init(policy: UpgradePolicy, maximumHeadLength: Int = 65_536) {
  }

  package mutating func feed(_ buffer: inout ByteBuffer) -> Outcome { .needMore }
}

/// A request that may be answered with 101. All texts are the client's: escape them.
package struct UpgradeRequestFacts: Equatable, Sendable {
  package let target: String
  package let host: String
  package let origin: String?
  package let key: String
  /// In the client's order of preference.
  package let offeredSubprotocols: [String]
  /// The first one offered that the policy knows; nil when there is none and the policy does not mind.
  package let subprotocol: String?
  package let headers: HTTPHeaders

  package init(
    target: String, host: String, origin: String?, key: String, offeredSubprotocols: [String],
    subprotocol: String?, headers: HTTPHeaders
  ) {
    self.target = target
    self.host = host
    self.origin = origin
    self.key = key
    self.offeredSubprotocols = offeredSubprotocols
    self.subprotocol = subprotocol
    self.headers = headers
  }

  /// The 101 for this request.
  package var response: UpgradeResponse { UpgradeResponse(acceptingKey: key, subprotocol: subprotocol) }
}

/// A request that is answered with an error: why, and the answer's bytes.
package struct UpgradeRejection: Error, Equatable, Sendable {
  package let status: Int
  package let violation: UpgradeViolation

  package init(status: Int, violation: UpgradeViolation) {
    self.status = status
    self.violation = violation
  }

  /// Writes a short plain-text answer that closes the connection; nothing for a peer that speaks no HTTP.
  package func encode(into buffer: inout ByteBuffer) {
  }
}
