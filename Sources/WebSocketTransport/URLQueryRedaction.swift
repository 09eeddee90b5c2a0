/// Hides what must not be shown of a path with a query: signed and token-bearing addresses are common in
/// front of brokers.
package enum URLQueryRedaction {
  /// `target` with the values of secret-looking keys replaced by `…`.
  package static func redacted(_ target: String) -> String {
    guard let question = target.firstIndex(of: "?") else { return target }
    let pairs = target[target.index(after: question)...].split(
      separator: "&", omittingEmptySubsequences: false)
    let shown = pairs.map { pair -> String in
      guard let equals = pair.firstIndex(of: "="), isSecret(pair[..<equals]) else { return String(pair) }
      return pair[...equals] + "…"
    }
    return target[...question] + shown.joined(separator: "&")
  }

  /// Whether a parameter, or a header field, of this name looks like one that holds a secret.
  package static func isSecret(_ key: Substring) -> Bool {
    // A key that does not decode is nobody's: treat it as one that may hide something.
    guard let key = URLPercent.decoded(key.utf8)?.lowercased() else { return true }
    let names: Set<String> = [
      "sig", "sas", "pwd", "pass", "auth", "authorization", "jwt", "code", "credential", "x-amz-credential",
    ]
    let endings = ["key", "signature"]
    let parts = ["token", "passw", "secret", "signature"]
    return names.contains(key) || endings.contains { key.hasSuffix($0) }
      || parts.contains { contains(key, $0) }
  }

  /// The value of a parameter with its percent-encoding taken off; nil where that is broken.
  package static func decoded(_ value: String) -> String? { URLPercent.decoded(value.utf8) }

  private static func contains(_ text: String, _ part: String) -> Bool {
    var rest = text[...]
    while rest.utf8.count >= part.utf8.count {
      if rest.hasPrefix(part) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
