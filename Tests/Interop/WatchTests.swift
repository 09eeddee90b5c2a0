import Support
import Testing

/// `watch` at a pseudo-terminal whose stream is read byte by byte.
@Suite(.ownThread)
struct WatchTests {
  @Test func endsWellAndSaysWhatItSaw() throws {
    let watch = try WatchTerminal(["@demo"])
    try watch.wait(for: "UP ")
    let result = try watch.quit()
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("watched @demo"))
    #expect(result.outputText.contains("nothing was recorded"))
    #expect(watch.screen.violations == [])
  }

  struct Terminal: Sendable, CustomTestStringConvertible {
    let environment: [String: String]
    /// What the screen has to show, or what is said instead of one.
    let shows: String

    var testDescription: String { "\(environment)" }
  }

  static let terminals: [Terminal] = [
    Terminal(environment: ["TERM": "tmux-256color"], shows: "─ Topics"),
    Terminal(environment: ["TERM": "screen"], shows: "─ Topics"),
    Terminal(environment: ["TERM": "linux"], shows: "─ Topics"),
    Terminal(environment: ["TERM": "vt100"], shows: "─ Topics"),
    Terminal(environment: ["NO_COLOR": "1"], shows: "─ Topics"),
    Terminal(environment: ["LC_ALL": "C"], shows: "- Topics"),
    Terminal(environment: ["LC_ALL": "xx_XX.UTF-8"], shows: "─ Topics"),
    Terminal(environment: ["LINES": "5", "COLUMNS": "20"], shows: "─ Topics"),
    Terminal(environment: ["TERM": "dumb"], shows: "connected"),
    Terminal(environment: ["TERM": ""], shows: "connected"),
    Terminal(environment: ["TERM": "nonsense"], shows: "'nonsense' is unknown"),
  ]

  @Test(arguments: terminals) func takesEveryTerminal(_ terminal: Terminal) throws {
    let watch = try WatchTerminal(["@demo"], environment: terminal.environment)
    try watch.wait(for: terminal.shows)
    if terminal.environment["NO_COLOR"] != nil {
      let stream = String(decoding: watch.child.snapshot(), as: UTF8.self)
      #expect((0...9).allSatisfy { !stream.contains("[3\($0)m") })
    }
    try watch.press("q\n")
    #expect(try watch.child.wait().status == .exited(0))
  }

  @Test func asciiAloneWhereNothingElseIsShown() throws {
    let watch = try WatchTerminal(["@demo", "--ascii"])
    try watch.wait(for: "UP ")
    #expect(watch.child.snapshot().allSatisfy { $0 < 0x80 })
  }

  @Test func followsTheSizeOfTheTerminal() throws {
    let watch = try WatchTerminal(["@demo"])
    try watch.wait(for: "UP ")
    for (rows, columns) in [(40, 140), (10, 40), (24, 80)] {
      try watch.resize(rows: rows, columns: columns)
      try watch.wait("\(rows) rows") {
        $0.text.contains("Topics") && $0.lines[0].contains("LIVE")
          && $0.lines[rows - 1].contains { $0 != " " }
      }
    }
    try watch.resize(rows: 5, columns: 30)
    try watch.wait(for: "window 30x5")
    #expect(try watch.quit().status == .exited(0))
  }

  @Test func pastedTextIsNoKey() throws {
    let watch = try WatchTerminal(["@demo"])
    try watch.wait(for: "UP ")
    try watch.press("\u{1B}[200~qqq\u{1B}[A:quit\r\u{1B}[201~")
    try watch.press("?", for: "Help: topics")
    #expect(!watch.child.hasEnded)
  }

  @Test func showsWhyThereIsNoConnection() throws {
    let port = try Port.free()
    let watch = try WatchTerminal(["ws://127.0.0.1:\(port)/mqtt", "-t", "#"])
    try watch.wait(for: "refused")
    // The first closes the explanation.
    try watch.press("\u{1B}")
    try watch.wait { !$0.text.contains("Esc close") }
    let result = try watch.quit()
    #expect(result.status == .exited(69))
    #expect(result.outputText.contains("mqttws: tcp:"))
  }

  @Test func aLostBrokerIsDialledAgain() throws {
    let program = try Mqttws()
    let port = try Port.free()
    let first = try WatchBroker(program, ["--simulate", "sensors"], port: port).child
    let watch = try WatchTerminal(["ws://127.0.0.1:\(port)/mqtt", "-t", "#"], program: program)
    try watch.wait(for: "UP ")
    first.kill()
    try first.wait()
    try watch.wait { !$0.text.contains("UP ") || $0.text.contains("refused") }
    let second = try WatchBroker(program, ["--simulate", "sensors"], port: port)
    try watch.press("\u{12}")
    try watch.wait { $0.lines[0].contains("UP ") }
    let result = try watch.quit()
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("reconnection"))
    #expect(!second.child.hasEnded)
  }

  @Test func recordsFromTheStart() throws {
    let program = try Mqttws()
    let file = program.home.file("demo.ndjson")
    let watch = try WatchTerminal(["@demo", "--record", file], program: program)
    try watch.wait { _ in (try? readFile(file))?.isEmpty == false }
    // What goes on would end.
    try watch.press("q", for: "y = yes")
    try watch.press("y")
    let result = try watch.child.wait()
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("recorded in \(file)"))
    let recorded = String(decoding: try readFile(file), as: UTF8.self)
    #expect(recorded.contains("\"topic\":\"sensor/"))
  }

  @Test func tracesAndCapturesWhatItShows() throws {
    let program = try Mqttws()
    let (trace, capture) = (program.home.file("trace.ndjson"), program.home.file("watch.pcapng"))
    let watch = try WatchTerminal(
      ["@demo", "--trace-json", trace, "--pcap", capture], program: program)
    try watch.wait(for: "SUBACK # granted")
    try watch.press("4", for: "ws ping")
    try watch.press("P", for: "pong in")
    try watch.press("1", for: "[1 Topics]")
    #expect(try watch.quit().status == .exited(0))
    #expect(watch.screen.violations == [])
    let lines = String(decoding: try readFile(trace), as: UTF8.self).split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    for packet in ["CONNECT", "CONNACK", "SUBSCRIBE", "SUBACK", "PUBLISH", "DISCONNECT"] {
      #expect(lines.contains { $0.contains("\"\(packet)\"") }, "\(packet)")
    }
    let packets = try runTool(
      "tshark", ["-r", capture, "-Y", "websocket.opcode == 9 || websocket.opcode == 10"])
    #expect(packets.split(separator: 0x0A).count == 2, "a ping and its pong")
  }
}
