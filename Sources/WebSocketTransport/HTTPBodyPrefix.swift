import NIOCore

/// Collects the first bytes of a body, RFC 9112 6, for an error message. It bounds what it keeps and never
/// fails: where the framing makes no sense, the body just ends.
struct HTTPBodyPrefix: Sendable {
  private enum Framing: Sendable {
    case untilClose
    /// Bytes left.
    case length(Int)
    case chunkSize(digits: Int, size: Int)
    /// The rest of the line behind a chunk's size.
    case chunkExtension(size: Int)
    case chunkData(left: Int)
    /// The CRLF behind a chunk.
    case chunkEnd
    case complete
  }

  private(set) var bytes: [UInt8] = []
  private let limit: Int
  private var framing: Framing

  init(status: Int, headers: HTTPHeaders, limit: Int) {
    self.limit = limit
    if status < 200 || status == 204 || status == 304 {
      framing = .complete
    } else if headers.contains("Transfer-Encoding", token: "chunked") {
      framing = .chunkSize(digits: 0, size: 0)
    } else if let text = headers.first("Content-Length"), let length = Int(text), length >= 0 {
      framing = length == 0 ? .complete : .length(length)
    } else {
      framing = .untilClose
    }
  }

  /// Whether more bytes of the stream would change nothing.
  var isComplete: Bool {
    if case .complete = framing { return true }
    return bytes.count >= limit
  }

  mutating func feed(_ buffer: inout ByteBuffer) {
    while !isComplete && buffer.readableBytes > 0 {
      switch framing {
      case .untilClose:
        take(Int.max, from: &buffer)
      case .length(let left):
        let rest = left - take(left, from: &buffer)
        framing = rest == 0 ? .complete : .length(rest)
      case .chunkData(let left):
        let rest = left - take(left, from: &buffer)
        framing = rest == 0 ? .chunkEnd : .chunkData(left: rest)
      case .chunkSize, .chunkExtension, .chunkEnd:
        frame(buffer.readInteger(as: UInt8.self) ?? 0)
      case .complete: return
      }
    }
  }

  @discardableResult
  private mutating func take(_ wanted: Int, from buffer: inout ByteBuffer) -> Int {
    let count = min(wanted, limit - bytes.count, buffer.readableBytes)
    bytes += buffer.readableBytesView.prefix(count)
    buffer.moveReaderIndex(forwardBy: count)
    return count
  }

  /// One byte of the chunked coding's own.
  private mutating func frame(_ byte: UInt8) {
    let isLineFeed = byte == UInt8(ascii: "\n")
    switch framing {
    case .chunkEnd:
      if isLineFeed {
        framing = .chunkSize(digits: 0, size: 0)
      } else if byte != UInt8(ascii: "\r") {
        framing = .complete
      }
    case .chunkExtension(let size):
      if isLineFeed { framing = size == 0 ? .complete : .chunkData(left: size) }
    case .chunkSize(let digits, let size):
      if let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digits < 8 {
        framing = .chunkSize(digits: digits + 1, size: size << 4 | digit)
      } else if digits == 0 || digits >= 8 {
        framing = .complete
      } else {
        framing = isLineFeed && size > 0 ? .chunkData(left: size) : .chunkExtension(size: size)
        if isLineFeed && size == 0 { framing = .complete }
      }
    default: framing = .complete
    }
  }
}
