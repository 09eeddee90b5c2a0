import Glibc

extension ProfileError {
  /// `profiles.toml:12:3`, as far as it is known.
  package var location: String {
    [file, line.map(String.init), column.map(String.init)].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: ":")
  }

  /// One line with its place in front, no full stop.
  package var message: String {
    location.isEmpty ? reason : "\(location): \(reason)"
  }

  private var reason: String {
    switch cause {
    case .unreadable(let code): "cannot be read: \(String(cString: strerror(code)))"
    case .notRegular: "is no regular file"
    case .tooLarge(let limit): "is larger than \(limit) bytes"
    case .exposed(let key, let mode):
      "holds a secret (\(key)) and others can read it (mode \(String(mode & 0o777, radix: 8)))"
    case .invalidUTF8: "a byte that is no UTF-8"
    case .nulCharacter: "a NUL character"
    case .syntax(let text): text
    case .unknownKey(let key, _): "unknown key '\(key)'"
    case .badValue(let key, let expected, let found, _): "\(key) needs \(expected), found \(found)"
    case .badHeader(let name, let reason): "header '\(name)' \(reason)"
    case .badURL(let error): URLErrorText.describe(error)
    case .unknownProfile(let name, _, _): "there is no profile '\(name)'"
    case .noProfiles(let name): "there is no profile '\(name)', for there is no profile file"
    case .circular(let names): "profiles extend each other in a circle: \(names.joined(separator: " → "))"
    case .tooDeep(let name, let limit): "profile \(name) extends more than \(limit) others"
    case .conflict(let one, let other): "\(one) and \(other) exclude each other"
    case .reservedName(let name): "the name '\(name)' is reserved for the built-in @\(name)"
    case .notStorable(let key): "\(key) cannot be stored"
    case .unsupported(let key, let value): "\(key) = '\(value)' is not supported by this version"
    case .missingTarget(let name): "profile \(name) names no url and no host"
    case .incomplete(let key, let other): "\(key) needs \(other)"
    }
  }

  /// What to change.
  package var hint: String {
    switch cause {
    case .unreadable, .notRegular: "check the file, or name another with MQTTWS_CONFIG"
    case .tooLarge, .nulCharacter: "is it the profile file?"
    case .exposed: "run chmod 600 \(Self.quoted(file)), or use \(exposedAlternative)"
    case .invalidUTF8: "save the file as UTF-8"
    case .syntax: "correct this line; mqttws help profiles shows an example"
    case .unknownKey(let key, let nearest?) where nearest == "profiles.\(key)": "write [\(nearest)]"
    case .unknownKey(_, let nearest?): "did you mean \(nearest)?"
    case .unknownKey: "mqttws help profiles lists the keys"
    case .badValue(let key, _, _, let hint): hint ?? "change \(key)"
    case .badHeader: "change headers"
    case .badURL(let error): URLErrorText.hint(error) ?? "change url"
    case .circular, .tooDeep: "change extends"
    case .conflict: "keep one of them"
    case .reservedName: "rename the profile"
    case .notStorable(let key):
      key == "insecure"
        ? "give --insecure for one run, or trust the server with cafile" : "give --\(key) for one run"
    case .unsupported: "leave it out"
    case .missingTarget: "add url = \"wss://…\", or give -h"
    case .incomplete(_, let other): "add \(other)"
    case .unknownProfile, .noProfiles: otherProfile
    }
  }

  private var otherProfile: String {
    switch cause {
    case .unknownProfile(_, let nearest?, _): "did you mean @\(nearest)?"
    case .unknownProfile(_, nil, let known) where !known.isEmpty:
      "the file has \(known.prefix(8).map { "@\($0)" }.joined(separator: ", "))\(known.count > 8 ? ", …" : ""); @demo is built in"
    case .unknownProfile: "the file has no profile; @demo is built in"
    default: "mqttws profile path says where it is looked for; a URL and @demo need none"
    }
  }

  private var exposedAlternative: String {
    guard case .exposed(let key, _) = cause else { return "" }
    return key.hasSuffix("password") ? "\(key)-file, \(key)-env or \(key)-command" : "password-command"
  }

  /// For a shell.
  private static func quoted(_ path: String) -> String {
    let plain = path.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-+,@".utf8.contains(byte)
    }
    return plain
      ? path
      : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
