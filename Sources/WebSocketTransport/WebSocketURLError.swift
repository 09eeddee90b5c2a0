/// Why a text is no address of a WebSocket. Carries nothing of the text itself beyond the harmless part
/// that a reason names, so that it can be printed although the text may hold a password.
package struct WebSocketURLError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case empty
    /// Longer than `WebSocketURL.maximumLength` bytes.
    case tooLong
    /// No `scheme://` in front.
    case missingScheme
    case unknownScheme(String)
    /// `mqtt://` or `mqtts://` where only a WebSocket will do.
    case controlScheme(String)
    /// `ws:x` or `ws:/x`.
    case missingSlashes
    case space
    case controlCharacter(UInt8)
    /// A raw character outside ASCII in path, query or userinfo.
    case nonASCII
    case backslash
    /// `#…` never reaches a server, RFC 6455 3.
    case fragment
    /// `%` without two hexadecimal digits behind it, or text that is not UTF-8 once decoded.
    case invalidPercentEncoding
    /// A second raw `@` in front of the host.
    case unencodedAt
    case emptyHost
    case invalidHost
    /// `::1` without its brackets in a URL.
    case bareIPv6
    /// A host alone was asked for: `h:8083`, `[::1]:8083`.
    case portInHost
    /// A host alone was asked for: `ws://h`.
    case urlAsHost
    /// The last label is a number, but the whole is no IPv4 address.
    case invalidIPv4
    case invalidIPv6
    /// `[fe80::1%25eth0]`.
    case zoneIdentifier
    case labelTooLong
    case hostTooLong
    /// A character that a host name may not hold (or may not hold unmapped), as U+XXXX.
    case hostCharacter(UInt32)
    case invalidPort
    /// A path that does not begin with `/`.
    case relativePath
  }

  package let reason: Reason
  /// Byte offset of the offending part in the UTF-8 of the text.
  package let position: Int
  /// What to write instead: the whole address with its secrets replaced, or only the changed part.
  package let suggestion: String?

  package init(_ reason: Reason, at position: Int, suggestion: String? = nil) {
    self.reason = reason
    self.position = position
    self.suggestion = suggestion
  }
}
