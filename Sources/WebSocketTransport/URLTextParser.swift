/// Takes the text of an address apart, RFC 3986 3 and RFC 6455 3, keeping places for the errors.
struct URLTextParser {
  private let text: String
  private let bytes: [UInt8]

  init(_ text: String) throws(WebSocketURLError) {
    guard !text.isEmpty else { throw WebSocketURLError(.empty, at: 0) }
    let length = text.utf8.count
    guard length <= WebSocketURL.maximumLength else {
      throw WebSocketURLError(.tooLong, at: WebSocketURL.maximumLength)
    }
    self.text = text
    bytes = Array(text.utf8)
  }

  func parse() throws(WebSocketURLError) -> WebSocketURL {
    let (scheme, start) = try readScheme()
    try Self.checkBytes(bytes, from: start)
    let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? bytes.count
    let target = try Self.target(bytes[end...], at: end)
    let (username, password, hostStart) = try readUserinfo(bytes[start..<end])
    let (host, port) = try readHost(hostStart..<end)
    return WebSocketURL(
      scheme: scheme, host: host, explicitPort: port, target: target, username: username, password: password)
  }

  /// Path and query as given, `/` put in front of a query alone. Raw non-ASCII is refused: servers and
  /// signatures disagree about its bytes.
  static func target(_ bytes: ArraySlice<UInt8>, at position: Int) throws(WebSocketURLError) -> String {
    if let place = bytes.firstIndex(where: { $0 >= 0x80 }) {
      throw WebSocketURLError(
        .nonASCII, at: place - bytes.startIndex + position, suggestion: percentEncoded(bytes[place...]))
    }
    let target = String(decoding: bytes, as: UTF8.self)
    return target.utf8.first == UInt8(ascii: "/") ? target : "/" + target
  }

  /// Bytes that may stand nowhere in an address.
  static func checkBytes(_ bytes: [UInt8], from start: Int) throws(WebSocketURLError) {
    for index in start..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "): throw WebSocketURLError(.space, at: index, suggestion: "%20")
      case 0x00..<0x20, 0x7F: throw WebSocketURLError(.controlCharacter(bytes[index]), at: index)
      case UInt8(ascii: "#"): throw WebSocketURLError(.fragment, at: index, suggestion: "%23")
      case UInt8(ascii: "\\"): throw WebSocketURLError(.backslash, at: index, suggestion: "/")
      default: continue
      }
    }
  }

  /// The first character of the bytes, each byte as %XX.
  private static func percentEncoded(_ bytes: ArraySlice<UInt8>) -> String? {
    String(decoding: bytes.prefix(4), as: UTF8.self).first.map { URLPercent.encoded(String($0)) }
  }
}

// MARK: - The parts

extension URLTextParser {
  /// The scheme and the place behind `://`.
  private func readScheme() throws(WebSocketURLError) -> (WebSocketURL.Scheme, Int) {
    let length = bytes.prefix { HTTPText.isToken($0) && $0 < 0x80 }.count
    let name = String(decoding: bytes[..<length], as: UTF8.self).lowercased()
    let rest = bytes[length...]
    let known = WebSocketURL.Scheme(rawValue: name)
    guard length > 0, rest.first == UInt8(ascii: ":") else { throw missingScheme() }
    guard rest.starts(with: "://".utf8) else {
      guard known != nil || name == "http" || name == "https" else { throw missingScheme() }
      let tail = rest.dropFirst().drop { $0 == UInt8(ascii: "/") }
      throw WebSocketURLError(
        .missingSlashes, at: length + 1, suggestion: suggestion(Self.webScheme(name), tail))
    }
    guard let known else {
      throw WebSocketURLError(
        .unknownScheme(name), at: 0, suggestion: suggestion(Self.webScheme(name), rest.dropFirst(3)))
    }
    return (known, length + 3)
  }

  /// Nil, nil and the start when there is no userinfo; else what it says and the place behind its `@`.
  private func readUserinfo(
    _ authority: ArraySlice<UInt8>
  ) throws(WebSocketURLError) -> (String?, String?, Int) {
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return (nil, nil, authority.startIndex) }
    let userinfo = authority[..<at]
    if let extra = userinfo.firstIndex(of: UInt8(ascii: "@")) {
      throw WebSocketURLError(.unencodedAt, at: extra, suggestion: "%40")
    }
    if let place = userinfo.firstIndex(where: { $0 >= 0x80 }) {
      throw WebSocketURLError(.nonASCII, at: place)
    }
    guard !userinfo.isEmpty else { return (nil, nil, at + 1) }
    let colon = userinfo.firstIndex(of: UInt8(ascii: ":"))
    let username = try decoded(userinfo[..<(colon ?? at)])
    guard let colon else { return (username, nil, at + 1) }
    return (username, try decoded(userinfo[(colon + 1)...]), at + 1)
  }

  private func decoded(_ part: ArraySlice<UInt8>) throws(WebSocketURLError) -> String {
    guard let text = URLPercent.decoded(part) else {
      let place = part.firstIndex(of: UInt8(ascii: "%")) ?? part.startIndex
      throw WebSocketURLError(.invalidPercentEncoding, at: place, suggestion: "%25")
    }
    return text
  }

  private func readHost(_ place: Range<Int>) throws(WebSocketURLError) -> (URLHost, Int?) {
    let authority = String(decoding: bytes[place], as: UTF8.self)
    guard let parts = URLAuthority.split(authority) else {
      guard let bracketed = bracketed(authority) else {
        throw WebSocketURLError(.invalidHost, at: place.lowerBound)
      }
      throw WebSocketURLError(.bareIPv6, at: place.lowerBound, suggestion: bracketed)
    }
    let host: URLHost
    do throws(WebSocketURLError) {
      host = try URLHost(parts.host)
    } catch {
      throw WebSocketURLError(
        error.reason, at: place.lowerBound + error.position, suggestion: error.suggestion)
    }
    guard let text = parts.port else { return (host, nil) }
    guard let port = URLAuthority.port(text) else {
      throw WebSocketURLError(.invalidPort, at: place.upperBound - text.utf8.count)
    }
    return (host, port)
  }

  /// An IPv6 address as it has to be written. What could be a port behind it is taken for one where it is no
  /// hexadecimal group of the usual kind: `::1:8083`.
  private func bracketed(_ authority: String) -> String? {
    if let colon = authority.lastIndex(of: ":") {
      let (host, port) = (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
      if port.utf8.count >= 4, URLAuthority.port(port) != nil, (try? URLHost(host)) != nil {
        return "[\(host)]:\(port)"
      }
    }
    return (try? URLHost(authority)) != nil ? "[\(authority)]" : nil
  }
}

// MARK: - Suggestions

extension URLTextParser {
  /// `localhost:8083/mqtt` and the like.
  private func missingScheme() -> WebSocketURLError {
    WebSocketURLError(
      .missingScheme, at: 0, suggestion: suggestion("ws", bytes[...].drop { $0 == UInt8(ascii: "/") }))
  }

  private static func webScheme(_ name: String) -> String? {
    switch name {
    case "http": "ws"
    case "https": "wss"
    default: WebSocketURL.Scheme(rawValue: name)?.rawValue
    }
  }

  /// The repaired address without its secrets, if it would then be one.
  private func suggestion(_ scheme: String?, _ rest: ArraySlice<UInt8>) -> String? {
    guard let scheme else { return nil }
    return try? WebSocketURL(parsing: scheme + "://" + String(decoding: rest, as: UTF8.self)).description
  }
}
