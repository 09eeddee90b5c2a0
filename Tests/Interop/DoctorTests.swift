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

  @Test func whoeverAllowsSilenceIsNotAccused() throws {
    let broker = try EmbeddedBroker.shared()
    let result = try program.run(
      "doctor", broker.url, "--idle", "0", "--no-echo", "--idle-probe", "--idle-limit", "1")
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("no cut within 1s"), "\(result.outputText)")
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
