import Options

extension SettingsTable {
  static let tls: [SettingDefinition] = [
    SettingDefinition(
      .cafile, .file, "FILE", section: .tls, "trust the certificates in this PEM file", common: true,
      completion: .file),
    SettingDefinition(
      .capath, .directory, "DIR", section: .tls, "trust the certificates in this hashed directory",
      completion: .directory),
    SettingDefinition(
      .certificate, .file, "FILE", section: .tls, "client certificate, PEM, with its chain",
      completion: .file),
    SettingDefinition(
      .key, .file, "FILE", section: .tls, "client key, PEM",
      details: "Without it, it is looked for in --cert.",
      completion: .file),
    SettingDefinition(
      .keyPassword, .text, "PASSWORD", section: .tls, "password of the client key",
      group: .keyPassword, secret: true),
    SettingDefinition(
      .keyPasswordFile, .file, "FILE", section: .tls, "read the key's password from FILE",
      group: .keyPassword, completion: .file),
    SettingDefinition(
      .keyPasswordEnvironment, .text, "VARIABLE", section: .tls,
      "read the key's password from an environment variable", group: .keyPassword),
    SettingDefinition(
      .keyPasswordCommand, .text, "COMMAND", section: .tls,
      "run COMMAND; its first line is the key's password", group: .keyPassword),
    SettingDefinition(
      .insecure, .boolean, section: .tls, "accept any certificate and any name",
      details: """
        Whoever sits on the way can then read and change everything. It counts for one run and cannot be \
        stored in a profile or in the environment.
        """, storable: false, common: true),
    SettingDefinition(
      .serverName, .text, "NAME", section: .tls, "name to ask for (SNI) and to find in the certificate",
      default: "the host"),
    SettingDefinition(
      .tlsVersion, .tlsVersions, "VERSION", section: .tls, "TLS version: 1.2, or 1.2+, or 1.2-1.3",
      details: "mosquitto's tlsv1.2 and tlsv1.3 mean exactly that version.",
      completion: .values(["1.2", "1.3", "1.2+"])),
    SettingDefinition(
      .ciphers, .text, "LIST", section: .tls, "OpenSSL cipher list for TLS 1.2 and below"),
    SettingDefinition(
      .tlsCipherSuites, .text, "LIST", section: .tls, "cipher suites for TLS 1.3, colon-separated"),
    SettingDefinition(
      .alpn, .text, "LIST", section: .tls, "ALPN protocols to offer, comma-separated",
      default: "http/1.1"),
    SettingDefinition(
      .keyLog, .optionalFile, "FILE", section: .tls, "log the TLS secrets for Wireshark",
      details: "Without FILE to the file that SSLKEYLOGFILE names, which counts only together with this.",
      storable: false, completion: .file),
  ]

  static let transport: [SettingDefinition] = [
    SettingDefinition(
      .headers, flag: "header", .headers, "'NAME: VALUE'", section: .transport,
      "add a header to the upgrade request",
      details: """
        It replaces a header of the same name from a lower layer; an empty value removes it. In a profile: \
        headers = { "X-Tenant" = "acme" }.
        """),
    SettingDefinition(.origin, .text, "ORIGIN", section: .transport, "send this Origin header"),
    SettingDefinition(
      .subprotocol, .text, "NAME", section: .transport, "offer this subprotocol",
      details: "An empty NAME offers none.", default: "mqtt"),
    SettingDefinition(
      .allowMissingSubprotocol, .boolean, section: .transport,
      "go on when the server confirms no subprotocol"),
    SettingDefinition(
      .proxy, .text, "URL", section: .transport, "connect through an HTTP proxy: http://host:port",
      secret: true),
    SettingDefinition(
      .addressFamily, .choice([["any"], ["ipv4", "4"], ["ipv6", "6"]]), "FAMILY", section: .transport,
      "addresses to use: any, ipv4 or ipv6", default: "any",
      fixedFlags: [
        .init(name: "ipv4", letter: "4", value: "ipv4", summary: "use IPv4 only"),
        .init(name: "ipv6", letter: "6", value: "ipv6", summary: "use IPv6 only"),
      ]),
    SettingDefinition(
      .bindAddress, letter: "A", .text, "ADDRESS", section: .transport, "connect from this local address"),
    SettingDefinition(
      .connectTimeout, .duration(Duration.milliseconds(1)...Duration.seconds(86_400)), "TIME",
      section: .transport,
      "deadline over DNS, TCP, TLS, upgrade and CONNACK", default: "10s"),
    SettingDefinition(
      .retry, .retries, "N", section: .transport, "try the first connection N times more, or forever",
      default: "0", completion: .values(["forever"])),
    SettingDefinition(
      .reconnect, .boolean, section: .transport, "do not connect again when the connection is lost",
      default: "true"),
  ]
}
