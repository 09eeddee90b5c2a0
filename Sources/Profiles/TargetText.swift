import Options
import WebSocketTransport

/// What a TARGET (or the value of `--url`, `--profile`, `default`) names.
package enum TargetText: Equatable, Sendable {
  case url(String)
  case profile(String)
  case demo

  package static let demoName = "demo"

  /// The name of a profile, with or without `@`.
  package init(profileName text: String) {
    let name = text.utf8.first == UInt8(ascii: "@") ? String(text.dropFirst()) : text
    self = name == Self.demoName ? .demo : .profile(name)
  }

  /// The positional TARGET.
  /// - Parameter knownProfiles: only called when `text` is no target, for the hint.
  package init(positional text: String, knownProfiles: () -> [String]) throws(UsageError) {
    if text == "@" { throw UsageError("@ without a name", hint: "write @NAME or @demo", argument: text) }
    if text.utf8.first == UInt8(ascii: "@") {
      self.init(profileName: text)
    } else if text.isEmpty {
      throw UsageError("the target is empty", hint: "is a shell variable unset?", argument: text)
    } else if Self.scheme(of: text) != nil {
      self = .url(text)
    } else {
      throw Self.noTarget(text, knownProfiles())
    }
  }

  package static func looksLikeTopic(_ text: String) -> Bool {
    text.contains { $0 == "#" || $0 == "+" || $0 == "/" } && scheme(of: text) == nil
  }

  /// `ws` of `ws://x`, and of the slips `ws:/x` and `ws:x`.
  private static func scheme(of text: String) -> String? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon].lowercased()
    if text[colon...].hasPrefix("://") { return scheme }
    return ["ws", "wss", "mqtt", "mqtts", "http", "https", "tcp", "ssl"].contains(scheme) ? scheme : nil
  }

  private static func noTarget(_ text: String, _ known: [String]) -> UsageError {
    UsageError("'\(text)' is no target", hint: hint(text, known), argument: text)
  }

  private static func hint(_ text: String, _ known: [String]) -> String {
    if known.contains(text) { return "did you mean @\(text)?" }
    if text == demoName { return "did you mean @demo?" }
    if text.contains("#") || text.contains("+") { return "topics go with -t: -t '\(text)'" }
    if let host = hostAndPort(text) { return "for a host write ws://\(host)/mqtt, or -h and -p" }
    if text.contains("/") { return "topics go with -t: -t '\(text)'" }
    if let name = NearestName.of(text, among: known + [demoName]) { return "did you mean @\(name)?" }
    if text.contains(".") || text == "localhost" {
      return "for a host write ws://\(text)/mqtt, or -h \(text)"
    }
    return "a target is a URL (ws://…, wss://…), @NAME or @demo; topics go with -t"
  }

  /// `broker:8083` and `broker.lab:8083/mqtt`, without the path.
  private static func hostAndPort(_ text: String) -> Substring? {
    let authority = text.prefix { $0 != "/" }
    guard let colon = authority.lastIndex(of: ":") else { return nil }
    let port = authority[authority.index(after: colon)...]
    guard !port.isEmpty, port.utf8.allSatisfy({ (48...57).contains($0) }), colon > authority.startIndex
    else { return nil }
    return authority
  }
}
