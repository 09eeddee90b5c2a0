import Support
import Testing

/// However `watch` ends, the terminal is as it was, and the shell sees why.
@Suite(.ownThread)
struct WatchEndTests {
  struct End: Sendable, CustomTestStringConvertible {
    enum Cause: Sendable {
      case key(String)
      case signal(String)
      /// What is typed at the shell before, and the keys that end it.
      case run(target: String, before: String, keys: [String], shows: String)
    }

    let cause: Cause
    let status: Int

    var testDescription: String { "\(cause)" }
  }

  static let ends: [End] = [
    End(cause: .key("q"), status: 0), End(cause: .key("F10"), status: 0), End(cause: .key("C-c"), status: 0),
    End(cause: .signal("INT"), status: 130), End(cause: .signal("TERM"), status: 143),
    End(cause: .signal("HUP"), status: 129), End(cause: .signal("QUIT"), status: 131),
    // In raw mode the terminal makes no signal of it.
    End(cause: .key("C-\\"), status: 131), End(cause: .signal("ABRT"), status: 134),
    End(cause: .signal("SEGV"), status: 139), End(cause: .signal("ILL"), status: 132),
    End(cause: .signal("TRAP"), status: 133), End(cause: .signal("BUS"), status: 135),
    End(cause: .signal("FPE"), status: 136), End(cause: .signal("KILL"), status: 137),
    End(
      cause: .run(
        target: "@demo --record /dev/full --force", before: "", keys: ["q"],
        shows: "recording to /dev/full ended"),
      status: 74),
  ]

  @Test(arguments: [(10, 40), (24, 80), (40, 140)])
  func theTerminalIsGivenBack(rows: Int, columns: Int) throws {
    let shell = try WatchShell(rows: rows, columns: columns)
    for end in Self.ends {
      var target = "@demo"
      if case .run(let other, let before, _, _) = end.cause {
        target = other
        if !before.isEmpty { try shell.tmux.type(before) }
      }
      try shell.start(target)
      try shell.tmux.until("a screen before \(end.testDescription)") {
        try shell.tmux.capture().contains("Topics")
      }
      #expect(try shell.tmux.state().hasPrefix("1 "))
      switch end.cause {
      case .key(let key): try shell.tmux.press(key)
      case .signal(let name): try shell.kill(name)
      case .run(_, _, let keys, let shows):
        try shell.tmux.until(shows) { try shell.tmux.capture().contains(shows) }
        for key in keys { try shell.tmux.press(key) }
      }
      try shell.expectEnd(end.status, end.testDescription)
    }
  }

  /// A trap of the runtime and a stack that is used up, which no signal from outside is like.
  @Test(arguments: ["trap": 132, "overflow": 139, "abort": 134])
  func aCrashGivesTheTerminalBack(_ crash: String, status: Int) throws {
    let shell = try WatchShell()
    let folder = try Mqttws.binary().split(separator: "/").dropLast().map { "/\($0)" }.joined()
    try shell.start(crash, program: "'\(folder)/crash'")
    try shell.expectEnd(status, crash)
  }

  @Test func theBrokerIsGone() throws {
    let shell = try WatchShell()
    let broker = try WatchBroker(shell.program)
    try shell.start("\(broker.url) -t '#'")
    try shell.tmux.until("a connection") { try shell.tmux.capture().contains("UP ") }
    broker.child.kill()
    try shell.tmux.until("the loss") { try shell.tmux.capture().contains("RETRY") }
    // The first key closes the explanation, if there is one over the panes.
    try shell.tmux.press("Escape")
    try shell.tmux.until("the panes") { try !shell.tmux.capture().contains("Esc close") }
    try shell.tmux.press("q")
    try shell.expectEnd(0, "broker gone")
  }

  @Test func theEditorIsKilled() throws {
    let shell = try WatchShell()
    try shell.tmux.type("export EDITOR='sh -c \"kill -KILL \\$\\$\"'")
    try shell.start("@demo")
    try shell.tmux.until("a screen") { try shell.tmux.capture().contains("UP ") }
    for key in ["5", "C-e"] { try shell.tmux.press(key) }
    try shell.tmux.until("the failure") { try shell.tmux.capture().contains("the editor failed") }
    #expect(try shell.tmux.state().hasPrefix("1 "))
    try shell.tmux.press("C-c")
    try shell.expectEnd(0, "editor killed")
  }

  @Test func theTerminalIsClosed() throws {
    let shell = try WatchShell()
    try shell.tmux.openWindow("other")
    // This shell outlives its terminal to tell what became of the program.
    try shell.tmux.type("trap : HUP; cd '\(shell.program.home.path)'")
    try shell.start("@demo")
    try shell.tmux.until("a screen") { try shell.tmux.capture().contains("UP ") }
    let pid = try shell.pid()
    try shell.tmux.run("kill-window", "-t", "other")
    try shell.tmux.until("the end") { !isRunning(pid) }
    #expect(try shell.tmux.state() == "0 1 0")
    try shell.tmux.until("a status") { (try? shell.status()) != nil }
    #expect(try shell.status() == 129)
  }

  @Test func stopsAndGoesOnAsAJob() throws {
    let shell = try WatchShell()
    let tmux = shell.tmux
    try tmux.type("\"$MQTTWS\" watch @demo")
    try tmux.until("a screen") { try tmux.capture().contains("Topics") }
    for _ in 1...2 {
      try tmux.press("C-z")
      try tmux.until("the shell") { try tmux.state() == "0 1 0" && tmux.capture().contains("Stopped") }
      try tmux.type("clear; stty -g | cmp - \(shell.modesPath) && fg")
      try tmux.until("the screen again") {
        try tmux.state().hasPrefix("1 ") && tmux.capture().contains("Topics")
      }
    }
    try tmux.resize(rows: 30, columns: 120)
    try tmux.until("a wider screen") {
      try tmux.capture().split(separator: "\n").contains { $0.count >= 119 }
    }
    try tmux.press("q")
    try tmux.until("the end") {
      try tmux.state() == "0 1 0" && tmux.capture().contains("nothing was recorded")
    }
  }

  @Test func readsKeysFromTheTerminalWhenInputIsPiped() throws {
    let shell = try WatchShell()
    try shell.tmux.type("yes q | \"$MQTTWS\" watch @demo; echo ENDED $?")
    try shell.tmux.until("a screen") { try shell.tmux.capture().contains("Topics") }
    try shell.tmux.press("q")
    try shell.tmux.until("the end") { try shell.tmux.capture().contains("ENDED 0") }
    #expect(try shell.tmux.state() == "0 1 0")
  }
}
