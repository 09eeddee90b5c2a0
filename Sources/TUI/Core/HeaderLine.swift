import MQTTPackets
import MQTTSession
import Text

/// The first line: where the connection goes and how it is.
struct HeaderLine {
  let model: Model
  let layout: Layout

  func draw(on canvas: Canvas) {
    let end = canvas.columns - (layout.isCompact && canvas.columns < 60 ? 7 : 8)
    canvas.text(stateWord.text, row: 0, column: end, StyleID(stateWord.role))
    let parts = fitting(canvas, end)
    var column = 1
    for (index, part) in parts.enumerated() {
      column += canvas.text(part.text, row: 0, column: column, width: end - column, StyleID(part.role))
      column += index == parts.count - 1 || canvas.columns < 60 ? 1 : 2
    }
  }

  private struct Part {
    var text: String
    var role = Role.header
    /// The lowest goes first where there is no room.
    var rank: Int
  }

  private var stateWord: (text: String, role: Role) {
    if model.workspace.pause != nil { return ("PAUSED", .waiting) }
    if case .up = model.status.state {
      return model.areSubscriptionsStopped ? ("STOPPED", .waiting) : ("LIVE", .good)
    }
    return ("OFFLINE", .bad)
  }

  /// The parts that fit; the target is shortened last.
  private func fitting(_ canvas: Canvas, _ end: Int) -> [Part] {
    let gap = canvas.columns < 60 ? 1 : 2
    var parts = canvas.columns < 60 ? compactParts : wholeParts
    if canvas.columns < 120 { parts.removeAll { $0.rank <= 4 } }
    func width(_ parts: [Part]) -> Int {
      parts.reduce(1) { $0 + canvas.measure($1.text) + gap }
    }
    while width(parts) > end, let least = parts.map(\.rank).min(), least < 90 {
      parts.removeAll { $0.rank == least }
    }
    return parts
  }

  private var compactParts: [Part] {
    [Part(text: "mqttws", rank: 90), state, roundTrip, incoming(withUnit: false)].compactMap { $0 }
  }

  private var wholeParts: [Part] {
    let version = model.configuration.version
    let target = Part(text: model.configuration.target, rank: 50)
    var parts = [Part(text: "mqttws", rank: 90)]
    if !version.isEmpty, layout.size.columns >= 120 { parts[0].text += " \(version)" }
    parts.append(target)
    if let facts = model.status.facts {
      parts.append(Part(text: "client \(facts.clientIdentifier)", rank: 2))
      parts.append(Part(text: facts.version == .v5 ? "MQTT 5.0" : "MQTT 3.1.1", rank: 3))
    }
    let rate = model.rate
    parts += [state, roundTrip, incoming(withUnit: true)].compactMap { $0 }
    parts.append(Part(text: "out \(Human.count(Int(rate.messagesOut)))/s", rank: 4))
    return parts
  }

  private var state: Part? {
    let status = model.status
    let age = model.workspace.time.duration(since: status.since)
    let whole = Duration.seconds(max(0, age.components.seconds))
    switch status.state {
    case .up:
      let text = layout.size.columns < 60 ? "UP" : "UP \(Human.duration(whole))"
      return Part(text: text, role: .good, rank: 80)
    case .connecting(let attempt):
      return Part(text: attempt > 1 ? "CONNECTING #\(attempt)" : "CONNECTING", role: .waiting, rank: 80)
    case .waiting(let until):
      let left = max(.zero, until.duration(since: model.workspace.time))
      return Part(text: "RETRY in \(Self.seconds(left))", role: .bad, rank: 80)
    case .ended: return Part(text: "DOWN", role: .bad, rank: 80)
    }
  }

  private var roundTrip: Part? {
    guard case .up = model.status.state, let last = model.status.figures.mqttPing.last else { return nil }
    return Part(text: "rtt \(Human.duration(last))", rank: 40)
  }

  private func incoming(withUnit: Bool) -> Part? {
    let rate = "\(Human.count(Int(model.rate.messagesIn)))/s"
    guard withUnit else { return Part(text: rate, rank: 30) }
    guard layout.size.columns >= 120 else { return Part(text: "in \(rate)", rank: 30) }
    return Part(text: "in \(rate) \(Human.count(Int(model.rate.bytesIn)))B/s", rank: 30)
  }

  /// `4s`, `0.3s`: counts down in tenths where that is what is left.
  static func seconds(_ duration: Duration) -> String {
    let tenths = Int(duration / .milliseconds(100))
    return tenths >= 100 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
  }
}
