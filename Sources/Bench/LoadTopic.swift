import Text

/// Topics of the load, made from a template with ``LoadPlaceholders``.
package struct LoadTopic: Equatable, Sendable {
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

  /// - Parameter text: what `template` was made of.
  package init(_ template: Template, text: String) {
    self.text = text
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

  package func topic(_ values: LoadPlaceholders) -> String {
    levels.map { level in
      level.map { piece in
        switch piece {
        case .literal(let text): text
        case .placeholder(let name): values.value(name)
        }
      }.joined()
    }.joined(separator: "/")
  }

  /// The filter for all topics of this run: a level that varies is `+`.
  /// - Parameter client: nil for those of every client.
  package func filter(run: UInt32, client: Int?) -> String {
    let values = LoadPlaceholders(run: run, client: client ?? 0, topic: 0, sequence: 0)
    return levels.map { level in
      var text = ""
      for piece in level {
        switch (piece, Self.name(of: piece)) {
        case (.literal(let literal), _): text += literal
        case (.placeholder(let name), "run"): text += values.value(name)
        case (.placeholder(let name), "client") where client != nil: text += values.value(name)
        default: return "+"
        }
      }
      return text
    }.joined(separator: "/")
  }

  private static func name(of piece: Template.Piece) -> String? {
    guard case .placeholder(let name) = piece else { return nil }
    return LoadPlaceholders.base(name)
  }
}
