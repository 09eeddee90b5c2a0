import Options

/// What shows the wire: the options of every command that connects. A command lists them beside its own,
/// and `CommandRun` does the rest.
enum TraceOptions {
  static let all: [OptionDefinition] = [
    OptionDefinition(
      "debug", letters: "d", repeatable: true, section: "Trace",
      "show the connection's life and its packets on stderr; -dd frames too, -ddd bytes too",
      details: """
        Errors then come with their evidence. Passwords, authentication data, credentials and signed \
        parameters are masked.
        """, common: true),
    OptionDefinition(
      "trace-json", .one("FILE"), section: "Trace", "write what -dd shows as JSON lines to a new file",
      completion: .file),
    OptionDefinition(
      "pcap", .one("FILE"), section: "Trace", "write a capture for Wireshark to a new file",
      details: """
        The conversation as TCP, decrypted, and each MQTT packet beside it. It needs no privileges. Secrets \
        are masked.
        """, completion: .file),
    OptionDefinition(
      "include-secrets", section: "Trace", "let --pcap keep passwords and credentials as they are"),
    OptionDefinition(
      "force", section: "Trace", "let the files that are written replace those that are there"),
  ]
}
