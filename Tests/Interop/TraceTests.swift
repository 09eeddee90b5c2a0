import Glibc
import Support
import Testing

/// `-d`, `-dd`, `-ddd` and `--trace-json` on real servers. The canary is in every place that holds a secret.
@Suite(.ownThread)
struct TraceTests {
  private static let canary = "canary-7f3a"
  private let program: Mqttws
  private let brokers: Brokers
  private let directory: TemporaryDirectory

  init() throws {
    program = try Mqttws()
    brokers = try Brokers.shared()
    directory = try TemporaryDirectory()
  }

  /// Marks and layers of the lines that have a time, and the packets' names: `> mqtt PUBLISH`.
  private func steps(_ lines: [String]) -> [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 4, words[0].contains(":"), words[1].hasPrefix("+") else { return nil }
      return words[3] == "mqtt" ? "\(words[2]) \(words[4])" : nil
    }
  }

  private var secrets: [String] {
    [
      "-u", "tester", "-P", Self.canary, "--header", "Authorization: Bearer \(Self.canary)", "--header",
      "X-Api-Key: \(Self.canary)",
    ]
  }

  @Test(arguments: [Route.webSocket, .proxied, .embedded]) func exactlyOnceStepByStep(_ route: Route) throws {
    let target = try route.arguments(brokers)
    let url = target[0] + (target[0].contains("?") ? "&" : "?") + "token=\(Self.canary)"
    let path = directory.file("trace.ndjson")
    let result = try program.command(
      ["pub", url] + target.dropFirst() + secrets
        + ["-t", freshTopic(), "-m", "hello", "-q", "2", "-ddd", "--trace-json", path]
    ).run()
    #expect(result.status == .exited(0))
    #expect(
      steps(result.errorLines) == [
        "> CONNECT", "< CONNACK", "> PUBLISH", "< PUBREC", "> PUBREL", "< PUBCOMP", "> DISCONNECT",
      ])
    #expect(result.errorText.contains("Authorization: ****** ***********"))
    #expect(result.errorText.contains("token=***********"))
    #expect(result.errorText.contains("password ***"))
    #expect(result.errorText.contains(" after #"))
    if route == .proxied {
      #expect(result.errorText.contains("* tls   TLSv1"))
      #expect(result.errorText.contains("days left)"))
    }
    let json = String(decoding: try readFile(path), as: UTF8.self)
    #expect(json.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"number\":") && $0.hasSuffix("}") })
    #expect(json.contains("\"type\":\"PUBCOMP\""))
    #expect(json.contains("\"round_trip_us\":"))
    for text in [result.errorText, json] { #expect(!text.contains(Self.canary)) }
    #expect(!result.errorText.contains("63 61 6e 61 72 79"))
  }

  @Test func outputStaysWhatItWas() throws {
    let topic = freshTopic()
    let child = try program.startSubscriber(
      try Route.embedded.arguments(brokers) + ["-t", topic, "-C", "1", "-d"])
    let sent = try program.command(
      ["pub"] + Route.embedded.arguments(brokers) + ["-t", topic, "-m", "hello"]
    ).run()
    #expect(sent.errorText == "")
    let result = try child.wait(within: .seconds(10))
    #expect(result.outputText == "hello\n")
    #expect(steps(result.errorLines).contains("< PUBLISH"))
  }

  @Test func colourFollowsDirection() throws {
    let common = ["pub"] + (try Route.embedded.arguments(brokers)) + ["-t", freshTopic(), "-m", "x", "-d"]
    let coloured = try program.command(common + ["--color", "always"]).run()
    #expect(coloured.errorText.contains("\u{1B}[36m> mqtt  PUBLISH"))
    #expect(coloured.errorText.contains("\u{1B}[32m< mqtt  CONNACK"))
    #expect(try !program.command(common).run().errorText.contains("\u{1B}"))
  }

  // MARK: - Who does not read

  /// A pager that stands still: every message comes although nobody reads the trace of it, of which the part
  /// that nobody had room for is missing, and said to be.
  @Test func nobodyReadsTheTrace() throws {
    let topic = freshTopic()
    let target = try Route.embedded.arguments(brokers)[0]
    let payload = String(repeating: "x", count: 200)
    let result = try program.shell(
      """
      cd "$HOME"
      mkfifo errors ready messages
      exec 6<>ready 7<>messages 8<>errors
      "$MQTTWS" sub \(target) -t \(topic) -q 1 -C 800 -ddd --ready-fd 3 3>&6 >&7 2>&8 6>&- 7>&- 8>&- &
      read -r _ <&6
      "$MQTTWS" pub \(target) -t \(topic) -q 1 -m \(payload) --repeat 800
      head -n 800 <&7 | wc -l
      cat errors >trace 6>&- 7>&- 8>&- &
      exec 8>&-
      wait %1
      echo "status $?"
      wait
      grep -c 'left out here: stderr was not read' trace
      tail -n 1 trace
      """)
    #expect(result.outputLines.prefix(2) == ["800", "status 0"], "\(result.errorText)")
    #expect(result.outputLines.count == 4)
    #expect(result.outputLines.last?.hasSuffix("* conn  ended") == true, "\(result.outputText)")
  }

  // MARK: - What goes wrong

  @Test func aRefusedUpgrade() throws {
    let peer = try ScriptedPeer { connection in
      _ = try connection.readRequest()
      try connection.send(
        "HTTP/1.1 403 Forbidden\r\nServer: gate\r\nSet-Cookie: session=\(Self.canary)\r\n"
          + "Content-Length: 9\r\n\r\nno \u{1B}[2Jway")
    }
    let result = try program.command(
      ["pub", "ws://127.0.0.1:\(peer.port)/mqtt?sig=\(Self.canary)"] + secrets
        + ["-t", "a", "-m", "x", "-d"]
    ).run()
    #expect(result.status == .exited(22))
    #expect(result.errorText.contains("< http  HTTP/1.1 403 Forbidden"))
    #expect(result.errorText.contains("< http    Server: gate"))
    #expect(result.errorText.contains("! upgrade"))
    #expect(!result.errorText.contains(Self.canary))
    #expect(!result.errorText.contains("\u{1B}"))
    #expect(result.errorLines.last?.hasPrefix("mqttws: upgrade: HTTP 403") == true)
  }

  @Test func aMalformedPacket() throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      _ = try connection.readPacket()
      // A PUBLISH of QoS 1 whose packet identifier is 0.
      try connection.sendFrame([0x32, 7, 0, 1, 0x61, 0, 0, 0, 0x78])
      try connection.readToEnd()
    }
    let result = try program.command(
      ["sub", "ws://127.0.0.1:\(peer.port)/mqtt", "-t", "a", "-d", "--no-reconnect"] + secrets
    ).run()
    #expect(result.status == .exited(76))
    #expect(
      result.errorText.contains("! mqtt  [MQTT-2.2.1-4] PUBLISH: Packet Identifier is 0 (byte 5)"),
      "\(result.errorText)")
    #expect(result.errorText.contains("0000  32 07 00 01 61 00 00 00 78"))
    #expect(result.errorText.contains("> mqtt  DISCONNECT"))
    #expect(!result.errorText.contains(Self.canary))
  }

  @Test func filesAreNewAndWritten() throws {
    let path = directory.file("old")
    try directory.write("old", "precious\n")
    for option in ["--pcap", "--trace-json"] {
      let common =
        ["pub"] + (try Route.embedded.arguments(brokers)) + ["-t", freshTopic(), "-m", "x", option]
      #expect(try program.command(common + [path]).run().status == .exited(73))
      #expect(String(decoding: try readFile(path), as: UTF8.self) == "precious\n")
      let full = try program.command(common + ["/dev/full", "--force"]).run()
      #expect(full.status == .exited(74), "\(full.errorText)")
      let new = directory.file("new\(option)")
      #expect(try program.command(common + [new]).run().status == .exited(0))
      var status = stat()
      #expect(stat(new, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }
}
