import Support
import TUI
import Testing

/// Every key of the table of actions, typed at a terminal.
@Suite(.ownThread)
struct WatchKeysTests {
  @Test func everyActionHasARowForEachPaneThatItNames() {
    for definition in ActionTable.rows {
      let rows = KeyTable.rows.filter { $0.action == definition.action }
      #expect(!rows.isEmpty, "\(definition.action.rawValue) has no row")
      guard case .panes(let panes) = definition.scope else { continue }
      let covered = Set(rows.flatMap(\.places).map(\.pane))
      #expect(covered.isSuperset(of: panes), "\(definition.action.rawValue) is not tried in every pane")
    }
  }

  @Test(arguments: KeyPlace.allCases) func everyKeyDoesWhatItSays(in place: KeyPlace) throws {
    let bench = try KeyBench(place)
    for row in KeyTable.rows where row.places.contains(place) {
      let strokes = KeyMap().keys(of: row.action).filter { bench.isValid($0, for: row.action) }
      #expect(!strokes.isEmpty, "\(row.action.rawValue) has no key in \(place)")
      for stroke in strokes { bench.expect(row, stroke) }
    }
    #expect(bench.watch.screen.violations == [])
  }
}

/// A run of `watch` in which one pane has the focus, with messages that never change.
final class KeyBench {
  let place: KeyPlace
  let watch: WatchTerminal
  private let broker: WatchBroker
  private let keys = KeyMap()

  /// In the order they are published: a topic with a history, and more rows than any pane has.
  private static let messages: [String] = {
    func line(_ topic: String, _ payload: String, _ rest: String = "") -> String {
      "{\"topic\":\"\(topic)\",\"payload\":\"\(payload.replacing("\"", with: "\\\""))\"\(rest)}\n"
    }
    func value(_ number: Int) -> String {
      "{\"text\": \"\(String(repeating: "long ", count: 20))ENDS\", \"t\": \(number), \"list\": [1, 2, 3, 4]}"
    }
    return [line("b/two", "5", ",\"retain\":1"), line("b/three/four", "6", ",\"retain\":1")]
      + [line("a-one", value(1)), line("a-one", value(2))]
      + (10..<80).map { line("x\($0)", "\($0)") } + [line("a-one", value(3))]
  }()
  /// So many of them are there before `watch` is.
  private static let retainedCount = 2

  init(_ place: KeyPlace) throws {
    self.place = place
    var program = try Mqttws()
    let editor = try program.home.write("editor", Array("#!/bin/sh\nprintf 'from the editor' >\"$1\"\n".utf8))
    try runTool("chmod", ["+x", editor])
    program.environment["EDITOR"] = editor
    broker = try WatchBroker(program)
    try Self.publish(Self.messages[..<Self.retainedCount], program, broker)
    let (rows, columns) = place.size
    watch = try WatchTerminal(
      [broker.url, "-t", "#", "-k", "20m"], rows: rows, columns: columns, program: program)
    try watch.wait(for: "SUBACK # granted")
    try Self.publish(Self.messages[Self.retainedCount...], program, broker)
    try watch.settle("all messages") { $0.text.contains("msgs \(Self.messages.count) ") }
    for keys in place.keys { try watch.settle(after: keys) }
  }

  private static func publish(
    _ messages: ArraySlice<String>, _ program: Mqttws, _ broker: WatchBroker
  ) throws {
    let recording = try program.home.write("recording", Array(messages.joined().utf8))
    let result = try program.run("pub", broker.url, "--replay", recording, "--speed", "max")
    #expect(result.status == .exited(0), "\(result.errorText)")
  }

  /// Whether the key means the action here, and not text or another action.
  func isValid(_ stroke: KeyMap.Stroke, for action: Action) -> Bool {
    if place == .form, stroke.count > 1 { return false }
    return keys.match(stroke, in: place.pane) == .action(action)
  }

  func expect(_ row: KeyRow, _ stroke: KeyMap.Stroke) {
    let name = "\(KeyMap.text(stroke)) (\(row.action.rawValue)) in \(place)"
    do {
      try prepare(row)
      let before = watch.screen
      try watch.press(stroke.map(\.bytes).joined() + row.then)
      try watch.settle(name) { row.sees(KeyEffect(before: before, after: $0)) }
      try watch.press(row.undo)
    } catch {
      Issue.record("\(error)")
      try? watch.press("\u{1B}\u{1B}")
    }
    if place != .form { try? watch.press("\(place.view.rawValue + 1)") }
  }

  /// What is typed first has had its effect when the screen was drawn anew after it.
  private func prepare(_ row: KeyRow) throws {
    let erasures = watch.screen.erasures
    try watch.press(row.before + "\u{0C}")
    try watch.settle("the screen before \(row.action.rawValue) in \(place)") {
      $0.erasures > erasures && $0.text.contains(row.ready)
        && !(row.absent.map($0.text.contains) ?? false)
    }
  }
}
