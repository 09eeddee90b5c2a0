import Options

extension SettingsTable {
  static let tls: [SettingDefinition] = [
    SettingDefinition(
      .cafile, .file, "FILE", section: .tls, "Trust the certificates in this PEM file", common: true,
      completion: .file),
    SettingDefinition(
      .capath, .directory, "DIR", section: .tls, "Trust the certificates in this hashed directory",
      completion: .directory),
    SettingDefinition(
      .certificate, .file, "FILE", section: .tls, "Client certificate, PEM, with its chain",
      completion: .file),
    SettingDefinition(
      .key, .file, "FILE", section: .tls, "Client key, PEM",
      details: "Without it, it is looked for in --cert.",
      completion: .file),
    SettingDefinition(
      .keyPassword, .text, "PASSWORD", section: .tls, "Password of the client key",
      group: .keyPassword, secret: true),
    SettingDefinition(
      .keyPasswordFile, .file, "FILE", section: .tls, "Read the key's password from FILE",
      group: .keyPassword, completion: .file),
    SettingDefinition(
      .keyPasswordEnvironment, .text, "VARIABLE", section: .tls,
      "Read the key's password from an environment variable", group: .keyPassword),
    SettingDefinition(
      .keyPasswordCommand, .text, "COMMAND", section: .tls,
      "Run COMMAND; its first line is the key's password", group: .keyPassword),
    SettingDefinition(
      .insecure, .boolean, section: .tls, "Accept any certificate and any name",
      details: """
        Whoever sits on the way can then read and change everything. It counts for one run and cannot be \
        stored in a profile or in the environment.
        """, storable: false, common: true),
    SettingDefinition(
      .serverName, .text, "NAME", section: .tls, "Name to ask for (SNI) and to find in the certificate",
      default: "the host"),
    SettingDefinition(
      .tlsVersion, .tlsVersions, "VERSION", section: .tls, "TLS version: 1.2, or 1.2+, or 1.2-1.3",
      details: "mosquitto's tlsv1.2 and tlsv1.3 mean exactly that version.",
      completion: .values(["1.2", "1.3", "1.2+"])),
    SettingDefinition(
      .ciphers, .text, "LIST", section: .tls, "OpenSSL cipher list for TLS 1.2 and below"),
    SettingDefinition(
      .tlsCipherSuites, .text, "LIST", section: .tls, "Cipher suites for TLS 1.3, colon-separated"),
    SettingDefinition(
      .alpn, .text, "LIST", section: .tls, "ALPN protocols to offer, comma-separated",
      default: "http/1.1"),
    SettingDefinition(
      .keyLog, .optionalFile, "FILE", section: .tls, "Log the TLS secrets for Wireshark",
      details: "Without FILE to the file that SSLKEYLOGFILE names, which counts only together with this.",
      storable: false, completion: .file),
  ]

  static let transport: [SettingDefinition] = [
    SettingDefinition(
      .headers, flag: "header", .headers, "'NAME: VALUE'", section: .transport,
      "Add a header to the upgrade request",
      details: """
        It replaces a header of the same name from a lower layer; an empty value removes it. In a profile: \
        headers = { "X-Tenant" = "acme" }.
        """),
    SettingDefinition(.origin, .text, "ORIGIN", section: .transport, "Send this Origin header"),
    SettingDefinition(
      .subprotocol, .text, "NAME", section: .transport, "Offer this subprotocol", default: "mqtt"),
    SettingDefinition(
      .allowMissingSubprotocol, .boolean, section: .transport,
      "Go on when the server confirms no subprotocol"),
    SettingDefinition(
      .proxy, .text, "URL", section: .transport, "Connect through an HTTP proxy: http://host:port",
      secret: true),
    SettingDefinition(
      .addressFamily, .choice([["any"], ["ipv4", "4"], ["ipv6", "6"]]), "FAMILY", section: .transport,
      "Addresses to use: any, ipv4 or ipv6", default: "any",
      fixedFlags: [
        .init(name: "ipv4", letter: "4", value: "ipv4", summary: "Use IPv4 only"),
        .init(name: "ipv6", letter: "6", value: "ipv6", summary: "Use IPv6 only"),
      ]),
    SettingDefinition(
      .bindAddress, letter: "A", .text, "ADDRESS", section: .transport, "Connect from this local address"),
    SettingDefinition(
      .connectTimeout, .duration(Duration.milliseconds(1)...Duration.seconds(86_400)), "TIME",
      section: .transport,
      "Deadline over DNS, TCP, TLS, upgrade and CONNACK", default: "10s"),
    SettingDefinition(
      .retry, .retries, "N", section: .transport, "Try the first connection N times more, or forever",
      default: "0", completion: .values(["forever"])),
    SettingDefinition(
      .reconnect, .boolean, section: .transport, "Do not connect again when the connection is lost",
      default: "true"),
  ]
}
