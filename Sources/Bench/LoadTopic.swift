import Text

/// Topics of the load, made from a template with the placeholders of `names`.
package struct LoadTopic: Equatable, Sendable {
  package static let names = ["run", "client", "topic", "seq"]
  /// A topic of one's own per run, so that two runs on one broker do not meet.
  package static let standard = LoadTopic(
    text: "mqttws-bench/{run}/{client}/{topic}",
    levels: [
      [.literal("mqttws-bench")], [.placeholder("run")], [.placeholder("client")], [.placeholder("topic")],
    ])

  package let text: String
  private let levels: [[Template.Piece]]

  private init(text: String, levels: [[Template.Piece]]) {
    self.text = text
    self.levels = levels
  }

  package init(_ text: String) throws(TemplateError) {
    self.text = text
    let template = try Template(text, known: Self.names)
    var levels: [[Template.Piece]] = [[]]
    for piece in template.pieces {
      guard case .literal(let literal) = piece else {
        levels[levels.count - 1].append(piece)
        continue
      }
      for (index, part) in literal.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
        if index > 0 { levels.append([]) }
        if !part.isEmpty { levels[levels.count - 1].append(.literal(String(part))) }
      }
    }
    self.levels = levels
  }

  package static func == (left: LoadTopic, right: LoadTopic) -> Bool { left.text == right.text }

  package func contains(_ name: String) -> Bool {
    levels.contains { level in level.contains { Self.name(of: $0) == name } }
  }

  package func topic(run: UInt32, client: Int, topic: Int, sequence: UInt64) -> String {
    levels.map { level in
      level.map { piece in
        switch piece {
        case .literal(let text): return text
        case .placeholder(let name):
          switch Self.base(name) {
          case "run": return Self.hexadecimal(run)
          case "client": return Self.number(UInt64(client), name)
          case "topic": return Self.number(UInt64(topic), name)
          default: return Self.number(sequence, name)
          }
        }
      }.joined()
    }.joined(separator: "/")
  }

  /// The filter for all topics of this run: a level that varies is `+`.
  /// - Parameter client: nil for those of every client.
  package func filter(run: UInt32, client: Int?) -> String {
    levels.map { level in
      var text = ""
      for piece in level {
        switch (piece, Self.name(of: piece)) {
        case (.literal(let literal), _): text += literal
        case (_, "run"): text += Self.hexadecimal(run)
        case (_, "client"):
          guard let client, case .placeholder(let name) = piece else { return "+" }
          text += Self.number(UInt64(client), name)
        default: return "+"
        }
      }
      return text
    }.joined(separator: "/")
  }

  private static func name(of piece: Template.Piece) -> String? {
    guard case .placeholder(let name) = piece else { return nil }
    return base(name)
  }

  private static func base(_ name: String) -> String { String(name.prefix { $0 != ":" }) }

  /// `{seq:06}` pads with zeros.
  private static func number(_ value: UInt64, _ name: String) -> String {
    let digits = name.split(separator: ":").dropFirst().first.flatMap { Int($0) } ?? 0
    let text = String(value)
    return String(repeating: "0", count: max(0, min(digits, 20) - text.count)) + text
  }

  package static func hexadecimal(_ run: UInt32) -> String {
    let text = String(run, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }
}
