extension WebSocketURL {
  /// Where a redirect's `Location` points, as an address for a WebSocket: relative to this one where it is
  /// relative (RFC 9110 10.2.2, RFC 3986 5.2). nil for what is no address, or none of a WebSocket.
  package func redirected(to location: String) -> WebSocketURL? {
    let location = String(location.prefix { $0 != "#" })
    let lower = location.lowercased()
    for (web, socket) in [
      ("https://", "wss://"), ("http://", "ws://"), ("wss://", "wss://"), ("ws://", "ws://"),
    ]
    where lower.hasPrefix(web) {
      return try? WebSocketURL(parsing: socket + location.dropFirst(web.count))
    }
    if location.hasPrefix("//") { return try? WebSocketURL(parsing: "\(scheme.rawValue):\(location)") }
    if location.hasPrefix("/") { return try? replacing(target: location) }
    // A colon in the first part would be a scheme's.
    guard !location.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
    let path = target.prefix { $0 != "?" }
    if location.isEmpty || location.hasPrefix("?") { return try? replacing(target: path + location) }
    let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
    return try? replacing(target: Self.withoutDots(folder + location))
  }

  /// RFC 3986 5.2.4, for a path that begins with a slash.
  private static func withoutDots(_ target: Substring) -> String {
    let path = target.prefix { $0 != "?" }
    var parts: [Substring] = []
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      if segment == ".." { _ = parts.popLast() } else if segment != "." { parts.append(segment) }
      if isLast, segment == "." || segment == ".." { parts.append("") }
    }
    return "/" + parts.joined(separator: "/") + target.dropFirst(path.count)
  }
}
