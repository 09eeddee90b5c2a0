import NIOCore

/// Reads the answer to an upgrade, in pieces of any size and in linear time.
package struct UpgradeResponseParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    case needMore
    /// What is still readable in the buffer are the first bytes of the WebSocket.
    case accepted(UpgradeResponse)
    case refused(UpgradeRefusal)
  }

  package init(
    key: String, subprotocol: String? = "mqtt", allowsMissingSubprotocol: Bool = false,
    maximumHeadLength: Int = 65_536
  ) {
  }

  /// Consumes the bytes that belong to the answer and leaves those behind it in `buffer`.
  package mutating func feed(_ buffer: inout ByteBuffer) throws(UpgradeViolation) -> Outcome { .needMore }

  /// The peer closed: either the refusal with the body so far, or a violation.
  package mutating func endOfStream() throws(UpgradeViolation) -> UpgradeRefusal {
    throw UpgradeViolation(.closedWithoutAnswer, rule: "RFC 6455 4.1", detail: "", offset: 0)
  }

  /// Set while only the body of a refusal is missing: do not wait for it for long.
  package var pendingRefusal: UpgradeRefusal? { nil }
}
