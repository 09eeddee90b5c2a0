import NIOCore

/// Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6), then removes itself: what follows is the server's.
final class ProxyConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Outcome {
    case opened(status: Int)
    case failed(ProxyFailure)
  }

  let request: ByteBuffer
  private let maximumHead: Int
  private var onOutcome: ((Outcome, ByteBuffer) -> Void)?
  private var answer = ByteBuffer()
  /// The heads that were read from `answer`.
  private var heads = ByteBuffer()
  /// How far `answer` was searched for the end of the head, and the length of the line the search is in.
  private var scanned = 0
  private var lineLength = 0

  /// - Parameters:
  ///   - host: as it goes into a request line, an IPv6 address in brackets.
  ///   - onOutcome: called once, with the bytes of the answer.
  init(
    _ proxy: ProxySettings, host: String, port: Int, maximumHead: Int,
    onOutcome: @escaping (Outcome, ByteBuffer) -> Void
  ) {
    let authority = "\(host):\(port)"
    var request = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n"
    if let username = proxy.username {
      let credentials = Base64.encode(Array("\(username):\(proxy.password ?? "")".utf8))
      request += "Proxy-Authorization: Basic \(credentials)\r\n"
    }
    self.request = ByteBuffer(string: request + "\r\n")
    self.maximumHead = maximumHead
    self.onOutcome = onOutcome
  }

  func handlerAdded(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard onOutcome != nil else { return context.fireChannelRead(data) }
    var bytes = unwrapInboundIn(data)
    answer.writeBuffer(&bytes)
    guard answer.readableBytesView.startsLike("HTTP/1.") else { return end(notHTTP, context) }
    while let head = readHead() {
      heads.writeImmutableBuffer(head)
      let line = String(decoding: head.readableBytesView.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count >= 2, parts[1].utf8.count == 3, let status = Int(parts[1]) else {
        return end(notHTTP, context)
      }
      switch status {
      // Interim answers come before the one that counts.
      case ..<200: continue
      case 200..<300: return end(.opened(status: status), context)
      default:
        return end(
          .failed(.refused(status: status, reason: parts.count > 2 ? String(parts[2]) : "")), context)
      }
    }
    if answer.readableBytes > maximumHead { end(.failed(.answerTooLarge), context) }
  }

  /// The end before a whole answer.
  func channelInactive(context: ChannelHandlerContext) {
    end(.failed(.closed), context)
    context.fireChannelInactive()
  }

  private var notHTTP: Outcome { .failed(.notHTTP(Array(received.readableBytesView.prefix(256)))) }

  private var received: ByteBuffer {
    var bytes = heads
    bytes.writeImmutableBuffer(answer)
    return bytes
  }

  /// The next status line with its fields, once it is whole; looks at every byte once.
  private func readHead() -> ByteBuffer? {
    while scanned < answer.readableBytes,
      let byte = answer.getInteger(at: answer.readerIndex + scanned, as: UInt8.self)
    {
      scanned += 1
      if byte == 0x0A {
        if lineLength == 0 {
          defer { scanned = 0 }
          return answer.readSlice(length: scanned)
        }
        lineLength = 0
      } else if byte != 0x0D {
        lineLength += 1
      }
    }
    return nil
  }

  private func end(_ outcome: Outcome, _ context: ChannelHandlerContext) {
    guard let onOutcome else { return }
    self.onOutcome = nil
    guard case .opened = outcome else { return onOutcome(outcome, received) }
    onOutcome(outcome, heads)
    if answer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(answer)) }
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}

extension ByteBufferView {
  /// Whether the bytes agree with `text` as far as both go.
  fileprivate func startsLike(_ text: String) -> Bool {
    zip(self, text.utf8).allSatisfy { $0 == $1 }
  }
}
