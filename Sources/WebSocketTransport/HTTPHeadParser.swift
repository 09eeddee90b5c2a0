import NIOCore

/// Reads the head of an HTTP/1 message, RFC 9112, in pieces of any size: a start line and its fields up
/// to the empty line. Strict where leniency lets two readers disagree: only CRLF ends a line, no folded
/// lines, no blank before the colon, no control characters.
struct HTTPHeadParser: Sendable {
  static let maximumLineLength = 8192
  static let maximumFields = 100

  let maximumLength: Int
  /// Bytes consumed since the start of the stream.
  private(set) var offset = 0
  private var lineStart = 0
  /// The line that is being read, up to the bytes seen.
  private var line: [UInt8] = []
  private var head = HTTPHead()
  private var hasStartLine = false

  init(maximumLength: Int) { self.maximumLength = maximumLength }

  /// The head once it is complete; the parser is then ready for the next one of the same stream, which
  /// counts against the same length. Bytes behind the head stay in `buffer`.
  mutating func feed(_ buffer: inout ByteBuffer) throws(UpgradeViolation) -> HTTPHead? {
    while buffer.readableBytes > 0 {
      guard try takeLine(from: &buffer) else { continue }
      if let head = try endLine() { return head }
    }
    return nil
  }

  /// Moves bytes up to the next line feed, true when it was there.
  private mutating func takeLine(from buffer: inout ByteBuffer) throws(UpgradeViolation) -> Bool {
    let longestLine = lineStart + Self.maximumLineLength + 2
    let end = min(longestLine, maximumLength)
    guard offset < end else {
      throw longestLine <= maximumLength
        ? failure(
          .lineTooLong, "RFC 9112 3", "a line of more than \(Self.maximumLineLength) bytes", at: offset)
        : failure(.headTooLarge, "RFC 9112 3", "a head of more than \(maximumLength) bytes", at: offset)
    }
    let view = buffer.readableBytesView.prefix(end - offset)
    let lineFeed = view.firstIndex(of: UInt8(ascii: "\n"))
    let taken = lineFeed.map { $0 + 1 - view.startIndex } ?? view.count
    line.append(contentsOf: view.prefix(taken))
    offset += taken
    buffer.moveReaderIndex(forwardBy: taken)
    return lineFeed != nil
  }

  private mutating func endLine() throws(UpgradeViolation) -> HTTPHead? {
    guard line.count >= 2, line[line.count - 2] == UInt8(ascii: "\r") else {
      throw failure(
        .headerSyntax, "RFC 9112 2.2", "a line feed without a carriage return", at: offset - 1)
    }
    let content = line.dropLast(2)
    if !hasStartLine {
      head.startLine = Array(content)
      hasStartLine = true
    } else if content.isEmpty {
      let complete = head
      line.removeAll(keepingCapacity: true)
      lineStart = offset
      head = HTTPHead()
      hasStartLine = false
      return complete
    } else {
      try addField(content)
    }
    line.removeAll(keepingCapacity: true)
    lineStart = offset
    return nil
  }

  private mutating func addField(_ content: ArraySlice<UInt8>) throws(UpgradeViolation) {
    guard head.headers.fields.count < Self.maximumFields else {
      throw failure(
        .tooManyHeaders, "RFC 9112 5", "more than \(Self.maximumFields) header fields", at: lineStart)
    }
    guard let first = content.first, !HTTPText.isBlank(first) else {
      throw syntax("RFC 9112 5.2", "a folded header line", content)
    }
    guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else {
      throw syntax("RFC 9112 5", "a header line without a colon", content)
    }
    let name = content[..<colon]
    if let last = name.last, HTTPText.isBlank(last) {
      throw syntax("RFC 9112 5.1", "a blank before the colon", content)
    }
    guard HTTPText.isToken(name) else {
      throw syntax("RFC 9110 5.1", "a header name with a forbidden character", content)
    }
    let value = HTTPText.trimmed(content[(colon + 1)...])
    if let bad = value.firstIndex(where: { !HTTPText.isFieldByte($0) }) {
      throw failure(
        .headerSyntax, "RFC 9110 5.5", "a control character in a header value: \(HTTPText.escaped(content))",
        at: lineStart + bad)
    }
    head.headers.append(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    head.offsets.append(lineStart)
  }

  private func syntax(_ rule: String, _ words: String, _ line: ArraySlice<UInt8>) -> UpgradeViolation {
    failure(.headerSyntax, rule, "\(words): \(HTTPText.escaped(line))", at: lineStart)
  }

  private func failure(
    _ kind: UpgradeViolation.Kind, _ rule: String, _ detail: String, at offset: Int
  ) -> UpgradeViolation {
    UpgradeViolation(kind, rule: rule, detail: detail, offset: offset)
  }
}

/// A head as read: fields are checked for spelling, the start line is not.
struct HTTPHead: Sendable {
  var startLine: [UInt8] = []
  var headers = HTTPHeaders()
  /// Where in the stream each field begins.
  var offsets: [Int] = []

  /// Where the last field called `name` begins, else 0.
  func offset(of name: String) -> Int {
    let index = headers.fields.lastIndex { HTTPText.equalWithoutCase($0.name, name) }
    return index.map { offsets[$0] } ?? 0
  }
}
