import Support
import Testing

/// Everything that can be made to go wrong here: `doctor` finds the layer, the cause and what would work, and the
/// one line of `sub` agrees with it.
@Suite(.ownThread)
struct SymptomTests {
  @Test(arguments: network) func onTheWay(_ symptom: Symptom) throws { try symptom.check() }
  @Test(arguments: certificates) func inTLS(_ symptom: Symptom) throws { try symptom.check() }
  @Test(arguments: refusals + upgrades) func atTheUpgrade(_ symptom: Symptom) throws { try symptom.check() }

  private static let network = [
    Symptom("no such host", at: "dns", 68, "dns", "no-such-host.invalid") { _ in
      ["ws://no-such-host.invalid/mqtt"]
    },
    Symptom("an address of the wrong kind", at: "dns", 68, "dns", "no IPv6 address", "leave out -6") {
      stage in
      [try stage.nginx("/mqtt"), "-6"]
    },
    Symptom("a port that nobody listens on", at: "tcp", 69, "tcp", "refused", "check -p") { _ in
      ["ws://127.0.0.1:\(try Port.free())/mqtt"]
    },
    Symptom(
      "the broker's plain MQTT port", at: "upgrade", 76, "websocket", "WebSocket",
      verdict: ["speaks MQTT without a WebSocket"], guess: ["plain MQTT port"], command: "mosquitto_sub"
    ) { stage in
      ["ws://127.0.0.1:\(try stage.mosquitto.plainPort)/mqtt"]
    },
    Symptom(
      "a host that answers nothing", at: "upgrade", 69, "websocket", "no answer to the WebSocket upgrade",
      options: ["--probes", "1"]
    ) {
      stage in
      [try stage.peer { try $0.readToEnd() }, "--connect-timeout", "1"]
    },
    Symptom("a server that speaks SSH", at: "upgrade", 76, "websocket", "SSH", "check -p") { stage in
      [
        try stage.peer {
          try $0.send("SSH-2.0-OpenSSH_9.2p1\r\n")
          try $0.readToEnd()
        }
      ]
    },
    Symptom("a server that speaks HTTP/2 only", at: "upgrade", 76, "websocket", "HTTP/2", "HTTP/1.1") {
      stage in
      [
        try stage.peer {
          try $0.send([0, 0, 18, 4, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 18))
          try $0.readToEnd()
        }
      ]
    },
    Symptom("a proxy that wants a password", at: "proxy", 97, "proxy", "407", "USER:PASSWORD") { stage in
      try stage.proxied(\.loginPort)
    },
    Symptom("a proxy that refuses", at: "proxy", 97, "proxy", "403") { stage in
      try stage.proxied(\.closedPort)
    },
    Symptom(
      "a proxy that cannot reach the broker", at: "proxy", 97, "proxy", "cannot reach the server", "503"
    ) {
      stage in
      [
        "ws://127.0.0.1:\(try Port.free())/mqtt", "--proxy",
        "http://127.0.0.1:\(try stage.servers.squid.openPort)",
      ]
    },
    Symptom("a proxy that is not there", at: "proxy", 97, "proxy", "refused", "--proxy") { stage in
      [try stage.nginx("/mqtt"), "--proxy", "http://127.0.0.1:\(try Port.free())"]
    },
    Symptom("a broker as the proxy", at: "proxy", 97, "proxy", "--proxy") { stage in
      [try stage.nginx("/mqtt"), "--proxy", "http://127.0.0.1:\(try stage.mosquitto.plainPort)"]
    },
  ]

  private static let certificates = [
    Symptom(
      "wss:// to a plain port", at: "tls", 35, "tls", "plain HTTP, not TLS", "use ws://", command: "ws://"
    ) { stage in
      ["wss://127.0.0.1:\(try stage.servers.nginx.ports[0])/mqtt", "-u", "ada", "-P", Symptom.canary]
    },
    Symptom(
      "wss:// to the plain MQTT port", at: "tls", 35, "tls", verdict: ["speaks MQTT without a WebSocket"],
      guess: ["TLS"], command: "mosquitto_sub"
    ) { stage in
      ["wss://127.0.0.1:\(try stage.mosquitto.plainPort)/mqtt"]
    },
    Symptom("ws:// to a TLS port of nginx", at: "upgrade", 22, "upgrade", "400", "wss://", command: "wss://")
    {
      stage in
      ["ws://localhost:\(try stage.servers.nginx.ports[1])/mqtt", "--cafile", try stage.authority]
    },
    Symptom(
      "ws:// to a TLS port of Mosquitto", at: "upgrade", 76, "websocket", "wss://", command: "wss://"
    ) { stage in
      ["ws://localhost:\(try stage.mosquitto.tlsPort)/mqtt", "--cafile", try stage.authority]
    },
    Symptom("an unknown authority", at: "tls", 60, "tls", "not trusted", "--cafile") { stage in
      ["wss://localhost:\(try stage.mosquitto.tlsPort)/mqtt"]
    },
    Symptom("an expired certificate", at: "tls", 60, "tls", "expired", "renew") { stage in
      ["wss://localhost:\(try stage.mosquitto.expiredPort)/mqtt", "--cafile", try stage.authority]
    },
    Symptom("a certificate for another name", at: "tls", 60, "tls", "another.example", "--server-name") {
      stage in
      ["wss://localhost:\(try stage.mosquitto.wrongNamePort)/mqtt", "--cafile", try stage.authority]
    },
    Symptom("no client certificate", at: "tls", 35, "tls", "client certificate", "--cert") { stage in
      ["wss://localhost:\(try stage.mosquitto.clientCertificatePort)/mqtt", "--cafile", try stage.authority]
    },
    Symptom("no client certificate for nginx", at: "upgrade", 22, "upgrade", "400", "--cert") { stage in
      ["wss://localhost:\(try stage.servers.nginx.ports[2])/mqtt", "--cafile", try stage.authority]
    },
  ]

  private static func refused(
    _ path: String, _ words: String..., command: String = "/mqtt", with more: [String] = []
  ) -> Symptom {
    let symptom = Symptom("nginx, \(path)", at: "upgrade", 22, "upgrade", command: command) { stage in
      [try stage.nginx(path), "-u", "ada", "-P", Symptom.canary] + more
    }
    return Symptom(symptom, words: words)
  }

  private static let refusals = [
    refused("/wrong", "404", "nothing at the path"), refused("/moved", "301", "redirects to"),
    refused("/bad", "400", "does not take the upgrade"), refused("/login", "401", "credentials are wanted"),
    refused("/forbidden", "403", "access is denied"), refused("/newer", "426", "upgrade"),
    refused("/down", "502", "the broker behind it does not"), refused("/busy", "503", "the broker behind"),
    refused("/slow", "504", "the broker behind"), refused("/page", "200", "a web page"),
    refused("/bare", "upgrade"),
    refused("/found", "302", "redirects to"), refused("/temporary", "307", "redirects to"),
    Symptom(
      "an origin that is not allowed", at: "upgrade", 22, "upgrade", "403", "origin",
      verdict: ["allow the origin 'https://app.example'"], command: "mqttws sub ws://"
    ) { _ in
      [try EmbeddedBroker.shared().url, "--origin", "https://app.example"]
    },
    Symptom(
      "a page that repeats the address", at: "upgrade", 22, "upgrade", "404", options: ["--probes", "0"]
    ) {
      stage in
      [
        try stage.refusing(
          "404 Not Found", ["X-Asked: \(Symptom.canary)"], "no /x?token=\(Symptom.canary) here")
          + "/x?token=\(Symptom.canary)"
      ]
    },
    Symptom("a redirect to TLS", at: "upgrade", 22, "upgrade", "301", "wss://localhost", command: "wss://") {
      stage in
      [try stage.nginx("/secured"), "--cafile", try stage.authority]
    },
    Symptom(
      "missing Upgrade headers, and no other path", at: "upgrade", 22, "upgrade",
      "proxy_http_version 1.1", options: ["--probes", "0"]
    ) { stage in
      [try stage.nginx("/bare")]
    },
    Symptom(
      "a signed request with the port in Host", at: "upgrade", 22, "upgrade", "403", "access is denied",
      command: "--header 'Host: 127.0.0.1'"
    ) { stage in
      [
        try stage.peer { connection in
          let request = try connection.readRequest()
          guard request.headers["host"] == "127.0.0.1" else {
            return try connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
          }
          try connection.accept(request)
          try connection.playBroker(try connection.readPacket())
        }
      ]
    },
    Symptom("a clock that is wrong", at: "upgrade", 22, "upgrade", "403", "this clock is", "signed requests")
    {
      stage in
      [
        try stage.refusing("403 Forbidden", ["Date: Sun, 06 Nov 1994 08:49:37 GMT"])
      ]
    },
    Symptom(
      "an old version of the WebSocket", at: "upgrade", 22, "upgrade", "426", "speaks WebSocket version 7"
    ) {
      stage in
      [try stage.refusing("426 Upgrade Required", ["Sec-WebSocket-Version: 7"])]
    },
  ]

  private static let upgrades = [
    Symptom(
      "101 without a subprotocol", at: "subprotocol", 76, "websocket", "did not confirm the subprotocol",
      "--allow-no-subprotocol", command: "--allow-no-subprotocol"
    ) { stage in
      [try stage.nginx("/hushed")]
    },
    Symptom("101 with another subprotocol", at: "subprotocol", 76, "websocket", "'stomp'", "not offered") {
      stage in
      [try stage.upgrading(subprotocol: "stomp")]
    },
    Symptom("101 with the wrong Accept", at: "upgrade", 76, "websocket", "not for this handshake", "proxy") {
      stage in
      [try stage.upgrading(acceptKey: "bm90IHRoZSByaWdodCBrZXk=")]
    },
    Symptom("101 with an extension", at: "upgrade", 76, "websocket", "extension that was not offered") {
      stage in
      [try stage.upgrading(further: ["Sec-WebSocket-Extensions: permessage-deflate"])]
    },
    Symptom(
      "a broker that knows no such subprotocol", at: "upgrade", 76, "websocket", "--subprotocol",
      command: "--subprotocol mqtt"
    ) { stage in
      [
        try stage.peer { connection in
          let request = try connection.readRequest()
          guard request.headers["sec-websocket-protocol"] == "mqtt" else { return }
          try connection.accept(request)
          try connection.playBroker(try connection.readPacket())
        }, "--subprotocol", "MQTT",
      ]
    },
    Symptom(
      "a broker that only knows mqttv3.1", at: "subprotocol", 76, "websocket", "did not confirm",
      command: "--subprotocol mqttv3.1"
    ) { stage in
      [
        try stage.peer { connection in
          let request = try connection.readRequest()
          let isKnown = request.headers["sec-websocket-protocol"] == "mqttv3.1"
          try connection.accept(request, subprotocol: isKnown ? "mqttv3.1" : nil)
          let connect = try connection.readPacket()
          if isKnown { try connection.playBroker(connect) }
        }
      ]
    },
  ]
}

extension Stage {
  /// A peer that answers 101 with these differences, and then says nothing.
  func upgrading(
    subprotocol: String? = "mqtt", acceptKey: String? = nil, further: [String] = []
  ) throws -> String {
    try peer {
      try $0.upgrade(subprotocol: subprotocol, acceptKey: acceptKey, furtherHeaders: further)
      try $0.readToEnd()
    }
  }
}

extension PeerConnection {
  /// The 101 to a request that was read.
  func accept(_ request: Request, subprotocol: String? = "mqtt") throws {
    let key = webSocketAcceptKey(for: request.headers["sec-websocket-key"] ?? "")
    let name = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
    try send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(key)\r\n\(name)\r\n")
  }
}
