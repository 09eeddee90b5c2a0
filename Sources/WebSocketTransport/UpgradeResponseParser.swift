import NIOCore

/// Reads the answer to an upgrade, RFC 6455 4.1, in pieces of any size and in linear time.
///
/// Theory of operation: opening (is this HTTP at all?) → head → either the verdict over a 101, or the
/// first bytes of another answer's body. Other 1xx answers are skipped and count against the same limit.
package struct UpgradeResponseParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    case needMore
    /// What is still readable in the buffer are the first bytes of the WebSocket.
    case accepted(UpgradeResponse)
    case refused(UpgradeRefusal)
  }

  private enum State: Sendable {
    /// The bytes so far, which may become `HTTP/`.
    case opening([UInt8])
    case head
    case body(UpgradeRefusal, HTTPBodyPrefix)
    case finished
  }

  private static let opening = Array("HTTP/".utf8)

  private let checks: UpgradeResponseChecks
  private var state = State.opening([])
  private var headParser: HTTPHeadParser

  package init(
    key: String, subprotocol: String? = "mqtt", allowsMissingSubprotocol: Bool = false,
    maximumHeadLength: Int = 65_536
  ) {
    checks = UpgradeResponseChecks(
      accept: acceptKey(for: key), subprotocol: subprotocol,
      allowsMissingSubprotocol: allowsMissingSubprotocol)
    headParser = HTTPHeadParser(maximumLength: maximumHeadLength)
  }

  /// Consumes the bytes that belong to the answer and leaves those behind it in `buffer`.
  package mutating func feed(_ buffer: inout ByteBuffer) throws(UpgradeViolation) -> Outcome {
    while true {
      switch state {
      case .opening(let seen):
        guard try open(seen, &buffer) else { return .needMore }
      case .head:
        guard let head = try headParser.feed(&buffer) else { return .needMore }
        if let outcome = try judge(head) { return outcome }
      case .body(var refusal, var body):
        body.feed(&buffer)
        refusal.bodyPrefix = body.bytes
        state = body.isComplete ? .finished : .body(refusal, body)
        return body.isComplete ? .refused(refusal) : .needMore
      case .finished: return .needMore
      }
    }
  }

  /// The peer closed: either the refusal with the body so far, or a violation.
  package mutating func endOfStream() throws(UpgradeViolation) -> UpgradeRefusal {
    if let refusal = pendingRefusal { return refusal }
    if case .opening(let seen) = state {
      guard !seen.isEmpty else {
        throw UpgradeViolation(
          .closedWithoutAnswer, rule: "RFC 6455 4.1", detail: "closed without a byte of an answer", offset: 0)
      }
      if !Self.opening.starts(with: seen) {
        throw notHTTP(seen, UpgradeSniffer.look(at: seen, atEnd: true) ?? .unknown)
      }
      throw truncated(at: seen.count)
    }
    throw truncated(at: headParser.offset)
  }

  /// Set while only the body of a refusal is missing: do not wait for it for long.
  package var pendingRefusal: UpgradeRefusal? {
    if case .body(let refusal, _) = state { return refusal }
    return nil
  }

  /// True once the peer's bytes are known to be HTTP.
  private mutating func open(_ seen: [UInt8], _ buffer: inout ByteBuffer) throws(UpgradeViolation) -> Bool {
    var seen = seen
    while let byte = buffer.readInteger(as: UInt8.self) {
      seen.append(byte)
      if seen == Self.opening {
        var opening = ByteBuffer(bytes: seen)
        state = .head
        // Five bytes cannot complete a head, only begin one.
        _ = try headParser.feed(&opening)
        return true
      }
      guard !Self.opening.starts(with: seen) else { continue }
      if let guess = UpgradeSniffer.look(at: seen, atEnd: false) { throw notHTTP(seen, guess) }
    }
    state = .opening(seen)
    return false
  }

  /// nil when the answer is an interim one or its body is still to come.
  private mutating func judge(_ head: HTTPHead) throws(UpgradeViolation) -> Outcome? {
    guard let line = HTTPStatusLine(head.startLine) else {
      throw UpgradeViolation(
        .startLine, rule: "RFC 9112 4", detail: "not a status line: \(HTTPText.escaped(head.startLine))",
        offset: 0)
    }
    if line.status == 101 {
      state = .finished
      return .accepted(try checks.check(line, head, length: headParser.offset))
    }
    guard line.status >= 200 else { return nil }
    let limit = UpgradeRefusal.maximumBodyPrefix
    state = .body(
      UpgradeRefusal(status: line.status, reason: line.reason, headers: head.headers),
      HTTPBodyPrefix(status: line.status, headers: head.headers, limit: limit))
    return nil
  }

  private func notHTTP(_ seen: [UInt8], _ guess: LooksLike) -> UpgradeViolation {
    UpgradeViolation(
      .notHTTP(guess), rule: "RFC 9112 4", detail: "the answer begins with \(HTTPText.escaped(seen))",
      offset: 0)
  }

  private func truncated(at offset: Int) -> UpgradeViolation {
    UpgradeViolation(
      .truncated, rule: "RFC 9112 8", detail: "closed after \(offset) bytes of the answer's head",
      offset: offset)
  }
}
