import TUI

/// What an action has to do where its keys are valid, as it can be seen at the terminal.
struct KeyRow: Sendable {
  typealias Sees = @Sendable (KeyEffect) -> Bool

  let action: Action
  let places: [KeyPlace]
  /// Typed first; the screen before the key is that after these.
  let before: String
  /// What must be on the screen before the key.
  let ready: String
  /// What must no longer be on the screen before the key.
  let absent: String?
  /// Typed after the key, such as an answer to the question it asks.
  let then: String
  let sees: Sees
  /// What makes the effect undone.
  let undo: String

  init(
    _ action: Action, _ places: [KeyPlace], before: String = "", ready: String = "", absent: String? = nil,
    then: String = "", undo: String = "", _ sees: @escaping Sees
  ) {
    self.action = action
    self.places = places
    self.before = before
    self.ready = ready
    self.absent = absent
    self.then = then
    self.undo = undo
    self.sees = sees
  }
}

/// Every action, and what its keys do.
enum KeyTable {
  static let views: [KeyPlace] = [.topics, .messages, .frames, .health]
  static let lists: [KeyPlace] = [.topics, .messages, .frames]
  static let payloads: [KeyPlace] = [.topics, .messages, .detail, .history]
  private static let escape = "\u{1B}"
  /// Takes the filter away again.
  private static let noFilter = "/\u{15}\r"

  static let rows: [KeyRow] =
    global + arranging + movement + filtering + topics + detail + copying + form + connection

  private static let global: [KeyRow] = [
    .init(.help, views + [.form], undo: escape) { $0.appears("Help: ") },
    .init(.palette, views + [.form], undo: escape) { $0.appears("─ Commands ─") },
    .init(.viewTopics, [.messages, .frames, .health]) { $0.appears("[1 Topics]") },
    .init(.viewMessages, [.topics, .frames, .health]) { $0.appears("[2 Messages]") },
    .init(.viewWire, [.topics, .messages, .health]) { $0.appears("[3 Wire]") },
    .init(.viewHealth, [.topics, .messages, .frames]) { $0.appears("[4 Health]") },
    .init(.viewPublish, views, undo: escape) { $0.appears("[5 Publish]") },
    .init(.publish, views, undo: escape) {
      $0.appears("[5 Publish]") && $0.text.contains("Topic     a-one")
    },
    .init(.pause, views, undo: " ") { $0.appears("PAUSED") },
    .init(.follow, [.messages, .frames], before: "g", ready: "follow off", undo: "Gf") {
      $0.appears("follow on")
    },
    .init(.toggleMouse, views, undo: "M") { $0.before.modes != $0.after.modes },
    .init(.redraw, views + [.form]) { $0.after.erasures > $0.before.erasures },
    // Without a shell nothing stops; the terminal is given back and taken again all the same.
    .init(.suspend, views + [.form]) { $0.after.departures > $0.before.departures },
    // At the top level it ends the run, which the tests of ends look at.
    .init(.quit, [.messages, .frames, .health]) { $0.appears("[1 Topics]") },
    .init(.quit, [.form], undo: "5") { $0.appears("[1 Topics]") },
    .init(.interrupt, views, before: "/", ready: "Enter shows all") { $0.vanishes("Enter shows all") },
    .init(.back, views, before: "?", ready: "Help: ") { $0.vanishes("Help: ") },
    .init(.back, [.form], undo: "5") { $0.vanishes("[5 Publish]") },
    .init(.errorDetail, views) { $0.appears("no failure so far") },
    .init(.webSocketPing, [.health]) { $0.appears("pong in ") },
  ]

  private static let arranging: [KeyRow] = [
    .init(.nextPane, [.topics, .messages, .frames, .decoded], undo: "\u{1B}[Z") { $0.moves },
    .init(.previousPane, [.topics, .messages, .frames, .decoded], undo: "\t") { $0.moves },
    .init(.zoom, lists, undo: "\\") { KeyEffect.titles($0.after) < KeyEffect.titles($0.before) },
    .init(.nextLayout, lists, undo: "=") { $0.rearranges },
    .init(.narrower, [.topics, .detail], undo: "=") { $0.rearranges },
    .init(.wider, [.topics, .detail], undo: "=") { $0.rearranges },
    .init(.taller, [.messages, .frames], undo: "=") { $0.rearranges },
    .init(.shorter, [.messages, .frames], undo: "=") { $0.rearranges },
    .init(.resetLayout, lists, before: "\\") { KeyEffect.titles($0.after) > KeyEffect.titles($0.before) },
  ]

  private static let rowPlaces: [KeyPlace] = [.topics, .messages, .detail, .frames, .decoded, .bytes]

  private static let movement: [KeyRow] = [
    .init(.down, rowPlaces, before: "g") { $0.rows == 1 },
    .init(.down, [.health], before: "g") { $0.scrolls },
    .init(.up, rowPlaces, before: "gj") { $0.rows == -1 },
    .init(.up, [.health], before: "gj") { $0.scrolls },
    .init(.right, [.topics], before: "Ogj", undo: "h") { $0.appears("▾") },
    .init(.left, [.topics], before: "Ogjl") { $0.vanishes("▾") },
    .init(.right, [.messages], undo: "h") { $0.appears("  Delta ") },
    .init(.left, [.messages], before: "l", ready: "  Delta ") { $0.vanishes("  Delta ") },
    .init(.right, [.bytes], before: "g") { $0.columns == 3 },
    .init(.left, [.bytes], before: "gl") { $0.columns == -3 },
    .init(.halfPageDown, rowPlaces, before: "g") { $0.rows > 1 || $0.scrolls },
    .init(.halfPageUp, rowPlaces, before: "G") { $0.rows < -1 || $0.scrolls },
    .init(.pageDown, rowPlaces, before: "g") { $0.rows > 1 || $0.scrolls },
    .init(.pageUp, rowPlaces, before: "G") { $0.rows < -1 || $0.scrolls },
    .init(.first, rowPlaces, before: "gj") { $0.rows == -1 },
    .init(.last, rowPlaces, before: "g") { $0.rows > 1 || $0.scrolls },
    .init(.halfPageDown, [.health], before: "g") { $0.scrolls },
    .init(.halfPageUp, [.health], before: "G") { $0.scrolls },
    .init(.pageDown, [.health], before: "g") { $0.scrolls },
    .init(.pageUp, [.health], before: "G") { $0.scrolls },
    .init(.first, [.health], before: "G") { $0.scrolls },
    .init(.last, [.health], before: "g") { $0.scrolls },
    .init(.setMark, [.topics, .messages, .frames, .detail], before: "g", then: "a") {
      $0.appears("marked #")
    },
    .init(.jumpToMark, [.messages, .frames], before: "gmaG", then: "a") { $0.moves },
  ]

  private static let filtering: [KeyRow] = [
    .init(.filter, views, undo: escape) { $0.appears("Enter shows all") },
    .init(.toggleFilter, views, before: "/qos == 2\r", ready: "filter: qos == 2", undo: noFilter) {
      $0.appears("(off) qos ==")
    },
    .init(.search, views, undo: escape) { $0.appears("then n and N") },
    .init(.searchNext, lists, before: "\u{06}\u{15}x1\rg") { $0.selected.contains("x10") },
    .init(.searchPrevious, lists, before: "\u{06}\u{15}x1\rG") { $0.selected.contains("x19") },
    .init(.applyAsFilter, [.decoded], before: "gjjj", undo: noFilter) {
      $0.appears("filter: topic == ")
    },
  ]

  private static let topics: [KeyRow] = [
    .init(.open, [.topics], before: "Ogj", undo: "h") { $0.appears("▾") },
    .init(.open, [.messages, .frames], undo: "\u{1B}[Z") { $0.moves },
    .init(.openAll, [.topics], before: "Og", undo: "O") { $0.appears("▾") },
    .init(.closeAll, [.topics], before: "og") { $0.vanishes("▾") },
    .init(.openBelow, [.topics], before: "Ogj", undo: "O") { $0.appears("▾") },
    .init(.closeBelow, [.topics], before: "ogj", undo: "O") { $0.vanishes("▾") },
    .init(.pin, [.topics], before: "Ogj", undo: "*") { $0.appears(" *") },
    .init(.sort, [.topics], undo: "ssss") { $0.appears(" · by rate") },
    .init(.flat, [.topics], undo: "t") { $0.appears(" · flat") },
    .init(.resetRates, [.topics], before: "Ogjj") { $0.vanishes("history 1/") },
    .init(.clearRetained, [.topics], before: "Ogj", undo: escape) { $0.appears("─ Clear retained ") },
  ]

  private static let detail: [KeyRow] = [
    .init(.diff, [.topics], before: "g", undo: "d") { $0.appears("diff vs") },
    .init(.diff, [.messages], before: "G", undo: "d") { $0.appears("diff vs") },
    .init(.diff, [.detail, .history], undo: "d") { $0.appears("diff vs") },
    .init(.format, payloads, undo: "xxxxx") { $0.vanishes("  json ") },
    .init(.chart, payloads, undo: "c") { $0.appears("  min ") },
    .init(.older, payloads, undo: "]") { $0.vanishes("\"t\": 3") },
    .init(.newer, payloads, before: "[", ready: "\"t\": 2") { $0.appears("\"t\": 3") },
    .init(.wrap, payloads, undo: "w") { $0.appears("ENDS") },
  ]

  private static let copying: [KeyRow] = [
    .init(.copy, payloads, then: "p") { $0.after.clipboard.count > $0.before.clipboard.count },
    .init(.copy, [.frames, .decoded, .bytes], then: "x") {
      $0.after.clipboard.count > $0.before.clipboard.count
    },
    .init(.export, payloads + [.frames], undo: escape) { $0.appears("xport") || $0.appears(" to mqttws-") },
    .init(.edit, payloads) { $0.after.departures > $0.before.departures },
  ]

  private static let form: [KeyRow] = [
    .init(.nextField, [.form]) { $0.moves },
    .init(.previousField, [.form]) { $0.moves },
    .init(.editPayload, [.form]) { $0.appears("from the editor") },
    .init(.send, [.form], before: "sent/one", ready: "sent/one") { $0.appears("Last: ") },
    .init(.previousDraft, [.form], before: "\u{15}", absent: "sent/one", undo: "\u{1B}[6~") {
      $0.appears("sent/one")
    },
    .init(.nextDraft, [.form], before: "\u{15}\u{1B}[5~", ready: "sent/one") { $0.vanishes("sent/one") },
  ]

  /// Last, for the broker sends what is retained once more.
  private static let connection: [KeyRow] = [
    .init(.record, views, undo: "r") { $0.appears("recording ") || $0.appears(" REC ") },
    .init(.stopSubscriptions, views, then: "y", undo: "S") { $0.appears("STOPPED") },
    .init(.reconnect, views + [.form], absent: "UP 0s") { $0.appears("UP 0s") },
  ]
}
