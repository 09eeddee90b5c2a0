import Options

/// The one table of connection settings, in the order that help and `profile show` list them.
package enum SettingsTable {
  package static let all: [SettingDefinition] =
    target + identity + session + will + tls + transport

  package static func definition(_ key: SettingKey) -> SettingDefinition? {
    all.first { $0.key == key }
  }

  static let target: [SettingDefinition] = [
    SettingDefinition(
      .url, letter: "L", .text, "URL", section: .target,
      "where to connect: ws://host[:port][/path] or wss://…",
      details: """
        The same as giving the URL as TARGET. Ports default to 80 and 443. Path and query are sent byte for \
        byte. A user name and a password in the URL become the MQTT user name and password.
        """, default: "ws://localhost:8083/mqtt", targetPart: true),
    SettingDefinition(
      .host, letter: "h", .text, "HOST", section: .target, "replace the host of the target",
      details: """
        When this changes the host that a profile names, the profile's credentials are not sent unless \
        they are given on the same command line.
        """, targetPart: true, common: true, missingValueHint: "for help use --help"),
    SettingDefinition(
      .port, letter: "p", .integer(1...65535), "PORT", section: .target, "replace the port of the target",
      targetPart: true, common: true),
    SettingDefinition(
      .path, .text, "PATH", section: .target, "replace path and query of the target", targetPart: true),
    SettingDefinition(
      .tls, .boolean, section: .target, "use TLS (wss) whatever the target says", targetPart: true),
  ]

  static let identity: [SettingDefinition] = [
    SettingDefinition(
      .username, letter: "u", .text, "NAME", section: .identity, "MQTT user name", common: true),
    SettingDefinition(
      .password, letter: "P", spellings: ["pw"], .text, "PASSWORD", section: .identity,
      "MQTT password; better from a file, variable or command",
      details: """
        What is on a command line can be read by other users and ends up in shell histories. The bytes are \
        overwritten at start. Prefer --password-file, --password-env or --password-command.
        """, group: .password, secret: true, common: true),
    SettingDefinition(
      .passwordFile, .file, "FILE", section: .identity, "read the password from FILE at each connect",
      details: "One line end at its end is not part of the password.", group: .password,
      completion: .file),
    SettingDefinition(
      .passwordEnvironment, .text, "VARIABLE", section: .identity,
      "read the password from an environment variable", group: .password),
    SettingDefinition(
      .passwordCommand, .text, "COMMAND", section: .identity,
      "run COMMAND at each connect; its first line is the password",
      details: "The command runs with /bin/sh.", group: .password),
    SettingDefinition(
      .clientIdentifier, letter: "i", spellings: ["id"], .text, "ID", section: .identity, "client identifier",
      details: "Every {random} in it becomes 8 random characters.",
      default: "mqttws- and 8 random characters", group: .clientIdentifier, common: true),
    SettingDefinition(
      .clientIdentifierPrefix, letter: "I", spellings: ["id-prefix"], .text, "PREFIX", section: .identity,
      "client identifier of PREFIX and 8 random characters", group: .clientIdentifier),
    SettingDefinition(
      .authentication, .text, "METHOD", section: .identity, "how to sign in to a cloud broker",
      supported: false),
  ]

  static let session: [SettingDefinition] = [
    SettingDefinition(
      .protocolVersion, letter: "V",
      .choice([["5", "mqttv5", "5.0", "v5"], ["3.1.1", "311", "mqttv311", "v3.1.1"]]), "VERSION",
      section: .session, "MQTT version: 5 or 3.1.1", default: "5", common: true,
      missingValueHint: "5 or 3.1.1; to print the version of mqttws use --version"),
    SettingDefinition(
      .keepAlive, letter: "k", spellings: ["keepalive"], .seconds(0...65535, infinite: false), "TIME",
      section: .session, "longest silence before a ping; 0 turns it off",
      details: "A keep-alive that the server sets wins.", default: "30s",
      missingValueHint: "it is the keep-alive; for unverified TLS use --insecure"),
    SettingDefinition(
      .keepSession, letter: "c", spellings: ["disable-clean-session"], .boolean, section: .session,
      "resume the session and keep it after the end",
      details: "Needs a fixed client identifier (-i). Without --session-expiry it never expires."),
    SettingDefinition(
      .sessionExpiry, letter: "x", spellings: ["session-expiry-interval"],
      .seconds(0...4_294_967_295, infinite: true), "TIME", section: .session,
      "keep the session this long after the connection ends (MQTT 5)"),
    SettingDefinition(
      .receiveMaximum, .integer(1...65535), "N", section: .session,
      "most QoS 1 and 2 messages to receive unacknowledged (MQTT 5)"),
    SettingDefinition(
      .topicAliasMaximum, .integer(0...65535), "N", section: .session,
      "highest topic alias the server may use (MQTT 5)", default: "0"),
    SettingDefinition(
      .maximumPacket, .size(1...268_435_460), "SIZE", section: .session, "largest packet to accept",
      default: "256M"),
  ]

  static let will: [SettingDefinition] = [
    SettingDefinition(
      .willTopic, .text, "TOPIC", section: .will, "topic of the message for an unexpected end"),
    SettingDefinition(.willPayload, .text, "TEXT", section: .will, "its payload", default: "empty"),
    SettingDefinition(.willQoS, .integer(0...2), "QOS", section: .will, "its QoS", default: "0"),
    SettingDefinition(.willRetain, .boolean, section: .will, "retain it"),
    SettingDefinition(
      .willDelay, .seconds(0...4_294_967_295, infinite: false), "TIME", section: .will,
      "publish it only this long after the end (MQTT 5)"),
  ]
}
