/// What a shell makes of unquoted text before a command sees it.
package enum ShellSlip {
  /// The hint for topics that are legal and yet look like the rest of `$SYS/…` after the shell has put
  /// nothing in the place of `$SYS`.
  package static func hint(topics: [String], isVariableSet: (String) -> Bool) -> String? {
    guard topics.count == 1, let topic = topics.first, topic == "/#" || topic.hasPrefix("/broker/"),
      !isVariableSet("SYS")
    else { return nil }
    return "an unquoted $SYS is empty in the shell; for the broker's own topics quote it: -t '$SYS\(topic)'"
  }
}
