import Support

/// What stands between a client and the embedded broker, in all the ways that it goes wrong.
struct SymptomServers: Sendable {
  /// Ports: plain HTTP; HTTPS; HTTPS that wants a client certificate.
  let nginx: NginxServer
  let squid: SquidServer

  private static let made = Result { try SymptomServers() }
  static func shared() throws -> SymptomServers { try made.get() }

  private init() throws {
    let broker = try EmbeddedBroker.shared()
    nginx = try Self.nginx(broker.url.dropSuffix("/mqtt").replacing("ws://", "http://"))
    squid = try SquidServer()
  }

  private static func nginx(_ broker: String) throws -> NginxServer {
    let certificates = try Certificates.shared()
    let upgrade = """
      proxy_pass \(broker); proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
      """
    let identity = """
      ssl_certificate \(certificates.server.certificate);
      ssl_certificate_key \(certificates.server.key);
      """
    return try NginxServer(ports: 3) { ports in
      """
      server {
        listen 127.0.0.1:\(ports[0]);
        location = /mqtt { \(upgrade) }
        location = /moved { return 301 /mqtt; }
        location = /found { return 302 /mqtt; }
        location = /temporary { return 307 /mqtt; }
        location = /secured { return 301 https://localhost:\(ports[1])/mqtt; }
        location = /bad { return 400; }
        location = /login { auth_basic "x"; auth_basic_user_file /dev/null; }
        location = /forbidden { return 403; }
        location = /newer { return 426; }
        location = /down { proxy_pass http://127.0.0.1:1; }
        location = /busy { return 503; }
        location = /slow { return 504; }
        location = /page { default_type text/html; return 200 "<html><title>hello</title></html>"; }
        location = /bare { proxy_pass \(broker); }
        location = /hushed { \(upgrade) proxy_hide_header Sec-WebSocket-Protocol; }
        location = /idle { \(upgrade) proxy_read_timeout 1s; proxy_send_timeout 1s; }
      }
      server {
        listen 127.0.0.1:\(ports[1]) ssl;
        \(identity)
        location = /mqtt { \(upgrade) }
      }
      server {
        listen 127.0.0.1:\(ports[2]) ssl;
        \(identity)
        ssl_client_certificate \(certificates.authority.certificate);
        ssl_verify_client on;
        location = /mqtt { \(upgrade) }
      }
      """
    }
  }
}

extension String {
  fileprivate func dropSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }

  fileprivate func replacing(_ prefix: String, _ other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}

extension Stage {
  var servers: SymptomServers { get throws { try SymptomServers.shared() } }

  func nginx(_ path: String) throws -> String { "ws://127.0.0.1:\(try servers.nginx.ports[0])\(path)" }

  func proxied(_ port: (SquidServer) -> UInt16, credentials: String = "") throws -> [String] {
    [
      "wss://localhost:\(try servers.nginx.ports[1])/mqtt", "--cafile", try authority, "--proxy",
      "http://\(credentials)127.0.0.1:\(port(try servers.squid))",
    ]
  }

  /// A broker that answers CONNECT with this and hangs up.
  func refusingBroker(_ packet: [UInt8]) throws -> String {
    try peer {
      try $0.upgrade()
      _ = try $0.readPacket()
      try $0.sendFrame(packet)
    }
  }

  /// A broker that plays its part to the end, unless `script` does something else once CONNECT has come.
  func brokenBroker(
    version: UInt8 = 5, _ script: @escaping @Sendable (PeerConnection) throws -> Void
  ) throws -> String {
    try peer { connection in
      try connection.upgrade()
      let connect = try connection.readPacket()
      // The protocol level stands behind the name of four letters.
      guard connect.count > 8, connect[8] == version else { return try connection.playBroker(connect) }
      try script(connection)
    }
  }
}

extension PeerConnection {
  /// Answers like a healthy broker, whatever the version of the CONNECT, until the other side leaves.
  func playBroker(_ connect: [UInt8]) throws {
    let isVersion5 = connect[8] == 5
    try sendFrame(isVersion5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
    while true {
      let packet = try readPacket()
      let identifier = Array(packet[2..<min(4, packet.count)])
      switch packet[0] {
      case 0x82: try sendFrame(isVersion5 ? [0x90, 4] + identifier + [0, 1] : [0x90, 3] + identifier + [1])
      case 0x32:
        let start = 4 + Int(packet[2]) << 8 + Int(packet[3])
        try sendFrame([0x40, 2] + Array(packet[start..<start + 2]))
        try sendFrame([0x32] + Array(packet.dropFirst()))
      case 0xa2: try sendFrame(isVersion5 ? [0xb0, 4] + identifier + [0, 0] : [0xb0, 2] + identifier)
      case 0xe0: return
      default: break
      }
    }
  }
}
