import Glibc
import NIOCore
import NIOPosix
import Support
import Testing

@testable import WebSocketTransport

@Suite struct DialerTests {
  @Test func opensAndTellsWhatHappened() async throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      try connection.send("glued")
      try connection.readToEnd()
    }
    let trace = Trace()
    let dialed = try await dial("ws://127.0.0.1:\(peer.port)/mqtt?x=%2F", trace: trace)
    #expect(dialed.result.response?.subprotocol == "mqtt")
    #expect(dialed.result.remoteAddress?.port == Int(peer.port))
    #expect(await dialed.receive(5) == "glued")
    #expect(
      trace.events.filter { $0 != "upgradeReceived" } == ["attempt", "connected", "upgradeSent", "upgraded"])
    try await dialed.send("bye")
    try await dialed.channel.close().get()
    try peer.waitForEnd()
    let received = String(decoding: try #require(peer.connections.first).received, as: UTF8.self)
    #expect(received.hasPrefix("GET /mqtt?x=%2F HTTP/1.1\r\n"))
    #expect(received.contains("\r\nHost: 127.0.0.1:\(peer.port)\r\n"))
    #expect(received.hasSuffix("\r\n\r\nbye"))
  }

  @Test func settingsReachTheRequest() async throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade(subprotocol: "mqttv3.1")
      try connection.readToEnd()
    }
    let dialed = try await dial("ws://127.0.0.1:\(peer.port)/") {
      $0.headers.append("X-Tenant", "acme")
      $0.origin = "https://example.com"
      $0.hostHeader = "broker.example"
      $0.subprotocol = "mqttv3.1"
      $0.bindAddress = "127.0.0.1"
    }
    try await dialed.channel.close().get()
    try peer.waitForEnd()
    let received = String(decoding: try #require(peer.connections.first).received, as: UTF8.self)
    for line in [
      "X-Tenant: acme", "Origin: https://example.com", "Host: broker.example",
      "Sec-WebSocket-Protocol: mqttv3.1",
    ] {
      #expect(received.contains("\r\n\(line)\r\n"), "\(line)")
    }
  }

  /// Answers to the upgrade, and how the dial ends.
  private static let answers: [(answer: String, outcome: String)] = [
    (
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nsignature and more", "refused 403 signature"
    ),
    ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "refused 401 "),
    ("HTTP/1.1 301 Moved\r\nLocation: https://x/\r\n\r\nmoved", "refused 301 moved"),
    ("HTTP/1.1 503 Busy\r\n\r\n", "refused 503 "),
    (
      """
      HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n
      """, "invalid wrongAccept"
    ),
    ("SSH-2.0-OpenSSH_9.2\r\n", "not HTTP: ssh"),
    ("\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{a}", "not HTTP: tlsAlert"),
    ("", "invalid closedWithoutAnswer"),
    ("HTTP/1.1 101 Swi", "invalid truncated"),
  ]

  @Test(arguments: answers.indices, [false, true])
  func answersToTheUpgrade(_ index: Int, inSingleBytes: Bool) async throws {
    let (answer, outcome) = Self.answers[index]
    let peer = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      if inSingleBytes {
        for byte in answer.utf8 { try connection.send([byte]) }
      } else {
        try connection.send(answer)
      }
    }
    let seen = try await failure("ws://127.0.0.1:\(peer.port)/")
    #expect(seen == outcome)
  }

  @Test func aRefusalWhoseBodyNeverEndsIsReportedSoon() async throws {
    let peer = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\nno such")
      try connection.readToEnd()
    }
    #expect(try await failure("ws://127.0.0.1:\(peer.port)/") == "refused 404 no such")
  }

  @Test func aResetIsNoEndOfStream() async throws {
    let peer = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      connection.reset()
    }
    #expect(try await failure("ws://127.0.0.1:\(peer.port)/") == "closed reset upgrade")
  }

  @Test func anAnswerInSingleBytesOpens() async throws {
    let peer = try ScriptedPeer { connection in
      let request = try connection.readRequest()
      let key = webSocketAcceptKey(for: request.headers["sec-websocket-key"] ?? "")
      let answer = """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: \(key)\r\nSec-WebSocket-Protocol: mqtt\r\n\r\nafter
        """
      for byte in answer.utf8 { try connection.send([byte]) }
      try connection.readToEnd()
    }
    let dialed = try await dial("ws://127.0.0.1:\(peer.port)/")
    #expect(await dialed.receive(5) == "after")
    try await dialed.channel.close().get()
  }

  @Test func aMissingSubprotocolMayBeAllowed() async throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade(subprotocol: nil)
      try connection.readToEnd()
    }
    #expect(try await failure("ws://127.0.0.1:\(peer.port)/") == "invalid missingSubprotocol")
    let dialed = try await dial("ws://127.0.0.1:\(peer.port)/") { $0.allowsMissingSubprotocol = true }
    #expect(dialed.result.response?.subprotocol == nil)
    try await dialed.channel.close().get()
  }

  @Test func plainMQTTHasNoUpgrade() async throws {
    let peer = try ScriptedPeer { connection in
      try connection.send("hello")
      try connection.readToEnd()
    }
    let dialed = try await dial("mqtt://127.0.0.1:\(peer.port)")
    #expect(dialed.result.response == nil)
    #expect(await dialed.receive(5) == "hello")
    try await dialed.channel.close().get()
  }

  // MARK: Addresses

  @Test func aRefusedPort() async throws {
    let port = try Port.free()
    #expect(try await failure("ws://127.0.0.1:\(port)/") == "connection \(ECONNREFUSED)")
  }

  @Test func theNextAddressIsTried() async throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      try connection.readToEnd()
    }
    let addresses = [
      try SocketAddress(ipAddress: "127.0.0.1", port: Int(try Port.free())),
      try SocketAddress(ipAddress: "127.0.0.1", port: Int(peer.port)),
    ]
    let trace = Trace()
    let dialed = try await dial(
      "ws://two.test/", resolver: FixedResolver(answer: .success(addresses)), trace: trace
    ) { $0.attemptDelay = .seconds(30) }
    #expect(trace.events.prefix(5) == ["resolving", "resolved", "attempt", "attemptFailed", "attempt"])
    try await dialed.channel.close().get()
  }

  @Test func anAddressThatStaysSilentIsPassedBy() async throws {
    let silent = try SilentPort()
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      try connection.readToEnd()
    }
    let addresses = try [silent.port, Int(peer.port)].map {
      try SocketAddress(ipAddress: "127.0.0.1", port: $0)
    }
    let dialed = try await dial("ws://two.test/", resolver: FixedResolver(answer: .success(addresses)))
    #expect(dialed.result.remoteAddress?.port == Int(peer.port))
    try await dialed.channel.close().get()
  }

  @Test(arguments: [
    (ResolutionFailure.notFound, "resolution no.test notFound"),
    (.temporary, "resolution no.test temporary"),
  ]) func noAddress(_ failed: ResolutionFailure, _ outcome: String) async throws {
    #expect(try await failure("ws://no.test/", resolver: FixedResolver(answer: .failure(failed))) == outcome)
  }

  @Test func anAddressOfTheWrongFamily() async throws {
    let outcome = try await failure("ws://127.0.0.1/") { $0.addressFamily = .ipv6 }
    #expect(outcome == "resolution 127.0.0.1 noAddress(WebSocketTransport.AddressFamily.ipv6)")
    let bound = try await failure("ws://127.0.0.1/") { $0.bindAddress = "::1" }
    #expect(bound == "resolution 127.0.0.1 noAddress(WebSocketTransport.AddressFamily.ipv6)")
  }

  // MARK: Deadline and cancellation

  /// A place where a connection can get stuck, and the event after which it is.
  enum Stall: String, CaseIterable, Sendable {
    case resolution, tcp, proxy, tls, upgrade

    var lastEvent: String {
      switch self {
      case .resolution: "resolving"
      case .tcp: "attempt"
      case .proxy: "proxyAsked"
      case .tls: "tlsStarted"
      case .upgrade: "upgradeSent"
      }
    }
  }

  private func stalled(
    _ stall: Stall, cancelAfter: String?, timeout: Duration
  ) async throws -> String {
    let silent = try SilentPort()
    let peer = try ScriptedPeer { try $0.readToEnd() }
    let port = stall == .tcp ? silent.port : Int(peer.port)
    let host = stall == .resolution ? "stuck.test" : "127.0.0.1"
    let url = "\(stall == .tls ? "wss" : "ws")://\(host):\(port)/"
    let outcome = try await failure(url, resolver: FixedResolver.hanging, cancelAfter: cancelAfter) {
      $0.connectTimeout = timeout
      if stall == .proxy { $0.proxy = ProxySettings(host: "127.0.0.1", port: port) }
    }
    // The socket is closed, too: the script, which reads to the end, has ended.
    if stall != .tcp, stall != .resolution { try peer.waitForEnd() }
    return outcome
  }

  @Test(arguments: Stall.allCases) func theDeadlineNamesThePhase(_ stall: Stall) async throws {
    let outcome = try await stalled(stall, cancelAfter: nil, timeout: .seconds(2))
    #expect(outcome == "timeout \(stall)\(stall == .tcp ? " 1" : "")")
  }

  @Test(arguments: Stall.allCases) func cancellingWorksAtOnce(_ stall: Stall) async throws {
    let outcome = try await stalled(stall, cancelAfter: stall.lastEvent, timeout: .seconds(60))
    #expect(outcome == "cancelled")
  }

  @Test func aDripOfBytesDoesNotOutliveTheDeadline() async throws {
    let peer = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 101 Switching Protocols\r\n")
      while true { try connection.send("X-Drip: drop\r\n") }
    }
    let outcome = try await failure("ws://127.0.0.1:\(peer.port)/") {
      $0.connectTimeout = .seconds(3)
    }
    // Whichever limit is reached first.
    #expect(
      ["timeout upgrade", "invalid tooManyHeaders", "invalid headTooLarge"].contains(outcome), "\(outcome)")
  }
}

/// A port whose queue of connections is full: whoever connects to it waits.
final class SilentPort {
  let port: Int
  private var descriptors: [Int32] = []

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    descriptors.append(listener)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        _ = bind(listener, name, length)
        _ = listen(listener, 0)
        _ = getsockname(listener, name, &length)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    for _ in 0..<3 {
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let filler = socket(AF_INET, kind, 0)
      descriptors.append(filler)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(filler, $0, length) }
      }
    }
  }

  deinit {
    for descriptor in descriptors { close(descriptor) }
  }
}
