import NIOCore

/// Reads a client's upgrade request, RFC 6455 4.2.1, in pieces of any size and in linear time.
package struct UpgradeRequestParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    case needMore
    /// What is still readable in the buffer are the first bytes of the WebSocket.
    case accepted(UpgradeRequestFacts)
    /// Send the rejection's answer and close.
    case rejected(UpgradeRejection)
  }

  private let checks: UpgradeRequestChecks
  /// The first bytes while they may still be no HTTP; nil once they are known to be.
  private var opening: [UInt8]? = []
  private var headParser: HTTPHeadParser

  package init(policy: UpgradePolicy, maximumHeadLength: Int = 65_536) {
    checks = UpgradeRequestChecks(policy: policy)
    headParser = HTTPHeadParser(maximumLength: maximumHeadLength)
  }

  package mutating func feed(_ buffer: inout ByteBuffer) -> Outcome {
    do throws(UpgradeViolation) {
      guard try checkOpening(&buffer), let head = try headParser.feed(&buffer) else { return .needMore }
      return .accepted(try checks.check(head))
    } catch {
      return .rejected(UpgradeRejection(status: Self.status(of: error.kind), violation: error))
    }
  }

  /// True when the first byte begins a method; takes bytes only when it does not.
  private mutating func checkOpening(_ buffer: inout ByteBuffer) throws(UpgradeViolation) -> Bool {
    guard var seen = opening else { return true }
    if seen.isEmpty, let first = buffer.readableBytesView.first, HTTPText.isToken(first) {
      opening = nil
      return true
    }
    while let byte = buffer.readInteger(as: UInt8.self) {
      seen.append(byte)
      if let guess = UpgradeSniffer.look(at: seen, atEnd: false) {
        throw UpgradeViolation(
          .notHTTP(guess), rule: "RFC 9112 3", detail: "the request begins with \(HTTPText.escaped(seen))",
          offset: 0)
      }
    }
    opening = seen
    return false
  }

  private static func status(of kind: UpgradeViolation.Kind) -> Int {
    switch kind {
    case .lineTooLong, .tooManyHeaders, .headTooLarge: 431
    case .host, .origin: 403
    case .missingUpgrade, .webSocketVersion: 426
    default: 400
    }
  }
}
