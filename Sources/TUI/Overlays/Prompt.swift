import Expression
import MQTTPackets

/// A line at the foot of the screen that asks for something, says at once whether it is valid, and
/// remembers what was entered before.
package struct Prompt: Sendable {
  package enum Kind: Hashable, Sendable {
    case filter
    case search
    /// A topic filter to subscribe to, with an optional QoS behind it.
    case subscribe

    var label: String {
      switch self {
      case .filter: "filter"
      case .search: "search"
      case .subscribe: "subscribe to"
      }
    }
  }

  static let historyLimit = 100

  package let kind: Kind
  package private(set) var editor: LineEditor
  private let history: [String]
  private var place: Int
  /// What was typed before the history was looked at.
  private var draft: String
  private var completions: Completions?
  private var chosen = 0

  package init(_ kind: Kind, text: String, history: [String]) {
    self.kind = kind
    editor = LineEditor(text)
    self.history = history
    place = history.count
    draft = text
  }

  package var text: String { editor.text }

  /// What is wrong with the text, in words; nil when it may be entered.
  package var problem: String? {
    guard !text.isEmpty else { return kind == .subscribe ? "a topic filter is needed" : nil }
    switch kind {
    case .filter:
      do throws(ExpressionError) { _ = try Expression(text, for: .wire) } catch { return error.description }
    case .search:
      do throws(SearchError) { _ = try Search(text) } catch { return error.message }
    case .subscribe:
      do throws(SubscriptionTextError) { _ = try SubscriptionText(text) } catch { return error.message }
    }
    return nil
  }

  /// The candidates that Tab goes through, the chosen one first; empty before Tab.
  package var offered: [String] {
    guard let completions, !completions.candidates.isEmpty else { return [] }
    let count = completions.candidates.count
    return (0..<min(count, 8)).map { completions.candidates[(chosen + $0) % count] }
  }

  /// False for a key that is not for the line.
  package mutating func type(_ key: Key) -> Bool {
    switch key.code {
    case .up: recall(-1)
    case .down: recall(1)
    case .tab: complete(key.modifiers == .shift ? -1 : 1)
    default:
      guard editor.type(key) else { return false }
      completions = nil
    }
    return true
  }

  package mutating func paste(_ bytes: [UInt8]) {
    editor.paste(bytes)
    completions = nil
  }

  package mutating func clear() { editor.replace(with: "") }

  private mutating func recall(_ step: Int) {
    let next = place + step
    guard next >= 0, next <= history.count else { return }
    if place == history.count { draft = text }
    place = next
    editor.replace(with: next == history.count ? draft : history[next])
    completions = nil
  }

  private mutating func complete(_ step: Int) {
    guard kind == .filter else { return }
    if let current = completions, !current.candidates.isEmpty {
      let old = current.candidates[chosen].unicodeScalars.count
      chosen = (chosen + step + current.candidates.count) % current.candidates.count
      let start = current.range.lowerBound
      editor.replace(start..<(start + old), with: current.candidates[chosen])
      return
    }
    let found = Expression.completions(of: text, at: editor.cursor, for: .wire)
    guard let first = found.candidates.first else { return }
    chosen = 0
    completions = found
    editor.replace(found.range, with: first)
  }
}
