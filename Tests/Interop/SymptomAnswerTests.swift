import Support
import Testing

/// Frames and packets that go wrong after the upgrade, and brokers where nothing does.
@Suite(.ownThread)
struct SymptomAnswerTests {
  @Test(arguments: frames) func inTheFrames(_ symptom: Symptom) throws { try symptom.check() }
  @Test(arguments: connAcks) func atTheConnect(_ symptom: Symptom) throws { try symptom.check() }
  @Test(arguments: conversations) func inTheConversation(_ symptom: Symptom) throws { try symptom.check() }

  private static let connAck: [UInt8] = [0x20, 3, 0, 0, 0]

  private static func closing(
    _ code: UInt16, _ reason: String = "", _ status: Int32 = 76, _ words: String...
  ) -> Symptom {
    let symptom = Symptom("close \(code) \(reason) in place of CONNACK", at: "connect", status, "mqtt") {
      stage in
      [
        try stage.peer { connection in
          try connection.upgrade()
          _ = try connection.readPacket()
          let payload = [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8)
          try connection.sendFrame(first: 0x88, payload)
          try connection.readToEnd()
        }
      ]
    }
    return Symptom(symptom, words: words + ["\(code)"])
  }

  private static let frames = [
    Symptom("a text frame", at: "connect", 76, "websocket", "text frame", "--path") { stage in
      [try stage.framing([0x81, 5] + connAck)]
    },
    Symptom("a text frame at this path only", at: "connect", 76, "websocket", "text frame", command: "/mqtt")
    {
      stage in
      let url = try stage.peer { connection in
        let request = try connection.upgrade()
        let connect = try connection.readPacket()
        if request.requestLine.contains(" /mqtt ") { return try connection.playBroker(connect) }
        try connection.sendFrame(first: 0x81, Array("0{\"sid\":1}".utf8))
      }
      return [url, "--path", "/socket.io/"]
    },
    Symptom("a masked frame", at: "connect", 76, "websocket", "RFC 6455", "proxy that changes bytes") {
      stage in
      [try stage.framing([0x82, 0x85, 0, 0, 0, 0] + connAck)]
    },
    Symptom("a reserved bit", at: "connect", 76, "websocket", "RFC 6455") { stage in
      [try stage.framing([0xc2, 5] + connAck)]
    },
    closing(1000, "MQTT died", 76, "instead of a CONNACK"), closing(1002, "unauthenticated", 76, "user name"),
    closing(1003, "", 76, "binary"), closing(1008, "", 76, "policy"), closing(1009, "", 76, "larger"),
    closing(1011, "", 76, "-V 3.1.1"), closing(1012, "", 75, "--retry"),
    closing(1013, "", 75, "try again later", "--retry"),
  ]

  private static func refused(
    _ name: String, _ code: UInt8, _ status: Int32, _ words: String..., options: [String] = []
  ) -> Symptom {
    let isVersion5 = !options.contains("3.1.1")
    let packet: [UInt8] = isVersion5 ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code]
    let symptom = Symptom("CONNACK \(name)", at: "connect", status, "mqtt") { stage in
      [try stage.refusingBroker(packet)] + options
    }
    return Symptom(symptom, words: words)
  }

  private static let connAcks = [
    refused("client identifier", 0x85, 76, "client identifier", "check -i"),
    refused("user name or password", 0x86, 77, "no user name was sent"),
    refused("not authorized", 0x87, 77, "not authorized"), refused("unavailable", 0x88, 75, "--retry"),
    refused("banned", 0x8a, 77, "banned"), refused("method", 0x8c, 77, "authentication method"),
    refused("busy", 0x89, 75, "--retry"), refused("quota", 0x97, 75, "--retry"),
    refused("connection rate", 0x9f, 75, "--retry"), refused("another server", 0x9c, 75, "no other server"),
    refused("unavailable, 3.1.1", 3, 75, "try again later", options: ["-V", "3.1.1"]),
    Symptom("CONNACK server moved", at: "connect", 75, "mqtt", "moved", "connect to 'b'") { stage in
      [try stage.refusingBroker([0x20, 7, 0, 0x9d, 4, 0x1c, 0, 1, 0x62])]
    },
    refused("client identifier, 3.1.1", 2, 76, "check -i", options: ["-V", "3.1.1"]),
    refused(
      "password, 3.1.1", 4, 77, "check -u", options: ["-V", "3.1.1", "-u", "ada", "-P", Symptom.canary]),
    refused("not authorized, 3.1.1", 5, 77, "not authorized", options: ["-V", "3.1.1"]),
    Symptom(
      "a broker without MQTT 5 that says so", at: "connect", 76, "mqtt", "0x84", "-V 3.1.1",
      command: "-V 3.1.1"
    ) { stage in
      [try stage.brokenBroker { try $0.sendFrame([0x20, 3, 0, 0x84, 0]) }]
    },
    Symptom(
      "a broker without MQTT 5 that answers in 3.1.1", at: "connect", 76, "mqtt", "-V 3.1.1",
      command: "-V 3.1.1"
    ) { stage in
      [try stage.brokenBroker { try $0.sendFrame([0x20, 2, 0, 1]) }]
    },
    Symptom(
      "a broker without MQTT 5 that hangs up", at: "connect", 76, "mqtt", "instead of a CONNACK", "-V 3.1.1",
      command: "-V 3.1.1"
    ) { stage in
      [try stage.brokenBroker { _ in }]
    },
    Symptom(
      "no CONNACK", at: "connect", 69, "mqtt", "no CONNACK within", "proxy", options: ["--probes", "0"]
    ) { stage in
      [try stage.framing([]), "--connect-timeout", "1"]
    },
    Symptom("a wrong password", at: "connect", 77, "mqtt", "check -u and the password") { stage in
      ["ws://127.0.0.1:\(try stage.mosquitto.passwordPort)/", "-u", "ada", "-P", Symptom.canary]
    },
    Symptom("no password", at: "connect", 77, "mqtt", "no user name was sent") { stage in
      ["ws://127.0.0.1:\(try stage.mosquitto.passwordPort)/", "-V", "3.1.1"]
    },
  ]

  /// A DISCONNECT in place of the SUBACK.
  private static func disconnected(_ name: String, _ code: UInt8, _ status: Int32, _ words: String...)
    -> Symptom
  {
    let symptom = Symptom("DISCONNECT \(name)", at: "subscribe", status, "mqtt") { stage in
      [
        try stage.brokenBroker {
          try $0.sendFrame(connAck)
          _ = try $0.readPacket()
          try $0.sendFrame([0xe0, 2, code, 0])
          try $0.readToEnd()
        }
      ]
    }
    return Symptom(symptom, words: words)
  }

  private static let conversations = [
    disconnected("keep-alive timeout", 0x8d, 69, "0x8D", "check -k"),
    disconnected("shutting down", 0x8b, 69, "0x8B", "try again later"),
    disconnected("packet too large", 0x95, 76, "0x95", "larger than it takes"),
    disconnected("quota", 0x97, 75, "0x97", "try again later"),
    Symptom("SUBACK failure, 3.1.1", at: "subscribe", 77, "mqtt", "denied", verdict: ["--echo-topic"]) {
      stage in
      [try stage.broker([0x20, 2, 0, 0], [0x90, 3, 0, 1, 0x80]), "-V", "3.1.1"]
    },
    Symptom("SUBACK not authorized", at: "subscribe", 77, "mqtt", "denied", verdict: ["--echo-topic"]) {
      stage in
      [try stage.broker(connAck, [0x90, 4, 0, 1, 0, 0x87])]
    },
    Symptom(
      "a topic that is not allowed", at: "echo", 77, "mqtt", "publishing to", "0x87",
      verdict: ["--echo-topic"], plain: ["pub", "-t", "closed/x", "-m", "x", "-q", "1"]
    ) { stage in
      let broker = try stage.mosquitto
      return ["ws://127.0.0.1:\(broker.passwordPort)/", "-u", broker.limitedUser, "-P", broker.password]
    },
    Symptom("a session that another client takes", at: "subscribe", 76, "mqtt", "another client", "check -i")
    {
      stage in
      [
        try stage.brokenBroker {
          try $0.sendFrame(connAck)
          _ = try $0.readPacket()
          try $0.sendFrame([0xe0, 2, 0x8e, 0])
        }
      ]
    },
    Symptom(
      "a broker that hangs up on a topic", at: "subscribe", 69, "websocket", "connection was lost",
      verdict: ["topics that this user may not use"]
    ) { stage in
      [
        try stage.brokenBroker {
          try $0.sendFrame(connAck)
          _ = try $0.readPacket()
        }
      ]
    },
    Symptom("a DISCONNECT", at: "subscribe", 77, "mqtt", "not authorized", "0x87") { stage in
      [
        try stage.brokenBroker {
          try $0.sendFrame(connAck)
          _ = try $0.readPacket()
          try $0.sendFrame([0xe0, 2, 0x87, 0])
          try $0.readToEnd()
        }
      ]
    },
    Symptom(
      "a proxy that cuts silence", at: "idle", 69, "websocket", "silence",
      verdict: ["FIN", "proxy_read_timeout"], guess: ["lower -k"]
    ) {
      stage in
      [try stage.nginx("/idle")]
    },
  ]
}
