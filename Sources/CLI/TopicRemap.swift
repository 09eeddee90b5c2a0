import MQTTPackets
import Presentation

/// `--remap FROM=TO`: topics that match one filter become topics of another shape. What a `+` of FROM
/// stands for goes where the `+` of the same number is in TO, and what `#` stands for where `#` is.
struct TopicRemap: Equatable, Sendable {
  private enum Level: Equatable, Sendable {
    case text(String)
    case single
    case rest
  }

  let from: TopicFilter
  private let source: [Level]
  private let target: [Level]

  /// Splits at the first `=`.
  init(_ text: String) throws(CommandFailure) {
    guard let equals = text.firstIndex(of: "=") else {
      throw Self.refusal(text, "has no '='", hint: "write it as 'from/#=to/#'")
    }
    from = try Self.filter(String(text[..<equals]), of: text)
    let to = try Self.filter(String(text[text.index(after: equals)...]), of: text)
    guard from.shareName == nil, to.shareName == nil else {
      throw Self.refusal(text, "names a shared subscription", hint: "topics have none: leave $share out")
    }
    source = Self.levels(from.text)
    target = Self.levels(to.text)
    for wildcard in [Level.single, .rest] where count(wildcard, in: target) > count(wildcard, in: source) {
      throw Self.refusal(
        text, "has more \(wildcard == .rest ? "#" : "+") behind the = than before it",
        hint: "each wildcard of TO takes what the one of FROM stands for")
    }
  }

  /// Nil for a topic that FROM does not match. The result may be no valid topic name.
  func topic(for topic: String) -> String? {
    guard from.matches(topic) else { return nil }
    let levels = Self.split(topic)
    var singles = source.indices.filter { source[$0] == .single }.map { levels[$0] }[...]
    let rest = source.last == .rest ? levels.dropFirst(source.count - 1) : []
    var result: [Substring] = []
    for level in target {
      switch level {
      case .text(let text): result.append(text[...])
      case .single: if let single = singles.popFirst() { result.append(single) }
      case .rest: result += rest
      }
    }
    return result.joined(separator: "/")
  }

  private func count(_ level: Level, in levels: [Level]) -> Int { levels.count { $0 == level } }

  private static func filter(_ filter: String, of text: String) throws(CommandFailure) -> TopicFilter {
    do throws(TopicError) {
      return try TopicFilter(filter)
    } catch {
      throw refusal(text, "'\(filter)' \(error.reason.words)", hint: "write it as 'from/#=to/#'")
    }
  }

  private static func levels(_ filter: String) -> [Level] {
    split(filter).map { $0 == "+" ? .single : $0 == "#" ? .rest : .text(String($0)) }
  }

  private static func split(_ topic: String) -> [Substring] {
    topic.split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func refusal(_ text: String, _ problem: String, hint: String) -> CommandFailure {
    .usage("--remap '\(text.prefix(200))': \(problem)", hint: hint)
  }
}
