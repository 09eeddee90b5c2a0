import Support
import Testing

/// `--pcap`, judged by the system's own tshark.
@Suite(.ownThread)
struct CaptureTests {
  private static let canary = "canary-91cc"
  private let program: Mqttws
  private let brokers: Brokers
  private let directory: TemporaryDirectory

  init() throws {
    program = try Mqttws()
    brokers = try Brokers.shared()
    directory = try TemporaryDirectory()
  }

  private func fields(_ path: String, _ filter: String, _ names: String...) throws -> [String] {
    let columns = names.flatMap { ["-e", $0] }
    let output = try runTool(
      "tshark", ["-r", path, "-Y", filter, "-T", "fields", "-E", "separator=/t"] + columns)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Nothing that tshark objects to, checksums included; a plain HTTP on a TLS port is what decrypted means.
  private func expectSound(_ path: String) throws {
    let flaws = try runTool(
      "tshark",
      [
        "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y",
        "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.flags"
          + " || _ws.expert.severity >= 0x800000",
      ])
    #expect(String(decoding: flaws, as: UTF8.self) == "")
  }

  @Test(arguments: [Route.webSocket, .tls, .proxied, .embedded], Version.allCases)
  func everyPacketIsFound(_ route: Route, _ version: Version) throws {
    let target = try route.arguments(brokers)
    let path = directory.file("pub.pcapng")
    let result = try program.command(
      ["pub"] + target + ["-V", version.rawValue, "-t", freshTopic(), "-q", "2", "-l", "--pcap", path],
      input: .text("one\ntwo\nthree\n")
    ).run()
    #expect(result.status == .exited(0), "\(result.errorText)")
    try expectSound(path)
    let types = try fields(path, "mqtt", "mqtt.msgtype")
    // One PDU each: CONNECT, CONNACK, DISCONNECT, and four packets a message.
    var counts: [String: Int] = [:]
    for type in types { counts[type, default: 0] += 1 }
    #expect(counts == ["1": 1, "2": 1, "14": 1, "3": 3, "5": 3, "6": 3, "7": 3])
    let opcodes = try fields(path, "websocket", "websocket.opcode").flatMap { $0.split(separator: ",") }
    // Each packet in a frame of its own, whether or not several frames share a segment; two closes at most.
    #expect(opcodes.filter { $0 == "2" }.count == types.count)
    #expect(1...2 ~= opcodes.filter { $0 == "8" }.count)
    #expect(try fields(path, "http.response.code == 101", "frame.number").count == 1)
    let versions = try fields(path, "mqtt.msgtype == 1", "mqtt.ver")
    #expect(versions == [version == .v5 ? "5" : "4"])
  }

  @Test func theWayThroughAProxyIsInIt() throws {
    let servers = try SymptomServers.shared()
    let authority = try Certificates.shared().authority.certificate
    let path = directory.file("proxy.pcapng")
    let result = try program.run(
      "pub", "wss://localhost:\(servers.nginx.ports[1])/mqtt", "--cafile", authority, "--proxy",
      "http://ada:\(Self.canary)@127.0.0.1:\(servers.squid.loginPort)", "-t", freshTopic(), "-m", "x",
      "--pcap",
      path)
    #expect(result.status == .exited(0), "\(result.errorText)")
    try expectSound(path)
    #expect(try fields(path, "http.request.method == CONNECT", "tcp.stream") == ["0"])
    #expect(try fields(path, "http.response.code == 101", "tcp.stream") == ["1"])
    #expect(try fields(path, "mqtt", "mqtt.msgtype") == ["1", "2", "3", "14"])
    #expect(try fields(path, "websocket.opcode == 2", "tcp.stream").allSatisfy { $0 == "1" })
    #expect(!String(decoding: try readFile(path), as: UTF8.self).contains(Self.canary))
  }

  /// Each probe, and each of the connections that are silent side by side.
  @Test func everyConnectionOfAnExaminationIsInIt() throws {
    let path = directory.file("doctor.pcapng")
    let result = try program.run(
      "doctor", try Route.embedded.arguments(brokers)[0], "--idle", "0", "--idle-probe", "--idle-limit", "2",
      "--pcap", path)
    #expect(result.status == .exited(0), "\(result.errorText)")
    try expectSound(path)
    #expect(try fields(path, "mqtt.msgtype == 1", "frame.number").count == 3)
    #expect(try fields(path, "http.response.code == 101", "tcp.stream") == ["0", "1", "2"])
    let plain = directory.file("probes.pcapng")
    let failed = try program.run(
      "doctor", "ws://127.0.0.1:\(brokers.mosquitto.plainPort)/mqtt", "--pcap", plain)
    #expect(failed.status == .exited(76))
    try expectSound(plain)
    #expect(try fields(plain, "mqtt", "mqtt.msgtype") == ["1", "2"])
  }

  @Test func secretsAreMaskedUnlessAskedFor() throws {
    let target = try Route.embedded.arguments(brokers)[0] + "?token=\(Self.canary)"
    let options = [
      "-t", freshTopic(), "-m", "x", "-u", "u", "-P", Self.canary, "--header", "Cookie: a=\(Self.canary)",
    ]
    for includes in [false, true] {
      let path = directory.file("secrets-\(includes).pcapng")
      let extra = includes ? ["--include-secrets"] : []
      #expect(
        try program.command(["pub", target] + options + ["--pcap", path] + extra).run().status == .exited(0))
      try expectSound(path)
      #expect(try fields(path, "mqtt.passwd", "mqtt.passwd") == [includes ? Self.canary : "***********"])
      // Unmasked, as tshark shows them: the PDU and the frame.
      let text = String(decoding: try runTool("tshark", ["-r", path, "-V", "-x"]), as: UTF8.self)
      let raw = String(decoding: try readFile(path), as: UTF8.self)
      #expect((text + raw).contains(Self.canary) == includes)
      #expect(text.contains("canary") == includes)
    }
  }

  @Test func aRejectedPacketHasAComment() throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      _ = try connection.readPacket()
      try connection.sendFrame([0x36, 4, 0, 1, 0x61, 0])
      try connection.readToEnd()
    }
    let path = directory.file("rejected.pcapng")
    let result = try program.run(
      "sub", "ws://127.0.0.1:\(peer.port)/mqtt", "-t", "a", "--no-reconnect", "--pcap", path)
    #expect(result.status == .exited(76))
    let comments = try fields(path, "frame.comment", "frame.comment")
    #expect(comments == ["rejected: [MQTT-3.3.1-4] QoS 3 is no QoS"])
  }

  @Test func aReaderThatGoesEndsTheRunQuietly() throws {
    let pipe = directory.file("pipe")
    let result = try program.shell(
      """
      mkfifo \(pipe)
      head -c 24 \(pipe) >/dev/null &
      "$MQTTWS" sub @demo -t '#' --pcap \(pipe) --force >/dev/null
      """)
    #expect(result.status == .exited(141))
    #expect(result.errorText == "")
  }

  @Test func twentyMegabytes() throws {
    let payload = [UInt8](repeating: 0x6D, count: 20_000_000)
    let file = try directory.write("payload", payload)
    let path = directory.file("large.pcapng")
    let result = try program.command(
      ["pub"] + Route.embedded.arguments(brokers)
        + ["-t", freshTopic(), "-q", "1", "-f", file, "--pcap", path]
    ).run(within: .seconds(120))
    #expect(result.status == .exited(0), "\(result.errorText)")
    try expectSound(path)
    #expect(try fields(path, "mqtt", "mqtt.msgtype") == ["1", "2", "3", "4", "14"])
    let lengths = try fields(
      path, "websocket.opcode == 2", "websocket.payload_length_ext_64"
    ).filter { !$0.isEmpty }
    #expect(lengths.count == 1)
  }
}
