/// What a server checks on an upgrade request, RFC 6455 4.2.1, and whom its policy lets in.
struct UpgradeRequestChecks: Sendable {
  let policy: UpgradePolicy

  func check(_ head: HTTPHead) throws(UpgradeViolation) -> UpgradeRequestFacts {
    let target = try checkStartLine(head.startLine)
    for name in ["Content-Length", "Transfer-Encoding"] where head.headers.first(name) != nil {
      throw failure(.unexpectedBody, "RFC 9112 6", "\(name) on an upgrade", at: head.offset(of: name))
    }
    let host = try one("Host", .host, in: head)
    guard policy.hosts.allow(authority: host) else {
      throw failure(
        .host, "RFC 9110 7.2", "Host \(HTTPText.escaped(host.utf8)) is not allowed here",
        at: head.offset(of: "Host"))
    }
    try checkUpgrade(head)
    let origin = try checkOrigin(head)
    let key = try one("Sec-WebSocket-Key", .key, in: head)
    guard Base64.decode(key)?.count == 16 else {
      throw failure(
        .key, "RFC 6455 4.2.1", "Sec-WebSocket-Key is not 16 bytes in base64",
        at: head.offset(of: "Sec-WebSocket-Key"))
    }
    let offered = head.headers["Sec-WebSocket-Protocol"].flatMap(HTTPText.list)
    let chosen = offered.first { policy.subprotocols.contains($0) }
    guard chosen != nil || !policy.requiresSubprotocol else {
      throw failure(
        .missingSubprotocol, "[MQTT-6.0.0-3]",
        "no subprotocol of \(policy.subprotocols.joined(separator: ", ")) is offered",
        at: head.offset(of: "Sec-WebSocket-Protocol"))
    }
    return UpgradeRequestFacts(
      target: target, host: host, origin: origin, key: key, offeredSubprotocols: offered, subprotocol: chosen,
      headers: head.headers)
  }

  private func checkStartLine(_ line: [UInt8]) throws(UpgradeViolation) -> String {
    let parts = line.split(separator: HTTPText.space, omittingEmptySubsequences: false)
    guard parts.count == 3, HTTPText.isToken(parts[0]), parts[2].starts(with: "HTTP/".utf8) else {
      throw failure(.startLine, "RFC 9112 3", "not a request line: \(HTTPText.escaped(line))", at: 0)
    }
    if parts[2].elementsEqual("HTTP/2.0".utf8) {
      throw failure(.notHTTP(.http2), "RFC 9112 3", "an HTTP/2 preface", at: 0)
    }
    guard parts[2].elementsEqual("HTTP/1.1".utf8) else {
      throw failure(
        .version, "RFC 6455 4.2.1", "\(HTTPText.escaped(parts[2])) where HTTP/1.1 is needed", at: 0)
    }
    guard parts[0].elementsEqual("GET".utf8) else {
      throw failure(.method, "RFC 6455 4.2.1", "\(HTTPText.escaped(parts[0])) where GET is needed", at: 0)
    }
    guard parts[1].first == UInt8(ascii: "/"), parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw failure(.target, "RFC 9112 3.2", "not a path: \(HTTPText.escaped(parts[1]))", at: 4)
    }
    return String(decoding: parts[1], as: UTF8.self)
  }

  private func checkUpgrade(_ head: HTTPHead) throws(UpgradeViolation) {
    guard head.headers.contains("Upgrade", token: "websocket") else {
      throw failure(
        .missingUpgrade, "RFC 6455 4.2.1", "this port speaks MQTT over WebSocket; the request has no upgrade",
        at: 0)
    }
    guard head.headers.contains("Connection", token: "upgrade") else {
      throw failure(.missingConnection, "RFC 6455 4.2.1", "no Connection: Upgrade", at: 0)
    }
    let version = try one("Sec-WebSocket-Version", .webSocketVersion, in: head)
    guard version == "13" else {
      throw failure(
        .webSocketVersion, "RFC 6455 4.2.1",
        "Sec-WebSocket-Version \(HTTPText.escaped(version.utf8)), not 13",
        at: head.offset(of: "Sec-WebSocket-Version"))
    }
  }

  private func checkOrigin(_ head: HTTPHead) throws(UpgradeViolation) -> String? {
    guard head.headers.first("Origin") != nil else { return nil }
    let origin = try one("Origin", .origin, in: head)
    guard policy.origins.allow(origin: origin) else {
      throw failure(
        .origin, "RFC 6455 10.2", "Origin \(HTTPText.escaped(origin.utf8)) is not allowed here",
        at: head.offset(of: "Origin"))
    }
    return origin
  }

  /// The value of a field that must be there exactly once. Without it there is no one to judge, so a
  /// missing or doubled Host is bad syntax, not a forbidden host.
  private func one(
    _ name: String, _ kind: UpgradeViolation.Kind, in head: HTTPHead
  ) throws(UpgradeViolation) -> String {
    let values = head.headers[name]
    guard let value = values.first, values.count == 1 else {
      let isSyntax = kind == .host || kind == .origin
      throw failure(
        isSyntax ? .headerSyntax : kind, "RFC 6455 4.2.1",
        "\(values.count) times \(name) where one is needed",
        at: head.offset(of: name))
    }
    return value
  }

  private func failure(
    _ kind: UpgradeViolation.Kind, _ rule: String, _ detail: String, at offset: Int
  ) -> UpgradeViolation {
    UpgradeViolation(kind, rule: rule, detail: detail, offset: offset)
  }
}
