import MQTTPackets
import Presentation
import Testing

@testable import TUI

@Suite struct ModelTests {
  @Test func pauseFreezesTheViewAndCountsOn() {
    var screen = Screen()
    screen.connect()
    screen.receive([("a/b", "1")])
    screen.press("Space")
    screen.receive([("a/b", "2"), ("a/c", "3")])
    screen.pass(.seconds(41))
    #expect(screen.row(0).contains("PAUSED"))
    #expect(screen.text.contains("paused 00:41, +2"))
    screen.press("Space")
    #expect(screen.row(0).contains("LIVE"))
    #expect(!screen.text.contains("paused 00:41"))
  }

  @Test func theFilterIsCheckedWhileItIsTypedAndKept() {
    var screen = Screen()
    screen.press("/")
    screen.type("qos >")
    #expect(screen.row(23).contains("col "))
    screen.press("Enter")
    #expect(screen.model.overlay != nil)
    screen.type(" 0")
    screen.press("Enter")
    #expect(screen.model.overlay == nil)
    #expect(screen.model.workspace.filter.active?.text == "qos > 0")
    #expect(screen.row(1).contains("filter: qos > 0"))
    screen.press("F")
    #expect(screen.model.workspace.filter.active == nil)
    #expect(screen.row(1).contains("(off) qos > 0"))
    screen.press("/ Ctrl-U Up")
    #expect(screen.row(22).contains("qos > 0"))
    screen.press("Ctrl-U Enter")
    #expect(screen.row(1).contains("filter: (none)"))
  }

  @Test func pastedTextRunsNoKeys() {
    var screen = Screen()
    screen.send(.paste(Array("q3S".utf8)))
    #expect(screen.commands.isEmpty)
    #expect(screen.model.view == .topics)
    screen.press("/")
    screen.send(.paste(Array("retain\n".utf8)))
    #expect(screen.model.overlay != nil)
    screen.press("Enter")
    #expect(screen.model.workspace.filter.text == "retain")
  }

  @Test func thePaletteRunsCommandsWithArguments() {
    var screen = Screen()
    screen.press(":")
    screen.type("rec")
    #expect(screen.text.contains("> rec"))
    #expect(screen.text.contains("record start [file]"))
    screen.press("Ctrl-U")
    screen.type("record start /tmp/x.ndjson")
    screen.press("Enter")
    screen.press(":")
    screen.type("resubscribe plant/# 1")
    screen.press("Enter")
    #expect(
      screen.commands == [
        .startRecording(path: "/tmp/x.ndjson"), .subscribe(filter: "plant/#", qos: .atLeastOnce),
      ])
    screen.press(":")
    screen.type("zzzz")
    #expect(screen.text.contains("nothing like that"))
    screen.press("Esc")
    #expect(screen.model.overlay == nil)
  }

  @Test func helpIsSearchedAndRun() {
    var screen = Screen()
    screen.press("?")
    screen.type("message log nothing")
    #expect(screen.text.contains("nothing like that"))
    screen.press("Ctrl-U")
    screen.type("show the health")
    screen.press("Enter")
    #expect(screen.model.view == .health)
  }

  @Test func whatChangesTheBrokerAsks() {
    var screen = Screen()
    screen.press("S n")
    #expect(screen.commands.isEmpty)
    screen.press("S y")
    #expect(screen.commands == [.stopSubscriptions])
    screen.connect()
    #expect(screen.row(0).contains("STOPPED"))
    screen.press("S")
    #expect(screen.commands == [.stopSubscriptions, .startSubscriptions])
  }

  @Test func aTypedConfirmationMustBeExact() {
    var screen = Screen()
    let question = Confirmation(
      title: "Clear", lines: ["3 topics"], typed: "3", command: .clearRetained(topics: ["a"]))
    screen.model.overlay = .confirm(question, LineEditor())
    screen.type("y")
    screen.press("Enter")
    #expect(screen.commands.isEmpty && screen.model.overlay == nil)
    screen.model.overlay = .confirm(question, LineEditor())
    screen.type("3")
    screen.press("Enter")
    #expect(screen.commands == [.clearRetained(topics: ["a"])])
  }

  @Test func quittingAsksOnlyWhereSomethingIsLost() {
    var screen = Screen()
    screen.press("3 q")
    #expect(screen.commands.isEmpty && screen.model.view == .topics)
    screen.send(.result(.recordingStarted(path: "/tmp/x")))
    screen.press("q n q y")
    #expect(screen.commands == [.quit])
    screen.commands = []
    screen.press("Ctrl-C")
    #expect(screen.commands == [.quit])
    screen.commands = []
    screen.press("/ Ctrl-C Esc Esc Esc")
    #expect(screen.commands.isEmpty)
  }

  @Test func reconnectingAsksWithDeliveriesInFlight() {
    var screen = Screen()
    screen.press("Ctrl-R")
    #expect(screen.commands == [.reconnect])
    screen.connect()
    var figures = HealthFigures()
    figures.sentInFlight = 2
    screen.send(.health(figures))
    screen.press("Ctrl-R")
    #expect(screen.text.contains("2 deliveries are in flight"))
    screen.press("y")
    #expect(screen.commands == [.reconnect, .reconnect])
  }

  @Test func aLostConnectionCountsDownAndShowsItsDiagnosis() {
    var screen = Screen()
    screen.connect()
    var diagnosis = Diagnosis(.tcp, .unavailable, "connection refused\u{1B}[2J", "is the broker running?")
    diagnosis.evidence = ["127.0.0.1:8083"]
    screen.send(.connection(.retrying(diagnosis, after: .seconds(4))))
    #expect(screen.row(0).contains("RETRY in 4.0s"))
    screen.pass(.seconds(3))
    #expect(screen.row(0).contains("RETRY in 1.0s"))
    #expect(screen.text.contains("connection refused\\e[2J"))
    screen.press("!")
    #expect(screen.text.contains("is the broker running?"))
    screen.press("Ctrl-R")
    #expect(screen.commands == [.reconnect])
  }

  @Test func panesTakeFocusZoomAndResize() {
    var screen = Screen()
    #expect(screen.model.focused == .topics)
    screen.press("Tab")
    #expect(screen.model.focused == .detail)
    screen.press("\\")
    #expect(screen.model.layout.visible == [.detail])
    screen.press("Esc Ctrl-W w")
    #expect(screen.model.focused == .topics && screen.model.layout.visible.count == 2)
    let before = screen.model.layout.placements[0].content.columns
    screen.press(">")
    #expect(screen.model.layout.placements[0].content.columns == before + 2)
    for _ in 0..<100 { screen.press("<") }
    screen.press(">")
    #expect(screen.model.layout.placements[0].content.columns == 12)
    screen.press("=")
    #expect(screen.model.layout.placements[0].content.columns == before)
    screen.press("|")
    #expect(screen.model.layout.placements[0].content.columns == 80)
  }

  @Test func theMouseFindsTabsPanesBordersAndHints() {
    var screen = Screen()
    screen.send(.mouse(Mouse(.press, row: 1, column: 14)))
    #expect(screen.model.view == .messages)
    screen.press("1")
    screen.send(.mouse(Mouse(.press, row: 10, column: 60)))
    #expect(screen.model.focused == .detail)
    screen.send(.mouse(Mouse(.doubleClick, row: 2, column: 60)))
    #expect(screen.model.layout.visible == [.detail])
    screen.press("Esc")
    screen.send(.mouse(Mouse(.press, row: 10, column: 38)))
    screen.send(.mouse(Mouse(.drag, row: 10, column: 50)))
    screen.send(.mouse(Mouse(.release, row: 10, column: 50)))
    #expect(screen.model.layout.placements[0].content.columns == 50)
    let footer = screen.row(22)
    let column = footer.distance(
      from: footer.startIndex, to: footer.firstRange(of: "? help")?.lowerBound ?? footer.startIndex)
    screen.send(.mouse(Mouse(.press, row: 22, column: column)))
    guard case .help = screen.model.overlay else {
      Issue.record("no help")
      return
    }
  }

  @Test func theMouseCanBeTurnedOff() {
    var screen = Screen()
    screen.press("M M")
    #expect(screen.commands == [.setMouse(isOn: false), .setMouse(isOn: true)])
  }

  @Test func aTargetWithoutFilterAsksForOne() {
    var screen = Screen(asksForFilter: true)
    #expect(screen.row(22).contains("subscribe to: #"))
    screen.press("Ctrl-U")
    screen.type("plant/#/x")
    #expect(screen.row(23).contains("the topic filter has # before its last level"))
    screen.press("Backspace Backspace")
    screen.type(" 2")
    screen.press("Enter")
    #expect(screen.commands == [.subscribe(filter: "plant/#", qos: .exactlyOnce)])
  }

  @Test func tooSmallAWindowSaysSo() {
    var screen = Screen()
    screen.send(.resize(Size(rows: 8, columns: 38)))
    #expect(screen.row(0) == "window 38x8, need 40x10               ")
  }
}
