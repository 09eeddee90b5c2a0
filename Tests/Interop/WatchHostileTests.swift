import Support
import Testing

/// Whatever a peer sends, the terminal gets its own grammar and nothing else.
@Suite(.ownThread)
struct WatchHostileTests {
  static let texts = [
    "esc\u{1B}[31mred", "osc\u{1B}]0;title\u{07}", "c1\u{9B}2J", "bidi\u{202E}abc\u{2066}",
    "zero\u{200B}width",
    "\u{301}leading mark", "many e\u{301}\u{302}\u{303}\u{304}\u{305}", "wide 温度センサー",
    "tab\tline\nfeed\rreturn",
    "joined \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "private \u{E000}\u{F0000}",
    "separator\u{2028}\u{2029}",
    "del\u{7F}bell\u{07}", "dcs\u{1B}Pq\u{1B}\\", "st\u{9C}apc\u{9F}x",
  ]

  @Test func onlyTheTerminalsOwnGrammar() throws {
    let program = try Mqttws()
    let broker = try WatchBroker(program)
    let watch = try WatchTerminal([broker.url, "-t", "#"], rows: 40, columns: 140, program: program)
    try watch.wait(for: "SUBACK # granted")
    for (index, text) in Self.texts.enumerated() {
      var payload = Array(text.utf8)
      payload += [0xFF, 0xFE, 0x1B, 0x5B, 0x32, 0x4A, 0x80, 0xC2, 0x9B]
      let file = try program.home.write("payload-\(index)", payload)
      let result = try program.run(
        "pub", broker.url, "-t", "hostile/\(index)/\(text)", "-f", file, "-r", "-D", "publish",
        "user-property", "name\(text)", text, "-D", "publish", "content-type", text)
      #expect(result.status == .exited(0), "\(text.debugDescription): \(result.errorText)")
    }
    _ = try program.run("pub", broker.url, "-t", "zz-last", "-m", "x")
    try watch.wait(for: "zz-last")
    // Over every message, with its detail in each form, and over every frame.
    try watch.press("1o")
    for _ in Self.texts { try watch.press("jjx") }
    try watch.press("2g")
    for _ in Self.texts { try watch.press("jx") }
    try watch.press("3g")
    for _ in Self.texts { try watch.press("j") }
    for view in ["4", "5", "\u{1B}"] { try watch.press(view) }
    try watch.press("1?", for: "Help: topics")
    #expect(watch.screen.violations == [])
    watch.child.signal(15)
    try watch.child.wait()
    #expect(watch.screen.violations == [])
  }
}
