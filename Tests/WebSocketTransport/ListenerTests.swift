import Glibc
import NIOCore
import NIOPosix
import Support
import Synchronization
import Testing

@testable import WebSocketTransport

/// Answers every read with the same bytes.
private final class Echo: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(data, promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// A listener that echoes, and what it reported.
private struct EchoServer {
  let port: Int
  let trace = Trace()
  private let loop: any EventLoop
  private let listener: NIOLoopBound<Listener>

  init(refusing: Bool = false, _ configure: (inout ListenerSettings) -> Void = { _ in }) async throws {
    var settings = ListenerSettings()
    configure(&settings)
    let (final, trace) = (settings, trace)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    self.loop = loop
    (listener, port) = try await loop.flatSubmit {
      Listener.start(final, on: loop, observe: { trace.append(Self.name(of: $0)) }) { facts, _ in
        guard refusing else { return .accept(facts.response, Echo()) }
        let violation = UpgradeViolation(.origin, rule: "test", detail: "not today", offset: 0)
        return .refuse(UpgradeRejection(status: 403, violation: violation))
      }
      .assumeIsolated().map { (NIOLoopBound($0, eventLoop: loop), $0.port) }.nonisolated()
    }.get()
  }

  func stop() async throws {
    let listener = listener
    try await loop.submit { listener.value.close() }.get()
  }

  private static func name(of event: ListenerEvent) -> String {
    switch event {
    case .accepted: "accepted"
    case .requestReceived: "received"
    case .upgraded: "upgraded"
    case .rejected(_, let rejection): "rejected \(rejection.status)"
    case .failed(_, let error): "failed \(summary(error))"
    case .overloaded: "overloaded"
    }
  }
}

@Suite struct ListenerTests {
  private static let request = """
    GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Protocol: mqtt\r\n\r\n
    """

  @Test func aRequestInAnyPieces() async throws {
    let server = try await EchoServer()
    for size in [1, 7, Self.request.utf8.count + 5] {
      let client = try Wire(port: server.port)
      let bytes = Array((Self.request + "glued").utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        try client.send(bytes[start..<min(start + size, bytes.count)])
      }
      let answer = try client.read(until: "glued")
      #expect(answer.hasPrefix("HTTP/1.1 101 "))
      #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
      #expect(answer.hasSuffix("\r\n\r\nglued"))
    }
    try await server.stop()
  }

  @Test(arguments: [
    ("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 4"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 4"),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 4"),
    ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", ""),
    ("\u{10}\u{c}\u{0}\u{4}MQTT\u{5}\u{2}\u{0}\u{3c}\u{0}\u{0}", ""),
  ]) func refusesAndHangsUp(_ request: String, _ prefix: String) async throws {
    let server = try await EchoServer()
    let client = try Wire(port: server.port)
    try client.send(Array(request.utf8))
    let answer = try client.readToEnd()
    #expect(answer.hasPrefix(prefix))
    #expect(answer.isEmpty == prefix.isEmpty)
    try await server.stop()
  }

  @Test func theOwnerMayRefuse() async throws {
    let server = try await EchoServer(refusing: true)
    let outcome = try await failure("ws://127.0.0.1:\(server.port)/")
    #expect(outcome.hasPrefix("refused 403 "), "\(outcome)")
    #expect(server.trace.events.contains("rejected 403"))
    try await server.stop()
  }

  @Test func slowAndSilentClientsMeetTheDeadlineAndNobodyElseNotices() async throws {
    let server = try await EchoServer { $0.handshakeTimeout = .milliseconds(300) }
    let canary = try await dial("ws://127.0.0.1:\(server.port)/")
    let silent = try (0..<20).map { _ in try Wire(port: server.port) }
    let slow = try Wire(port: server.port)
    try slow.send(Array("GET / HTTP/1.1\r\nHost: loc".utf8))
    for client in silent + [slow] { #expect(try client.readToEnd() == "") }
    try await canary.send("still here")
    #expect(await canary.receive(10) == "still here")
    #expect(server.trace.events.filter { $0 == "failed timeout upgrade" }.count == 21)
    try await canary.channel.close().get()
    try await server.stop()
  }

  @Test func handshakesUnderWayAreBounded() async throws {
    let server = try await EchoServer { $0.maximumPending = 2 }
    let first = try Wire(port: server.port)
    let second = try Wire(port: server.port)
    let third = try Wire(port: server.port)
    #expect(try third.readToEnd() == "")
    // A finished handshake makes room.
    try first.send(Array(Self.request.utf8))
    _ = try first.read(until: "\r\n\r\n")
    let fourth = try Wire(port: server.port)
    try fourth.send(Array(Self.request.utf8))
    #expect(try fourth.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
    _ = second
    try await server.stop()
  }

  @Test func closingKeepsWhatIsOpen() async throws {
    let server = try await EchoServer()
    let open = try await dial("ws://127.0.0.1:\(server.port)/")
    let pending = try Wire(port: server.port)
    try pending.send(Array("GET /".utf8))
    // The listener has seen it once it answers another one.
    try await dial("ws://127.0.0.1:\(server.port)/").channel.close().get()
    try await server.stop()
    #expect(try pending.readToEnd() == "")
    try await open.send("open")
    #expect(await open.receive(4) == "open")
    #expect(try await failure("ws://127.0.0.1:\(server.port)/") == "connection \(ECONNREFUSED)")
    try await open.channel.close().get()
  }

  @Test func aPortInUseAndABadAddress() async throws {
    let server = try await EchoServer()
    await #expect(throws: ListenerError.bind(address: "127.0.0.1", port: server.port, errno: EADDRINUSE)) {
      _ = try await EchoServer { $0.port = server.port }
    }
    await #expect(throws: ListenerError.invalidAddress("localhost")) {
      _ = try await EchoServer { $0.address = "localhost" }
    }
    try await server.stop()
  }

  // MARK: TLS

  @Test func bulkThroughTLSOnBothEnds() async throws {
    let certificates = try Certificates.shared()
    let server = try await EchoServer {
      $0.tls = TLSServerSettings(
        certificateFile: certificates.server.certificate, keyFile: certificates.server.key)
    }
    let authority = certificates.authority.certificate
    let dialed = try await dial("wss://localhost:\(server.port)/") {
      $0.tls.cafile = authority
      $0.addressFamily = .ipv4
    }
    #expect(dialed.result.tls?.alpn == "http/1.1")
    let line = (0..<2000).map { "\($0) " }.joined()
    let text = String(repeating: line, count: 300)
    // Many small writes and one large one in one flush, then the large one alone.
    for character in line.utf8 { dialed.channel.write(ByteBuffer(integer: character), promise: nil) }
    try await dialed.send(text)
    let echo = await dialed.receive(line.utf8.count + text.utf8.count)
    #expect(echo == line + text)
    try await dialed.channel.close().get()
    try await server.stop()
  }

  @Test func clientCertificatesAreDemanded() async throws {
    let certificates = try Certificates.shared()
    let server = try await EchoServer {
      $0.tls = TLSServerSettings(
        certificateFile: certificates.server.certificate, keyFile: certificates.server.key)
      $0.tls?.requiresClientCertificate = true
      $0.tls?.clientCAFile = certificates.authority.certificate
    }
    let url = "wss://127.0.0.1:\(server.port)/"
    #expect(
      try await failure(url) { $0.tls.cafile = certificates.authority.certificate }
        == "handshake clientCertificateRequired")
    let dialed = try await dial(url) {
      $0.tls.cafile = certificates.authority.certificate
      $0.tls.certificateFile = certificates.client.certificate
      $0.tls.keyFile = certificates.client.key
    }
    try await dialed.send("hello")
    #expect(await dialed.receive(5) == "hello")
    try await dialed.channel.close().get()
    try await server.stop()
  }

  @Test func opensslsClientGetsIn() async throws {
    let certificates = try Certificates.shared()
    let server = try await EchoServer {
      $0.tls = TLSServerSettings(
        certificateFile: certificates.server.certificate, keyFile: certificates.server.key)
    }
    var command = try Command(
      "openssl",
      [
        "s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", certificates.authority.certificate,
        "-verify_return_error", "-quiet",
      ])
    command.input = .pipe
    let client = try command.start()
    try client.write(Self.request + "echo me\n")
    try client.waitForOutput { String(decoding: $0, as: UTF8.self).hasSuffix("\r\n\r\necho me\n") }
    client.kill()
    try await server.stop()
  }

  @Test func plainTextOnATLSListenerIsHungUpOn() async throws {
    let certificates = try Certificates.shared()
    let server = try await EchoServer {
      $0.tls = TLSServerSettings(
        certificateFile: certificates.server.certificate, keyFile: certificates.server.key)
    }
    let client = try Wire(port: server.port)
    try client.send(Array(Self.request.utf8))
    #expect(try client.readToEnd() == "")
    #expect(server.trace.events.contains { $0.hasPrefix("failed handshake plainText([71, ") })
    try await server.stop()
  }
}

/// A blocking client socket.
private final class Wire: Sendable {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw WireFailed(errno: errno) }
  }

  deinit { close(descriptor) }

  func send(_ bytes: some Collection<UInt8>) throws {
    let bytes = Array(bytes)
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw WireFailed(errno: errno)
    }
  }

  func read(until end: String) throws -> String {
    var text = ""
    while !text.hasSuffix(end) {
      guard let more = try some() else { return text }
      text += more
    }
    return text
  }

  /// A reset counts as the end.
  func readToEnd() throws -> String {
    var text = ""
    while let more = try some() { text += more }
    return text
  }

  private func some() throws -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count < 0, errno != ECONNRESET { throw WireFailed(errno: errno) }
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}

private struct WireFailed: Error {
  let errno: Int32
}
