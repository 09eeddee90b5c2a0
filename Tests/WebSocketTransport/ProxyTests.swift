import NIOCore
import Support
import Testing

@testable import WebSocketTransport

@Suite struct ProxyTests {
  @Test func aTunnelLeadsToTheServer() async throws {
    let proxy = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.0 100 Continue\r\n\r\nHTTP/1.0 200 Established\r\nVia: test\r\n\r\n")
      try connection.upgrade()
      try connection.readToEnd()
    }
    let trace = Trace()
    let dialed = try await dial("ws://broker.test:8083/mqtt", trace: trace) {
      $0.proxy = ProxySettings(host: "127.0.0.1", port: Int(proxy.port), username: "me", password: "secret")
    }
    // The proxy finds the server by its name; nothing was resolved here.
    #expect(
      trace.events.filter { $0 != "upgradeReceived" } == [
        "attempt", "connected", "proxyAsked", "proxyAnswered", "upgradeSent", "upgraded",
      ])
    try await dialed.channel.close().get()
    try proxy.waitForEnd()
    let received = String(decoding: try #require(proxy.connections.first).received, as: UTF8.self)
    #expect(
      received.hasPrefix(
        """
        CONNECT broker.test:8083 HTTP/1.1\r\nHost: broker.test:8083\r\n\
        Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\nGET /mqtt HTTP/1.1\r\nHost: broker.test:8083\r\n
        """))
  }

  @Test func tlsGoesThroughTheTunnel() async throws {
    let proxy = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 200 OK\r\n\r\n")
      // A hello, and an alert in answer: handshake_failure.
      #expect(try connection.read(1) == [22])
      try connection.send([21, 3, 3, 0, 2, 2, 40])
      try connection.readToEnd()
    }
    let outcome = try await failure("wss://[2001:db8::1]/") {
      $0.proxy = ProxySettings(host: "127.0.0.1", port: Int(proxy.port))
    }
    #expect(outcome == "handshake alert(40, name: \"handshake failure\")")
    let received = String(decoding: try #require(proxy.connections.first).received, as: UTF8.self)
    #expect(received.hasPrefix("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"))
  }

  @Test(arguments: [
    (
      "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
      "proxy refused(status: 407, reason: \"Proxy Authentication Required\")"
    ),
    ("HTTP/1.0 503\r\n\r\n", "proxy refused(status: 503, reason: \"\")"),
    ("SSH-2.0-x", "proxy notHTTP([83, 83, 72, 45, 50, 46, 48, 45, 120])"),
    (
      "HTTP/1.1 two hundred\r\n\r\n",
      "proxy notHTTP([72, 84, 84, 80, 47, 49, 46, 49, 32, 116, 119, 111, 32, 104, 117, 110, 100, 114, 101, 100, 13, 10, 13, 10])"
    ),
    ("HTTP/1.1 200 OK\r\nX: y", "proxy closed"), ("", "proxy closed"),
  ]) func answers(_ answer: String, _ expected: String) async throws {
    let proxy = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send(answer)
    }
    let outcome = try await failure("ws://broker.test/") {
      $0.proxy = ProxySettings(host: "127.0.0.1", port: Int(proxy.port))
    }
    #expect(outcome == expected)
  }

  @Test func anEndlessHead() async throws {
    let proxy = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 200 OK\r\n")
      while true { try connection.send("X-More: and more\r\n") }
    }
    let outcome = try await failure("ws://broker.test/") {
      $0.proxy = ProxySettings(host: "127.0.0.1", port: Int(proxy.port))
    }
    #expect(outcome == "proxy answerTooLarge")
  }

  @Test func aProxyThatIsNotThere() async throws {
    let port = Int(try Port.free())
    let outcome = try await failure("ws://broker.test/") {
      $0.proxy = ProxySettings(host: "127.0.0.1", port: port)
    }
    #expect(outcome.hasPrefix("proxy connection("), "\(outcome)")
  }
}
