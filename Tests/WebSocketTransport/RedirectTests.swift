import Testing

@testable import WebSocketTransport

/// Where a redirect points (RFC 3986 5.4 in what matters here).
struct RedirectTests {
  @Test(
    arguments: [
      ("https://o.lab/mqtt", "wss://o.lab/mqtt"), ("HTTP://o.lab:81", "ws://o.lab:81/"),
      ("wss://o.lab/x", "wss://o.lab/x"), ("//o.lab/x?y", "wss://o.lab/x?y"), ("/", "wss://h:8084/"),
      ("/ws/?a=1", "wss://h:8084/ws/?a=1"), ("mqtt/", "wss://h:8084/a/mqtt/"),
      ("../ws", "wss://h:8084/ws"), ("./ws", "wss://h:8084/a/ws"), ("..", "wss://h:8084/"),
      ("../../../ws", "wss://h:8084/ws"), ("?new=1", "wss://h:8084/a/b?new=1"), ("", "wss://h:8084/a/b"),
      ("/ws#part", "wss://h:8084/ws"), ("ftp://o.lab/", nil), ("mailto:x@o.lab", nil), ("https://", nil),
      ("/a b", nil), ("mqtt://o.lab", nil), ("/y\u{1B}", nil),
    ] as [(String, String?)])
  func resolves(_ location: String, _ expected: String?) throws {
    let url = try WebSocketURL(parsing: "wss://h:8084/a/b?old=1")
    #expect(url.redirected(to: location)?.description == expected)
  }
}
