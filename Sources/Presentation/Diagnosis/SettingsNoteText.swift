import Profiles

/// The words of what settings want to be heard without being errors.
package enum SettingsNoteText {
  package static func text(_ note: SettingsNote) -> String {
    switch note {
    case .credentialsDropped(let keys, let host, let origin):
      """
      \(keys.joined(separator: ", ")) of the target not sent to \(host), which came from \
      \(origin.description); give them on the command line if this host is meant to get them
      """
    case .unusedWithoutTLS(let names): "\(names.joined(separator: ", ")) ignored: ws:// has no TLS"
    case .unusedBefore5(let names):
      "\(names.joined(separator: ", ")) ignored: MQTT 3.1.1 has no field for it"
    case .unknownVariable(let name, let nearest):
      "the environment variable \(name) is no setting"
        + (nearest.map { "; did you mean \($0)?" } ?? " and is ignored")
    case .ignoredVariable(let name):
      "the environment variable \(name) is ignored: this is only taken from the command line"
    }
  }
}
