import Support
import Testing

/// What reaches the program from outside and is wrong: one line with layer, cause and fix, and the frozen status.
@Suite(.ownThread)
struct BadInputTests {
  @Test(arguments: network + tls) func onTheWay(_ input: BadInput) throws { try input.check() }
  @Test(arguments: refusals + upgrades) func atTheUpgrade(_ input: BadInput) throws { try input.check() }
  @Test(arguments: frames) func inTheFrames(_ input: BadInput) throws { try input.check() }
  @Test(arguments: connAcks + answers) func fromTheBroker(_ input: BadInput) throws { try input.check() }

  /// `sub` with this target.
  private static func sub(_ target: String, _ more: String...) -> [String] {
    ["sub", target, "-t", "a/b", "-C", "1"] + more
  }

  private static let network = [
    BadInput("no such host", 68, "dns", "no-such-host.invalid") { _ in sub("ws://no-such-host.invalid/mqtt")
    },
    BadInput("a port that nobody listens on", 69, "tcp", "refused") { _ in
      sub("ws://127.0.0.1:\(try Port.free())/mqtt")
    },
    BadInput("a host that answers nothing", 69, "websocket", "1s", "--connect-timeout") { stage in
      sub(try stage.peer { try $0.readToEnd() }, "--connect-timeout", "1")
    },
    BadInput("a connection closed at once", 76, "websocket") { stage in
      sub(try stage.peer { _ = try $0.readRequest() })
    },
    BadInput("a broker's plain MQTT port", 76, "websocket", "WebSocket port") { stage in
      sub("ws://127.0.0.1:\(try stage.mosquitto.plainPort)/mqtt")
    },
    BadInput("a server that speaks SSH", 76, "websocket", "SSH") { stage in
      sub(
        try stage.peer {
          try $0.send("SSH-2.0-OpenSSH_9.2p1\r\n")
          try $0.readToEnd()
        })
    },
  ]

  private static let tls = [
    BadInput("wss to a plain port", 35, "tls", "ws://") { stage in
      sub("wss://127.0.0.1:\(try stage.mosquitto.openPort)/mqtt")
    },
    BadInput("ws to a TLS port", 35, "tls", "wss://") { stage in
      sub(
        try stage.peer {
          _ = try $0.read(1)
          try $0.send([0x15, 3, 1, 0, 2, 2, 70])
          try $0.readToEnd()
        })
    },
    BadInput("an unknown authority", 60, "tls", "--cafile") { stage in
      sub("wss://localhost:\(try stage.mosquitto.tlsPort)/mqtt")
    },
    BadInput("another authority than the one given", 60, "tls") { stage in
      sub("wss://localhost:\(try stage.mosquitto.strangerPort)/mqtt", "--cafile", try stage.authority)
    },
    BadInput("an expired certificate", 60, "tls", "expired") { stage in
      sub("wss://localhost:\(try stage.mosquitto.expiredPort)/mqtt", "--cafile", try stage.authority)
    },
    BadInput("a certificate for another name", 60, "tls", "localhost", "another.example") { stage in
      sub("wss://localhost:\(try stage.mosquitto.wrongNamePort)/mqtt", "--cafile", try stage.authority)
    },
    BadInput("a certificate for another address", 60, "tls", "127.0.0.1") { stage in
      sub("wss://127.0.0.1:\(try stage.mosquitto.wrongNamePort)/mqtt", "--cafile", try stage.authority)
    },
    BadInput("no client certificate where one is wanted", 35, "tls", "--cert") { stage in
      sub(
        "wss://localhost:\(try stage.mosquitto.clientCertificatePort)/mqtt", "--cafile", try stage.authority)
    },
  ]

  private static func refusal(_ status: String, _ headers: [String] = []) -> BadInput {
    let code = String(status.prefix(3))
    return BadInput("upgrade answered \(status)", 22, "upgrade", code) { stage in
      sub(try stage.refusing(status, headers, "<p>body of the answer</p>"))
    }
  }

  private static let refusals = [
    refusal("200 OK"), refusal("301 Moved Permanently", ["Location: https://elsewhere.example/"]),
    refusal("400 Bad Request"), refusal("401 Unauthorized"), refusal("403 Forbidden"),
    refusal("404 Not Found"),
    refusal("426 Upgrade Required", ["Sec-WebSocket-Version: 7"]), refusal("502 Bad Gateway"),
    refusal("503 Service Unavailable", ["Retry-After: 5"]), refusal("504 Gateway Timeout"),
    BadInput("a path that the proxy does not know", 22, "upgrade", "404") { stage in
      sub("wss://localhost:\(try stage.proxy.ports[0])/elsewhere", "--cafile", try stage.authority)
    },
    BadInput("a proxy whose broker is down", 22, "upgrade", "502", "behind") { stage in
      sub("wss://localhost:\(try stage.proxy.ports[0])/down/mqtt", "--cafile", try stage.authority)
    },
    BadInput("a proxy that asks for a client certificate over HTTP", 22, "upgrade", "400") { stage in
      sub("wss://localhost:\(try stage.proxy.ports[1])/mqtt", "--cafile", try stage.authority)
    },
    BadInput("plain HTTP to a proxy's TLS port", 22, "upgrade", "400", "wss://") { stage in
      sub("ws://localhost:\(try stage.proxy.ports[0])/mqtt")
    },
    BadInput("a status line that tries to paint the terminal", 76, "websocket", "\\x1b") { stage in
      sub(try stage.refusing("403 \u{1b}[31mred"))
    },
    BadInput("a body that tries to paint the terminal", 22, "upgrade", "403") { stage in
      sub(try stage.refusing("403 Forbidden", [], "\u{1b}]0;title\u{7}"))
    },
  ]

  private static func upgrade(
    _ name: String, subprotocol: String? = "mqtt", acceptKey: String? = nil, further: [String] = []
  ) -> BadInput {
    BadInput(name, 76, "websocket") { stage in
      sub(
        try stage.peer {
          try $0.upgrade(subprotocol: subprotocol, acceptKey: acceptKey, furtherHeaders: further)
          try $0.readToEnd()
        })
    }
  }

  private static let upgrades = [
    BadInput("101 without a subprotocol", 76, "websocket", "subprotocol", "--allow-no-subprotocol") { stage in
      sub(
        try stage.peer {
          try $0.upgrade(subprotocol: nil)
          try $0.readToEnd()
        })
    },
    upgrade("101 with a subprotocol that was not offered", subprotocol: "mqttv3.1"),
    upgrade("101 with the subprotocol in capitals", subprotocol: "MQTT"),
    upgrade("101 with the wrong accept key", acceptKey: "bm90IHRoZSByaWdodCBrZXk="),
    upgrade("101 with two subprotocols", further: ["Sec-WebSocket-Protocol: mqtt"]),
    upgrade("101 with an extension", further: ["Sec-WebSocket-Extensions: permessage-deflate"]),
    upgrade("101 with a length", further: ["Content-Length: 3"]),
    upgrade("101 with a line of 9 KiB", further: ["X-Long: \(String(repeating: "x", count: 9_000))"]),
    upgrade("101 with 200 headers", further: (0..<200).map { "X-\($0): 1" }),
    upgrade("101 with a folded header", further: ["X-Folded: a\r\n b"]),
  ]

  private static func frame(_ name: String, _ bytes: [UInt8]) -> BadInput {
    BadInput(name, 76, "websocket") { stage in sub(try stage.framing(bytes)) }
  }

  private static let connAck: [UInt8] = [0x20, 3, 0, 0, 0]

  private static let frames = [
    frame("a masked frame", [0x82, 0x85, 0, 0, 0, 0] + connAck),
    frame("a text frame", [0x81, 5] + connAck),
    frame("a reserved bit", [0xc2, 5] + connAck),
    frame("an unknown opcode", [0x83, 0]),
    frame("a length written too long", [0x82, 126, 0, 5] + connAck),
    frame("a length of 2^63", [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
    frame("a fragmented ping", [0x09, 0]),
    frame("a ping of 126 bytes", [0x89, 126, 0, 126] + [UInt8](repeating: 0, count: 126)),
    frame("a continuation of nothing", [0x80, 0]),
    frame("a close frame of one byte", [0x88, 1, 3]),
    frame("a close frame with a forbidden code", [0x88, 2, 3, 0xed]),
  ]

  private static func refused(_ name: String, _ version: String, _ code: UInt8, _ status: Int32) -> BadInput {
    let packet: [UInt8] = version == "5" ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code]
    return BadInput("CONNACK \(name), MQTT \(version)", status, "mqtt") { stage in
      sub(try stage.broker(packet), "-V", version)
    }
  }

  private static let connAcks = [
    refused("unspecified", "5", 0x80, 76),
    refused("protocol version", "5", 0x84, 76),
    refused("client id", "5", 0x85, 76), refused("user name or password", "5", 0x86, 77),
    refused("not authorized", "5", 0x87, 77), refused("unavailable", "5", 0x88, 75),
    refused("busy", "5", 0x89, 75),
    refused("banned", "5", 0x8a, 77), refused("authentication method", "5", 0x8c, 77),
    refused("quota", "5", 0x97, 75), refused("use another server", "5", 0x9c, 75),
    refused("server moved", "5", 0x9d, 75), refused("rate", "5", 0x9f, 75),
    refused("unknown code", "5", 0x7f, 76),
    refused("protocol version", "3.1.1", 1, 76), refused("client id", "3.1.1", 2, 76),
    refused("unavailable", "3.1.1", 3, 75), refused("user name or password", "3.1.1", 4, 77),
    refused("not authorized", "3.1.1", 5, 77),
    BadInput("no CONNACK", 69, "mqtt", "CONNACK") { stage in
      sub(try stage.framing([]), "--connect-timeout", "1")
    },
    BadInput("hung up instead of CONNACK", 76, "mqtt", "CONNACK", "-V 3.1.1") { stage in
      sub(
        try stage.peer {
          try $0.upgrade()
          _ = try $0.readPacket()
        })
    },
    BadInput("a wrong password", 77, "mqtt") { stage in
      sub(
        "ws://127.0.0.1:\(try stage.mosquitto.passwordPort)/", "-u", try stage.mosquitto.user, "-P", "wrong")
    },
    BadInput("a wrong password, 3.1.1", 77, "mqtt") { stage in
      sub("ws://127.0.0.1:\(try stage.mosquitto.passwordPort)/", "-u", "tester", "-P", "wrong", "-V", "3.1.1")
    },
    BadInput("session present after a clean start", 76, "mqtt") { stage in
      sub(try stage.broker([0x20, 3, 1, 0, 0]))
    },
    BadInput("a 3.1.1 CONNACK to MQTT 5", 76, "mqtt") { stage in sub(try stage.broker([0x20, 2, 0, 0])) },
    BadInput("a packet with flags it must not have", 76, "mqtt") { stage in
      sub(try stage.broker([0x2f, 3, 0, 0, 0]))
    },
    BadInput("another packet than CONNACK", 76, "mqtt") { stage in sub(try stage.broker([0xd0, 0])) },
    BadInput("a remaining length of five bytes", 76, "mqtt") { stage in
      sub(try stage.broker([0x20, 0xff, 0xff, 0xff, 0xff, 1]))
    },
  ]

  private static let answers = [
    BadInput("SUBACK not authorized", 77, "mqtt", "a/b") { stage in
      sub(try stage.broker(connAck, [0x90, 4, 0, 1, 0, 0x87]))
    },
    BadInput("SUBACK failure, 3.1.1", 77, "mqtt", "a/b") { stage in
      sub(try stage.broker([0x20, 2, 0, 0], [0x90, 3, 0, 1, 0x80]), "-V", "3.1.1")
    },
    BadInput("SUBACK for another packet", 76, "mqtt") { stage in
      sub(try stage.broker(connAck, [0x90, 4, 0, 9, 0, 0]))
    },
    BadInput("PUBLISH denied by the broker's list", 77, "mqtt", "closed/x") { stage in
      let broker = try stage.mosquitto
      return [
        "pub", "ws://127.0.0.1:\(broker.passwordPort)/", "-u", broker.limitedUser, "-P", broker.password,
        "-t",
        "closed/x", "-m", "x", "-q", "1",
      ]
    },
    BadInput("PUBREC with quota exceeded", 75, "mqtt") { stage in
      ["pub", try stage.broker(connAck, [0x50, 3, 0, 1, 0x97]), "-t", "a", "-m", "x", "-q", "2"]
    },
    BadInput("a QoS that the broker does not have", 76, "mqtt", "-q 1") { stage in
      ["pub", try stage.broker([0x20, 5, 0, 0, 2, 0x24, 1]), "-t", "a", "-m", "x", "-q", "2"]
    },
    BadInput("DISCONNECT not authorized", 77, "mqtt") { stage in
      sub(try stage.broker(connAck, [0xe0, 1, 0x87]))
    },
    BadInput("the broker is shutting down, no reconnect", 69, "mqtt") { stage in
      sub(try stage.broker(connAck, [0xe0, 1, 0x8b]), "--no-reconnect")
    },
  ]
}
