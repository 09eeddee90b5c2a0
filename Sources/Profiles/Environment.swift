@preconcurrency import Glibc

/// The environment variables that matter here, as they were at one moment. An empty one counts as unset.
package struct Environment: Sendable {
  package var variables: [String: String]

  package init(_ variables: [String: String] = [:]) {
    self.variables = variables.filter { !$0.value.isEmpty }
  }

  /// Of this process: everything called `MQTTWS_…`, and what locates the profile file and the key log.
  package static func current() -> Environment {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      next += 1
      guard isWanted(entry) else { continue }
      let text = String(cString: entry)
      guard let equals = text.firstIndex(of: "=") else { continue }
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return Environment(variables)
  }

  private static func isWanted(_ entry: UnsafeMutablePointer<CChar>) -> Bool {
    strncmp(entry, "MQTTWS_", 7) == 0 || strncmp(entry, "HOME=", 5) == 0
      || strncmp(entry, "XDG_CONFIG_HOME=", 16) == 0 || strncmp(entry, "SSLKEYLOGFILE=", 14) == 0
  }

  package subscript(name: String) -> String? { variables[name] }

  package var home: String? { self["HOME"] }

  /// Where the profile file is looked for, and whether it was named explicitly (then it has to exist).
  package var profilePath: (path: String, isExplicit: Bool)? {
    if let path = self["MQTTWS_CONFIG"] { return (path, true) }
    if let folder = self["XDG_CONFIG_HOME"], folder.utf8.first == UInt8(ascii: "/") {
      return (folder + "/mqttws/profiles.toml", false)
    }
    return home.map { ($0 + "/.config/mqttws/profiles.toml", false) }
  }
}
