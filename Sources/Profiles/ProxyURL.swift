import WebSocketTransport

/// Reads `http://[user:password@]host[:port]`.
enum ProxyURL {
  static func settings(_ text: String) -> ProxySettings? {
    let scheme = "http://"
    guard text.hasPrefix(scheme) else { return nil }
    do throws(WebSocketURLError) {
      let url = try WebSocketURL(parsing: "ws://" + text.dropFirst(scheme.count))
      guard url.target == "/" else { return nil }
      return ProxySettings(host: url.host, port: url.port, username: url.username, password: url.password)
    } catch {
      return nil
    }
  }
}
