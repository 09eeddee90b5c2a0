import WebSocketTransport

/// Secrets that this side has sent, or holds, and that a peer may repeat.
package struct KnownSecrets: Equatable, Sendable {
  /// What is shorter stands in too many places where it is none.
  private static let shortest = 4
  /// The names of methods stand beside credentials and are known to all.
  private static let methods: Set<String> = ["Basic", "Bearer", "Digest", "Negotiate", "AWS4-HMAC-SHA256"]

  /// Longest first: one may be a part of another.
  private var values: [[UInt8]] = []

  package init(_ texts: [String] = []) {
    for text in texts where !Self.methods.contains(text) { insert(Array(text.utf8)) }
  }

  /// Those in the head of a request.
  init(head: [UInt8]) {
    let masked = SecretMask.http(head)
    var value: [UInt8] = []
    for (byte, mask) in zip(head + [0x0A], masked + [0x0A]) {
      if mask == SecretMask.byte, byte != 0x20 { value.append(byte) } else { end(&value) }
    }
  }

  /// Those that a connection with these settings sends before MQTT begins.
  package init(_ settings: TransportSettings) {
    self.init([settings.url.password, settings.proxy?.password].compactMap { $0 })
    let lines = settings.headers.fields.map { "\($0.name): \($0.value)\r\n" }.joined()
    formUnion(KnownSecrets(head: Array("GET \(settings.url.target) HTTP/1.1\r\n\(lines)\r\n".utf8)))
  }

  package mutating func formUnion(_ other: KnownSecrets) {
    for value in other.values { insert(value) }
  }

  private mutating func end(_ value: inout [UInt8]) {
    defer { value = [] }
    let text = String(decoding: value, as: UTF8.self)
    guard !Self.methods.contains(text) else { return }
    insert(value)
    // A server may repeat what it has decoded.
    if value.contains(UInt8(ascii: "%")), let decoded = URLQueryRedaction.decoded(text) {
      insert(Array(decoded.utf8))
    }
  }

  private mutating func insert(_ value: [UInt8]) {
    guard value.count >= Self.shortest, !values.contains(value) else { return }
    values.append(value)
    values.sort { $0.count > $1.count }
  }

  /// With an asterisk for each byte of a secret.
  func masked(_ bytes: [UInt8]) -> [UInt8] {
    var masked = bytes
    for value in values {
      for start in Self.places(of: value, in: bytes) {
        for index in start..<start + value.count { masked[index] = SecretMask.byte }
      }
    }
    return masked
  }

  /// With `…` for each secret.
  package func redacted(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for value in values {
      for start in Self.places(of: value, in: bytes).reversed() {
        bytes.replaceSubrange(start..<start + value.count, with: "…".utf8)
      }
    }
    return bytes.count == text.utf8.count ? text : String(decoding: bytes, as: UTF8.self)
  }

  private static func places(of value: [UInt8], in bytes: [UInt8]) -> [Int] {
    var places: [Int] = []
    var index = 0
    while index + value.count <= bytes.count {
      if bytes[index] == value[0], bytes[index..<index + value.count].elementsEqual(value) {
        places.append(index)
        index += value.count
      } else {
        index += 1
      }
    }
    return places
  }
}
