/// What a client owes to check on a 101, RFC 6455 4.1 and [MQTT-6.0.0-4].
struct UpgradeResponseChecks: Sendable {
  /// The Sec-WebSocket-Accept that answers our key.
  let accept: String
  /// The one we offered.
  let subprotocol: String?
  let allowsMissingSubprotocol: Bool

  /// `length` is that of all heads so far, for what is missing.
  func check(
    _ line: HTTPStatusLine, _ head: HTTPHead, length: Int
  ) throws(UpgradeViolation) -> UpgradeResponse {
    guard line.minorVersion == 1 else {
      throw failure(.version, "RFC 6455 4.1", "101 in HTTP/1.0", at: 0)
    }
    for name in ["Content-Length", "Transfer-Encoding"] where head.headers.first(name) != nil {
      throw failure(.unexpectedBody, "RFC 9110 15.2", "\(name) on a 101", at: head.offset(of: name))
    }
    guard head.headers.contains("Upgrade", token: "websocket") else {
      throw failure(
        .missingUpgrade, "RFC 6455 4.1", "101 without Upgrade: websocket", at: length)
    }
    guard head.headers.contains("Connection", token: "upgrade") else {
      throw failure(
        .missingConnection, "RFC 6455 4.1", "101 without Connection: Upgrade", at: length)
    }
    try checkAccept(head, length: length)
    if let extensions = head.headers.first("Sec-WebSocket-Extensions") {
      throw failure(
        .unofferedExtension, "RFC 6455 4.1", "extension not offered: \(HTTPText.escaped(extensions.utf8))",
        at: head.offset(of: "Sec-WebSocket-Extensions"))
    }
    let chosen = try checkSubprotocol(head, length: length)
    return UpgradeResponse(subprotocol: chosen, headers: head.headers)
  }

  private func checkAccept(_ head: HTTPHead, length: Int) throws(UpgradeViolation) {
    let name = "Sec-WebSocket-Accept"
    let got = head.headers[name]
    guard let first = got.first else {
      throw failure(.missingAccept, "RFC 6455 4.1", "101 without \(name), expected \(accept)", at: length)
    }
    guard got.count == 1 else {
      throw failure(.duplicateAccept, "RFC 6455 4.1", "\(got.count) times \(name)", at: head.offset(of: name))
    }
    guard first == accept else {
      throw failure(
        .wrongAccept, "RFC 6455 4.1", "\(name) is \(HTTPText.escaped(first.utf8)), expected \(accept)",
        at: head.offset(of: name))
    }
  }

  private func checkSubprotocol(_ head: HTTPHead, length: Int) throws(UpgradeViolation) -> String? {
    let name = "Sec-WebSocket-Protocol"
    let got = head.headers[name]
    guard got.count <= 1 else {
      throw failure(
        .duplicateSubprotocol, "RFC 6455 4.1", "\(got.count) times \(name)", at: head.offset(of: name))
    }
    guard let chosen = got.first else {
      guard let subprotocol, !allowsMissingSubprotocol else { return nil }
      throw failure(
        .missingSubprotocol, "[MQTT-6.0.0-4]", "101 without the subprotocol \(subprotocol)", at: length)
    }
    guard chosen == subprotocol else {
      let offered = subprotocol ?? "none"
      throw failure(
        .wrongSubprotocol(chosen), "RFC 6455 4.1",
        "subprotocol is \(HTTPText.escaped(chosen.utf8)), offered was \(offered)", at: head.offset(of: name))
    }
    return chosen
  }

  private func failure(
    _ kind: UpgradeViolation.Kind, _ rule: String, _ detail: String, at offset: Int
  ) -> UpgradeViolation {
    UpgradeViolation(kind, rule: rule, detail: detail, offset: offset, status: 101)
  }
}
