/// Which keys run which action. An action may have several keys, and a key several actions whose panes
/// differ.
package struct KeyMap: Sendable {
  /// One key, or a prefix such as Ctrl-W and the key after it.
  package typealias Stroke = [Key]

  package enum Match: Equatable, Sendable {
    case action(Action)
    /// The beginning of something longer.
    case prefix
    case none
  }

  /// What is wrong with a line of `[keys]`.
  package struct Problem: Error, Equatable, Sendable {
    package var action: String
    package var message: String
  }

  private var strokes: [Action: [Stroke]] = [:]
  private var actions: [Stroke: [Action]] = [:]
  private var prefixes: Set<Key> = []

  /// The keys as they come.
  package init() {
    for row in ActionTable.rows { strokes[row.action] = row.keys.compactMap(Self.stroke) }
    index()
  }

  /// The keys as they come, with some actions moved to other keys. The value of a pair is one key or
  /// several after commas (`F5, Ctrl-W r`); an empty one takes the keys away. A key that another action
  /// had by default is taken from it.
  package init(rebinding pairs: [(action: String, keys: String)]) throws(Problem) {
    self.init()
    var owners: [Stroke: [Action]] = [:]
    for pair in pairs {
      guard let action = Action(rawValue: pair.action) else {
        throw Problem(action: pair.action, message: Self.unknown(pair.action))
      }
      let chosen = try Self.strokes(pair.keys, for: pair.action)
      let scope = ActionTable.definition(of: action).scope
      for stroke in chosen {
        if let other = owners[stroke]?.first(where: { $0 != action && Self.scope($0).overlaps(scope) }) {
          throw Problem(
            action: pair.action, message: "\(Self.text(stroke)) is the key of \(other.rawValue) already")
        }
        owners[stroke, default: []].append(action)
      }
      strokes[action] = chosen
    }
    for (stroke, takers) in owners { release(stroke, to: takers) }
    index()
    try checkPrefixes()
  }

  /// What the keys typed so far mean in a pane.
  package func match(_ stroke: Stroke, in pane: PaneID) -> Match {
    if pane == .form, stroke.first?.typed != nil { return .none }
    let valid = (actions[stroke] ?? []).filter { Self.scope($0).contains(pane) }
    // What only some panes know comes before what all do.
    if let action = valid.first(where: { Self.isSpecial($0) }) ?? valid.first { return .action(action) }
    if stroke.count == 1, prefixes.contains(stroke[0]) { return .prefix }
    return .none
  }

  package func keys(of action: Action) -> [Stroke] { strokes[action] ?? [] }

  /// The first key as hints show it: `^P`; empty when there is none.
  package func shortText(of action: Action) -> String {
    keys(of: action).first.map { $0.map(\.shortText).joined(separator: " ") } ?? ""
  }

  package static func text(_ stroke: Stroke) -> String { stroke.map(\.text).joined(separator: " ") }

  private static func scope(_ action: Action) -> ActionDefinition.Scope {
    ActionTable.definition(of: action).scope
  }

  private static func isSpecial(_ action: Action) -> Bool {
    if case .panes = scope(action) { true } else { false }
  }

  private static func unknown(_ name: String) -> String {
    let names = Action.allCases.map(\.rawValue)
    guard let nearest = NearestAction.name(for: name, among: names) else { return "there is no such action" }
    return "there is no such action; did you mean \(nearest)?"
  }

  private static func stroke(_ text: String) -> Stroke? {
    let keys = text.split(separator: " ").map { Key(text: String($0)) }
    guard !keys.isEmpty, keys.count <= 2 else { return nil }
    let known = keys.compactMap { $0 }
    return known.count == keys.count ? known : nil
  }

  private static func strokes(_ text: String, for action: String) throws(Problem) -> [Stroke] {
    var result: [Stroke] = []
    for part in text.split(separator: ",") {
      let name = part.trimmingPrefix { $0 == " " }
      guard let stroke = stroke(String(name)) else {
        throw Problem(
          action: action, message: "\"\(name)\" is no key; write x, Ctrl-X, F5, S-Tab, Space or Comma")
      }
      if let reserved = stroke.first(where: { $0 == .control("\\") || $0 == .control("q") }) {
        throw Problem(action: action, message: "\(reserved.text) belongs to the terminal")
      }
      result.append(stroke)
    }
    return result
  }

  /// Takes a key from the actions that had it by default where the new owners are valid too.
  private mutating func release(_ stroke: Stroke, to takers: [Action]) {
    for (action, own) in strokes where !takers.contains(action) && own.contains(stroke) {
      guard takers.contains(where: { Self.scope($0).overlaps(Self.scope(action)) }) else { continue }
      strokes[action] = own.filter { $0 != stroke }
    }
  }

  private mutating func index() {
    actions = [:]
    prefixes = []
    for row in ActionTable.rows {
      for stroke in strokes[row.action] ?? [] {
        actions[stroke, default: []].append(row.action)
        if stroke.count == 2 { prefixes.insert(stroke[0]) }
      }
    }
  }

  private func checkPrefixes() throws(Problem) {
    for key in prefixes {
      if let action = actions[[key]]?.first {
        throw Problem(
          action: action.rawValue, message: "\(key.text) begins other keys; it cannot be one of its own")
      }
    }
  }
}
