import Options
import WebSocketTransport

/// Words for an address that is none.
package enum URLErrorText {
  static func usageError(_ error: WebSocketURLError, _ entry: SettingEntry) -> UsageError {
    let place = entry.origin == .flag("TARGET") ? "the target" : entry.origin.spelling
    return UsageError("\(place): \(describe(error))", hint: hint(error))
  }

  package static func hint(_ error: WebSocketURLError) -> String? {
    if let suggestion = error.suggestion { return "write \(suggestion)" }
    switch error.reason {
    case .relativePath: return "a path begins with /"
    case .unencodedAt: return "write @ as %40 in a user name or password"
    case .space: return "write a space as %20"
    case .portInHost: return "the port goes by itself, with -p or as port of a profile"
    case .urlAsHost: return "a URL is the target, or goes with -L; -h takes the host alone"
    case .hostCharacter(UInt32(UInt8(ascii: "/"))):
      return "the path goes by itself, with --path or as path of a profile"
    case .missingScheme, .unknownScheme: return "write ws://… or wss://…"
    case .fragment: return "# starts a fragment; write it as %23, and give topics with -t"
    default: return nil
    }
  }

  /// One line, without the text itself.
  package static func describe(_ error: WebSocketURLError) -> String {
    switch error.reason {
    case .empty: "the URL is empty"
    case .tooLong: "the URL is longer than \(WebSocketURL.maximumLength) bytes"
    case .missingScheme: "the URL has no ws:// or wss:// in front"
    case .unknownScheme(let scheme): "the scheme \(scheme):// is none that mqttws speaks"
    case .controlScheme(let scheme): "\(scheme):// is MQTT without a WebSocket"
    case .missingSlashes: "the URL needs // behind its scheme"
    case .space: "a space at byte \(error.position) of the URL"
    case .controlCharacter(let byte): "control character \(byte) at byte \(error.position) of the URL"
    case .nonASCII: "a character that must be percent-encoded at byte \(error.position) of the URL"
    case .backslash: "a backslash at byte \(error.position) of the URL"
    case .fragment: "the URL has a fragment (#…), which never reaches a server"
    case .invalidPercentEncoding: "a bad percent-encoding at byte \(error.position) of the URL"
    case .unencodedAt: "a second @ at byte \(error.position) of the URL"
    case .emptyHost: "the URL has no host"
    case .invalidHost: "the host is no host name"
    case .bareIPv6: "an IPv6 address without brackets"
    case .portInHost: "a port behind the host"
    case .urlAsHost: "a URL where a host is meant"
    case .hostCharacter(UInt32(UInt8(ascii: "/"))): "a path behind the host"
    case .invalidIPv4: "the host is no IPv4 address"
    case .invalidIPv6: "the host is no IPv6 address"
    case .zoneIdentifier: "an IPv6 zone (%…) cannot be sent in a URL"
    case .labelTooLong: "a part of the host name is longer than 63 bytes"
    case .hostTooLong: "the host name is longer than 253 bytes"
    case .hostCharacter(let scalar):
      "the host name holds U+\(String(scalar, radix: 16, uppercase: true)), which no host name may"
    case .invalidPort: "the port is no number from 1 to 65535"
    case .relativePath: "the path does not begin with /"
    }
  }
}
