import Testing

@testable import WebSocketTransport

/// An address and its parts.
struct URLVector: Sendable, CustomTestStringConvertible {
  var text: String
  var scheme = WebSocketURL.Scheme.ws
  var host: String
  var unicodeHost: String?
  var port: Int
  var target = "/"
  var hostHeader: String
  var username: String?
  var password: String?
  /// nil when it is `text` itself.
  var description: String?

  var testDescription: String { text }
}

@Suite struct WebSocketURLTests {
  static let sound: [URLVector] = [
    URLVector(
      text: "ws://broker", host: "broker", port: 80, hostHeader: "broker", description: "ws://broker/"),
    URLVector(
      text: "WSS://Broker.Example.ORG/mqtt", scheme: .wss, host: "broker.example.org", port: 443,
      target: "/mqtt",
      hostHeader: "broker.example.org", description: "wss://broker.example.org/mqtt"),
    URLVector(
      text: "ws://localhost:8083/mqtt", host: "localhost", port: 8083, target: "/mqtt",
      hostHeader: "localhost:8083"),
    URLVector(
      text: "ws://h:80/", host: "h", port: 80, hostHeader: "h"),
    URLVector(
      text: "wss://h:80/", scheme: .wss, host: "h", port: 80, hostHeader: "h:80"),
    URLVector(
      text: "ws://h?x=1&y", host: "h", port: 80, target: "/?x=1&y", hostHeader: "h",
      description: "ws://h/?x=1&y"),
    URLVector(
      text: "ws://h/a//b/../%2F%2f+~{}|\"<>?q=/?&%zz", host: "h", port: 80,
      target: "/a//b/../%2F%2f+~{}|\"<>?q=/?&%zz",
      hostHeader: "h"),
    URLVector(
      text: "wss://h/$iothub/websocket?iothub-no-client-cert=true", scheme: .wss, host: "h", port: 443,
      target: "/$iothub/websocket?iothub-no-client-cert=true", hostHeader: "h"),
    URLVector(text: "ws://[::1]:8083/m", host: "::1", port: 8083, target: "/m", hostHeader: "[::1]:8083"),
    URLVector(
      text: "ws://[FE80::A]", host: "fe80::a", port: 80, hostHeader: "[fe80::a]",
      description: "ws://[fe80::a]/"),
    URLVector(
      text: "ws://[::ffff:1.2.3.4]/", host: "::ffff:1.2.3.4", port: 80, hostHeader: "[::ffff:1.2.3.4]"),
    URLVector(
      text: "ws://192.168.0.1:65535/", host: "192.168.0.1", port: 65_535, hostHeader: "192.168.0.1:65535"),
    URLVector(text: "ws://my_host-1.lan./", host: "my_host-1.lan.", port: 80, hostHeader: "my_host-1.lan."),
    URLVector(
      text: "ws://u:p@h/", host: "h", port: 80, hostHeader: "h", username: "u", password: "p",
      description: "ws://u:…@h/"),
    URLVector(
      text: "ws://us%40er:p%40ss%3A%2F%25@h:1/", host: "h", port: 1, hostHeader: "h:1", username: "us@er",
      password: "p@ss:/%", description: "ws://us%40er:…@h:1/"),
    URLVector(
      text: "ws://u:a:b@h/", host: "h", port: 80, hostHeader: "h", username: "u", password: "a:b",
      description: "ws://u:…@h/"),
    URLVector(text: "ws://u@h/", host: "h", port: 80, hostHeader: "h", username: "u"),
    URLVector(
      text: "ws://:p@h/", host: "h", port: 80, hostHeader: "h", username: "", password: "p",
      description: "ws://:…@h/"),
    URLVector(text: "ws://@h/", host: "h", port: 80, hostHeader: "h", description: "ws://h/"),
    URLVector(text: "ws://h/a@b:c", host: "h", port: 80, target: "/a@b:c", hostHeader: "h"),
    URLVector(text: "mqtt://h/", scheme: .mqtt, host: "h", port: 1883, hostHeader: "h"),
    URLVector(text: "mqtts://h:1/", scheme: .mqtts, host: "h", port: 1, hostHeader: "h:1"),
    URLVector(
      text: "ws://bücher.example/", host: "xn--bcher-kva.example", unicodeHost: "bücher.example", port: 80,
      hostHeader: "xn--bcher-kva.example", description: "ws://xn--bcher-kva.example/"),
    URLVector(
      text: "ws://BU\u{308}CHER.example:81/", host: "xn--bcher-kva.example", unicodeHost: "bücher.example",
      port: 81,
      hostHeader: "xn--bcher-kva.example:81", description: "ws://xn--bcher-kva.example:81/"),
    URLVector(
      text: "ws://例え。テスト/", host: "xn--r8jz45g.xn--zckzah", unicodeHost: "例え.テスト", port: 80,
      hostHeader: "xn--r8jz45g.xn--zckzah", description: "ws://xn--r8jz45g.xn--zckzah/"),
    URLVector(
      text: "ws://аpple.com/", host: "xn--pple-43d.com", unicodeHost: "аpple.com", port: 80,
      hostHeader: "xn--pple-43d.com", description: "ws://xn--pple-43d.com/"),
  ]

  @Test(arguments: sound) func takesAddressesApart(_ vector: URLVector) throws {
    let url = try WebSocketURL(parsing: vector.text)
    #expect(url.scheme == vector.scheme)
    #expect(url.host == vector.host)
    #expect(url.unicodeHost == vector.unicodeHost)
    #expect(url.port == vector.port)
    #expect(url.target == vector.target)
    #expect(url.hostHeader == vector.hostHeader)
    #expect(url.username == vector.username)
    #expect(url.password == vector.password)
    #expect(url.isIPv6Literal == vector.host.contains(":"))
    #expect(url.description == vector.description ?? vector.text)
  }

  static let broken: [(String, WebSocketURLError)] = [
    ("", WebSocketURLError(.empty, at: 0)),
    ("broker", WebSocketURLError(.missingScheme, at: 0, suggestion: "ws://broker/")),
    ("localhost:8083/mqtt", WebSocketURLError(.missingScheme, at: 0, suggestion: "ws://localhost:8083/mqtt")),
    ("//h/x", WebSocketURLError(.missingScheme, at: 0, suggestion: "ws://h/x")),
    ("u:secret@h/x", WebSocketURLError(.missingScheme, at: 0, suggestion: "ws://u:…@h/x")),
    ("://h", WebSocketURLError(.missingScheme, at: 0)),
    ("ws:/x", WebSocketURLError(.missingSlashes, at: 3, suggestion: "ws://x/")),
    ("ws:x", WebSocketURLError(.missingSlashes, at: 3, suggestion: "ws://x/")),
    ("ws:///x", WebSocketURLError(.emptyHost, at: 5)),
    ("ws://", WebSocketURLError(.emptyHost, at: 5)), ("ws://:80/", WebSocketURLError(.emptyHost, at: 5)),
    ("ws://u@/", WebSocketURLError(.emptyHost, at: 7)), ("ws://?q", WebSocketURLError(.emptyHost, at: 5)),
    ("http://h/x", WebSocketURLError(.unknownScheme("http"), at: 0, suggestion: "ws://h/x")),
    (
      "HTTPS://u:p@h/?token=a",
      WebSocketURLError(.unknownScheme("https"), at: 0, suggestion: "wss://u:…@h/?token=…")
    ),
    ("ftp://h/x", WebSocketURLError(.unknownScheme("ftp"), at: 0)),
    ("ws://h/x#frag", WebSocketURLError(.fragment, at: 8, suggestion: "%23")),
    ("ws://h#", WebSocketURLError(.fragment, at: 6, suggestion: "%23")),
    ("ws://h/a b", WebSocketURLError(.space, at: 8, suggestion: "%20")),
    ("ws://h/ ", WebSocketURLError(.space, at: 7, suggestion: "%20")),
    ("ws://h h/", WebSocketURLError(.space, at: 6, suggestion: "%20")),
    ("ws://h/\u{1B}[m", WebSocketURLError(.controlCharacter(0x1B), at: 7)),
    ("ws://h/\r\nX: y", WebSocketURLError(.controlCharacter(13), at: 7)),
    ("ws://h\0/", WebSocketURLError(.controlCharacter(0), at: 6)),
    ("ws://h/\u{7F}", WebSocketURLError(.controlCharacter(0x7F), at: 7)),
    ("ws://h/ä", WebSocketURLError(.nonASCII, at: 7, suggestion: "%C3%A4")),
    ("ws://h/?x=😀y", WebSocketURLError(.nonASCII, at: 10, suggestion: "%F0%9F%98%80")),
    ("ws://ü:p@h/", WebSocketURLError(.nonASCII, at: 5)),
    ("ws://h\\x", WebSocketURLError(.backslash, at: 6, suggestion: "/")),
    ("ws://u:p@ss@h/", WebSocketURLError(.unencodedAt, at: 8, suggestion: "%40")),
    ("ws://u:%zz@h/", WebSocketURLError(.invalidPercentEncoding, at: 7, suggestion: "%25")),
    ("ws://u:%@h/", WebSocketURLError(.invalidPercentEncoding, at: 7, suggestion: "%25")),
    ("ws://u:%FF@h/", WebSocketURLError(.invalidPercentEncoding, at: 7, suggestion: "%25")),
    ("ws://h:0/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://h:65536/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://h:/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://h:+1/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://h:8o/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://h:99999999999999999999/", WebSocketURLError(.invalidPort, at: 7)),
    ("ws://[::1%25lo]/", WebSocketURLError(.zoneIdentifier, at: 9)),
    ("ws://[::1%lo]/", WebSocketURLError(.zoneIdentifier, at: 9)),
    ("ws://[::1/", WebSocketURLError(.invalidHost, at: 5)),
    ("ws://[]/", WebSocketURLError(.invalidIPv6, at: 5)),
    ("ws://[::g]/", WebSocketURLError(.invalidIPv6, at: 5)),
    ("ws://[1.2.3.4]/", WebSocketURLError(.invalidIPv6, at: 5)),
    ("ws://[::1]x/", WebSocketURLError(.invalidHost, at: 5)),
    ("ws://fe80::1/", WebSocketURLError(.bareIPv6, at: 5, suggestion: "[fe80::1]")),
    ("ws://::1:8083/", WebSocketURLError(.bareIPv6, at: 5, suggestion: "[::1]:8083")),
    ("ws://::1:80/", WebSocketURLError(.bareIPv6, at: 5, suggestion: "[::1:80]")),
    ("ws://2001:db8::1:65535/", WebSocketURLError(.bareIPv6, at: 5, suggestion: "[2001:db8::1]:65535")),
    ("ws://a:b:c/", WebSocketURLError(.invalidHost, at: 5)),
    ("ws://a..b/", WebSocketURLError(.invalidHost, at: 7)),
    ("ws://.a/", WebSocketURLError(.invalidHost, at: 5)),
    ("ws://./", WebSocketURLError(.invalidHost, at: 5)),
    ("ws://a%20b/", WebSocketURLError(.hostCharacter(0x25), at: 6)),
    ("ws://a*b/", WebSocketURLError(.hostCharacter(0x2A), at: 6)),
    ("ws://1.2.3/", WebSocketURLError(.invalidIPv4, at: 5)),
    ("ws://1.2.3.256/", WebSocketURLError(.invalidIPv4, at: 5)),
    ("ws://2130706433/", WebSocketURLError(.invalidIPv4, at: 5)),
    ("ws://127.0x1/", WebSocketURLError(.invalidIPv4, at: 5)),
    ("ws://b\u{200D}c/", WebSocketURLError(.hostCharacter(0x200D), at: 6)),
    ("ws://b\u{202E}c/", WebSocketURLError(.hostCharacter(0x202E), at: 6)),
    ("ws://b\u{AD}c/", WebSocketURLError(.hostCharacter(0xAD), at: 6)),
    ("ws://ａ/", WebSocketURLError(.hostCharacter(0xFF41), at: 5)),
    ("ws://ﬁ/", WebSocketURLError(.hostCharacter(0xFB01), at: 5)),
    ("ws://a☃/", WebSocketURLError(.hostCharacter(0x2603), at: 6)),
    ("ws://\u{308}a/", WebSocketURLError(.hostCharacter(0x308), at: 5)),
  ]

  @Test(arguments: broken.indices) func refusesWhatIsNoAddress(index: Int) {
    let (text, error) = Self.broken[index]
    #expect(throws: error) { try WebSocketURL(parsing: text) }
  }

  @Test func capsTheLength() throws {
    let longest = "ws://h/" + String(repeating: "x", count: 65_536 - 7)
    #expect(try WebSocketURL(parsing: longest).target.utf8.count == 65_530)
    #expect(throws: WebSocketURLError(.tooLong, at: 65_536)) { try WebSocketURL(parsing: longest + "x") }
    let label = String(repeating: "a", count: 63)
    #expect(try WebSocketURL(parsing: "ws://\(label)/").host == label)
    #expect(throws: WebSocketURLError(.labelTooLong, at: 5)) { try WebSocketURL(parsing: "ws://\(label)a/") }
    let long = [String](repeating: label, count: 5).joined(separator: ".")
    #expect(throws: WebSocketURLError(.hostTooLong, at: 5)) { try WebSocketURL(parsing: "ws://\(long)/") }
    let wide = String(repeating: "ü", count: 20_000)
    #expect(throws: WebSocketURLError.self) { try WebSocketURL(parsing: "ws://\(wide)/") }
  }

  @Test func refusesControlSchemesWhereOnlyAWebSocketWillDo() throws {
    let plain = try WebSocketURL(parsing: "mqtt://u:p@broker:1884/topic")
    #expect(
      throws: WebSocketURLError(.controlScheme("mqtt"), at: 0, suggestion: "ws://u:…@broker:8083/mqtt")
    ) { try plain.requireWebSocket() }
    let secure = try WebSocketURL(parsing: "mqtts://broker")
    #expect(throws: WebSocketURLError(.controlScheme("mqtts"), at: 0, suggestion: "wss://broker:8084/mqtt")) {
      try secure.requireWebSocket()
    }
    try WebSocketURL(parsing: "wss://broker").requireWebSocket()
  }
}
