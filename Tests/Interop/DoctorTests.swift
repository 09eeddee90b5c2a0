import Support
import Testing

/// `doctor` where nothing is wrong, and how it ends.
@Suite(.ownThread)
struct DoctorTests {
  private struct NotDisconnect: Error {
    let packet: [UInt8]
  }

  private let program: Mqttws

  init() throws { program = try Mqttws() }

  /// Ways to unlike healthy brokers.
  @Test(arguments: Route.allCases, Version.allCases)
  func raisesNoFalseAlarm(_ route: Route, _ version: Version) throws {
    let arguments = try route.arguments(Brokers.shared()) + ["-V", version.rawValue, "--idle", "0.1"]
    let result = try program.command(["doctor"] + arguments).run()
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(result.errors.isEmpty, "\(result.errorText)")
    let marks = Set(result.outputLines.dropFirst().compactMap(\.first).filter { $0 != " " })
    #expect(marks == ["\u{2713}", "-", "v"], "\(result.outputText)")
  }

  /// What pages send works as well with brokers where nothing is wrong.
  @Test(arguments: [Route.webSocket, .tls, .proxied, .embedded], ["browser", "paho-js", "mqttjs"])
  func raisesNoFalseAlarmInAPage(_ route: Route, _ client: String) throws {
    let arguments = try route.arguments(Brokers.shared()) + ["--as", client, "--idle", "0"]
    let result = try program.command(["doctor"] + arguments).run()
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    let marks = Set(result.outputLines.dropFirst().compactMap(\.first).filter { $0 != " " })
    #expect(marks == ["\u{2713}", "-", "v"], "\(result.outputText)")
  }

  @Test func sendsWhatAPageSends() throws {
    let peer = try ScriptedPeer { connection in
      let request = try connection.upgrade()
      guard request.headers["origin"] == "https://app.example", request.headers["authorization"] == nil,
        request.headers["user-agent"]?.hasPrefix("Mozilla/5.0") == true,
        request.headers["sec-websocket-protocol"] == "mqtt"
      else { return }
      let connect = try connection.readPacket()
      // Level 4, keep-alive 60 s.
      guard connect[8] == 4, connect[10...11] == [0, 60] else { throw NotDisconnect(packet: connect) }
      try connection.playBroker(connect)
    }
    let result = try program.run(
      "doctor", "ws://127.0.0.1:\(peer.port)/mqtt", "--as", "paho-js", "--origin", "https://app.example/shop",
      "--idle", "0")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(peer.failures.isEmpty, "\(peer.failures)")
  }

  @Test func refusesWhatAPageCannotDo() throws {
    let url = try EmbeddedBroker.shared().url
    for options in [["--header", "X: y"], ["--cert", "x.pem"], ["--insecure"], ["--allow-no-subprotocol"]] {
      let result = try program.command(["doctor", url, "--as", "browser"] + options).run()
      #expect(result.status == .exited(64), "\(options)")
      #expect(result.errorText.contains("do not go together"), "\(result.errorText)")
    }
    let origin = try program.run("doctor", url, "--as", "browser", "--origin", "https://evil.example")
    #expect(origin.status == .exited(22))
    #expect(origin.errorText.contains("allow the origin 'https://evil.example'"), "\(origin.errorText)")
    let mixed = try program.run(
      "doctor", "ws://broker.example/", "--as", "mqttjs", "--origin", "https://a.example")
    #expect(mixed.status == .exited(76))
    #expect(mixed.outputText.contains("\u{2717} client"), "\(mixed.outputText)")
  }

  /// MQTT without a WebSocket, to compare with.
  @Test(arguments: Version.allCases) func plainMQTTIsTheControl(_ version: Version) throws {
    let mosquitto = try Brokers.shared().mosquitto
    let url = "mqtt://127.0.0.1:\(mosquitto.plainPort)"
    let result = try program.run("doctor", url, "-V", version.rawValue, "--idle", "0")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(result.outputText.contains("- upgrade"))
    let tls = try program.run("doctor", "mqtts://127.0.0.1:\(mosquitto.plainPort)", "--timeout", "1")
    #expect(tls.status == .exited(35))
    #expect(tls.outputText.contains("this works: mosquitto_sub"), "\(tls.outputText)")
  }

  @Test func everythingGoesIntoOneFile() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("bundle.ndjson")
    let url = try EmbeddedBroker.shared().url + "?token=\(Symptom.canary)"
    var command = try program.command([
      "doctor", url, "-u", "ada", "-P", Symptom.canary, "--header", "Cookie: a=\(Symptom.canary)", "--idle",
      "0", "--bundle", path,
    ])
    #expect(try command.run().status == .exited(0))
    let bundle = String(decoding: try readFile(path), as: UTF8.self)
    #expect(!bundle.contains(Symptom.canary))
    #expect(try runTool("stat", ["-c", "%a", path]).starts(with: Array("600".utf8)))
    let lines = bundle.split(separator: "\n")
    #expect(lines.first?.hasPrefix(#"{"mqttws_bundle":1,"#) == true)
    #expect(lines.last?.hasPrefix(#"{"report":{"#) == true)
    // Not over what is there, unless told to.
    #expect(try command.run().status == .exited(73))
    command.arguments.append("--force")
    #expect(try command.run().status == .exited(0))
    let watch = try program.start("watch", path, "--plain")
    try watch.line { $0.contains("end of the recording") }
    watch.signal(15)
    let watched = try watch.wait(within: .seconds(20))
    let text = watched.outputText + watched.errorText
    #expect(text.contains("verdict: every step works"), "\(text)")
    #expect(text.contains("mqttws-doctor/"), "\(text)")
  }

  @Test func throughAProxy() throws {
    let servers = try SymptomServers.shared()
    let authority = try Certificates.shared().authority.certificate
    let result = try program.run(
      "doctor", "wss://localhost:\(servers.nginx.ports[1])/mqtt", "--cafile", authority, "--proxy",
      "http://ada:\(Symptom.canary)@127.0.0.1:\(servers.squid.loginPort)", "--idle", "0")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(result.outputText.contains("opened a tunnel to localhost"))
    #expect(!result.outputText.contains(Symptom.canary))
  }

  @Test func leavesTheBrokerUntouched() throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      let next = try connection.readPacket()
      if next[0] != 0xe0 { throw NotDisconnect(packet: next) }
    }
    let result = try program.run(
      "doctor", "ws://127.0.0.1:\(peer.port)/mqtt", "--no-echo", "--idle", "100ms")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    try peer.waitForEnd()
    #expect(peer.failures.isEmpty, "\(peer.failures)")
  }

  @Test func theReportIsOneDocument() throws {
    let broker = try EmbeddedBroker.shared()
    let healthy = try program.run("doctor", broker.url, "--json", "--idle", "0")
    #expect(healthy.status == .exited(0))
    #expect(healthy.outputLines.count == 1)
    #expect(healthy.outputText.contains(#""healthy":true"#))
    #expect(healthy.outputText.contains(#""receive-maximum":1024"#))
    let refused = try program.run("doctor", "ws://127.0.0.1:\(Port.free())/mqtt", "--json")
    #expect(refused.status == .exited(69))
    #expect(refused.outputLines.count == 1)
    #expect(refused.outputText.contains(#""step":"tcp","status":"failed""#))
    #expect(refused.errorLines.count == 1)
    #expect(refused.errorText.hasPrefix(#"{"layer":"tcp""#))
  }

  /// In the middle of each wait: the upgrade, the CONNACK, the SUBACK, the silence, a probe.
  @Test(arguments: ["upgrade", "connect", "subscribe", "idle", "probe"])
  func anInterruptEndsItAtOnce(_ phase: String) throws {
    let peer = try ScriptedPeer { connection in
      if phase == "probe" {
        let request = try connection.readRequest()
        if request.requestLine.contains("/first") {
          return try connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        }
        try connection.readToEnd()
      }
      if phase == "upgrade" { return try connection.readToEnd() }
      try connection.upgrade()
      let connect = try connection.readPacket()
      if phase == "connect" { return try connection.readToEnd() }
      if phase == "idle" { return try connection.playBroker(connect) }
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      try connection.readToEnd()
    }
    let doctor = try program.start(
      "doctor", "ws://127.0.0.1:\(peer.port)/first", "--idle", "60", "--timeout", "60")
    let before = ["upgrade": "tls", "connect": "subprotocol", "subscribe": "connect", "idle": "echo"][phase]
    try doctor.line { $0.contains(" \(before ?? "upgrade") ") }
    doctor.signal(2)
    let result = try doctor.wait(within: .seconds(20))
    #expect(result.status == .signalled(2), "\(result.outputText)\(result.errorText)")
    #expect(result.errors.isEmpty)
  }

  @Test func theTimeIsLimited() throws {
    let peer = try ScriptedPeer { try $0.readToEnd() }
    let result = try program.run("doctor", "ws://127.0.0.1:\(peer.port)/mqtt", "--max-time", "0.3")
    #expect(result.status == .exited(124))
    #expect(result.errorLines.count == 1)
    #expect(result.outputText.contains(" tcp "))
  }

  @Test func aFullDiskIsAnError() throws {
    let broker = try EmbeddedBroker.shared()
    let result = try program.shell("\"$MQTTWS\" doctor \(broker.url) --idle 0 > /dev/full")
    #expect(result.status == .exited(74), "\(result.errorText)")
  }

  @Test func theIdleCutIsFound() throws {
    let servers = try SymptomServers.shared()
    let url = "ws://127.0.0.1:\(servers.nginx.ports[0])/idle"
    let result = try program.run(
      "doctor", url, "--idle", "0", "--no-echo", "--idle-probe", "--idle-limit", "5", "--json")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(
      result.outputText.contains(#""cut_by":"the other side: TCP closed (FIN)"#), "\(result.outputText)")
  }

  /// What ends the silence, and who doctor says it was.
  enum HangUp: String, CaseIterable, Sendable {
    case end, reset, close, disconnect, silence

    var words: String {
      switch self {
      case .end: "the other side: TCP closed (FIN)"
      case .reset: "the other side: TCP reset (RST)"
      case .close: "the other side: WebSocket close 1001"
      case .disconnect: "the broker: MQTT DISCONNECT, Keep alive timeout"
      case .silence: "this side: no PINGRESP"
      }
    }

    /// Once it has heard something, which is after the silence.
    func perform(on connection: PeerConnection) throws {
      _ = try connection.readPacket()
      switch self {
      case .end: connection.close()
      case .reset: connection.reset()
      case .close: try connection.sendFrame(first: 0x88, [3, 0xe9])
      case .disconnect: try connection.sendFrame([0xe0, 2, 0x8d, 0])
      case .silence: try connection.readToEnd()
      }
    }
  }

  @Test(arguments: HangUp.allCases) func whoHangsUpIsNamed(_ how: HangUp) throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      let connect = try connection.readPacket()
      // The connections of the probe have numbers behind their identifiers.
      guard connect.contains(UInt8(ascii: "-")) else { return try connection.playBroker(connect) }
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      try how.perform(on: connection)
    }
    let result = try program.run(
      "doctor", "ws://127.0.0.1:\(peer.port)/mqtt", "-I", "x", "--no-echo", "--idle", "0", "--idle-probe",
      "--idle-limit", "2", "--json")
    #expect(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
    #expect(result.outputText.contains(#""cut_by":"\#(how.words)"#), "\(result.outputText)")
  }

  @Test func whoeverAllowsSilenceIsNotAccused() throws {
    let broker = try EmbeddedBroker.shared()
    let result = try program.run(
      "doctor", broker.url, "--idle", "0", "--no-echo", "--idle-probe", "--idle-limit", "1")
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("no cut within 1s"), "\(result.outputText)")
  }

  /// Two clients with one identifier, of which the broker throws one out without a word.
  @Test func aSharedIdentifierIsSuspected() throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 2, 0, 0])
      let subscribe = try connection.readPacket()
      try connection.sendFrame([0x90, 3, subscribe[2], subscribe[3], 0])
    }
    let sub = try program.start(
      "sub", "ws://127.0.0.1:\(peer.port)/mqtt", "-V", "3.1.1", "-i", "shared", "-t", "a")
    try sub.line(on: .errors) { $0.contains("another client may use the identifier 'shared' too") }
    sub.signal(15)
    let result = try sub.wait(within: .seconds(20))
    #expect(result.errorLines.first?.contains("another client") == false)
  }

  @Test func progressIsShownOnATerminal() throws {
    let peer = try ScriptedPeer { try $0.readToEnd() }
    var command = try program.command(["doctor", "ws://127.0.0.1:\(peer.port)/mqtt"])
    command.environment["TERM"] = "xterm"
    command.output = .terminal
    let doctor = try command.start()
    try doctor.waitForOutput { String(decoding: $0, as: UTF8.self).contains("\u{2026} upgrade, ") }
    doctor.signal(2)
    #expect(try doctor.wait(within: .seconds(20)).status == .signalled(2))
  }
}
