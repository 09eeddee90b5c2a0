import Presentation
import Text

/// One message in columns: No., Time, Topic, Q R D, Bytes, Payload.
struct MessageRowRenderer {
  /// Bytes of a payload that a row may show.
  private static let preview = 256

  private let canvas: Canvas
  private let workspace: Workspace
  private let columns: MessagesPane.Columns
  private let numberWidth: Int
  private let timeWidth: Int
  private let topicWidth: Int
  private let markedNumbers: Set<UInt64>

  init(_ canvas: Canvas, _ workspace: Workspace, _ columns: MessagesPane.Columns) {
    self.canvas = canvas
    self.workspace = workspace
    self.columns = columns
    let digits = String(workspace.store.totals.messages).utf8.count
    numberWidth = columns == .none ? 0 : max(5, digits) + 2
    timeWidth = columns == .none ? 0 : columns == .delta ? 10 : canvas.columns >= 90 ? 15 : 14
    let left = canvas.columns - 2 - numberWidth - timeWidth - 15
    topicWidth = max(6, min(34, left * 2 / 5))
    markedNumbers = Set(workspace.marks.values.filter { $0.pane != .frames }.map(\.number))
  }

  private var topicStart: Int { 2 + numberWidth + timeWidth }
  private var flagStart: Int { topicStart + topicWidth + 1 }

  func drawHeading() {
    let style = StyleID(.secondary)
    if columns != .none {
      canvas.text("No.", row: 0, column: 2, style)
      canvas.text(columns == .delta ? "Delta" : "Time", row: 0, column: 2 + numberWidth, style)
    }
    canvas.text("Topic", row: 0, column: topicStart, width: topicWidth, style)
    canvas.text("Q R D  Bytes  Payload", row: 0, column: flagStart, style)
  }

  func draw(_ position: UInt64, after previous: UInt64?, line: Int) {
    guard let message = workspace.store.message(at: position, payloadPrefix: Self.preview) else { return }
    if markedNumbers.contains(message.number) {
      canvas.glyph("*", row: line, column: 1, StyleID(.marked))
    }
    if columns != .none { drawTime(message, after: previous, line) }
    canvas.text(
      message.topic, row: line, column: topicStart, width: topicWidth, StyleID(.name), elision: .middle)
    canvas.text("\(message.qos.rawValue)", row: line, column: flagStart)
    canvas.text(message.retain ? "R" : "-", row: line, column: flagStart + 2, StyleID(.retained))
    canvas.text(message.isDuplicate ? "D" : "-", row: line, column: flagStart + 4)
    canvas.textEnding(
      Human.grouped(message.payloadLength), row: line, end: flagStart + 12, start: flagStart + 5)
    canvas.preview(of: message, row: line, column: flagStart + 14)
  }

  private func drawTime(_ message: StoredMessage, after previous: UInt64?, _ line: Int) {
    canvas.text("\(message.number)", row: line, column: 2, width: numberWidth - 1)
    var time = workspace.clock(of: message.receivedAt).text(digits: timeWidth > 14 ? 4 : 3)
    if columns == .delta {
      let earlier = previous.flatMap { workspace.store.receivedAt($0) }
      time =
        earlier.map {
          Figures.delta(nanoseconds: message.receivedAt.nanoseconds &- $0.nanoseconds)
        } ?? ""
    }
    canvas.text(time, row: line, column: 2 + numberWidth, width: timeWidth - 1, StyleID(.secondary))
  }
}

extension Canvas {
  /// The beginning of a payload, to the end of the row.
  func preview(of message: StoredMessage, row: Int, column: Int) {
    guard PayloadText.isText(message.payload, isCut: message.payload.count < message.payloadLength) else {
      let hex = message.payload.prefix(32).map { PayloadText.hex($0) }.joined(separator: " ")
      text("<binary> \(hex)", row: row, column: column, StyleID(.secondary))
      return
    }
    message.payload.withUnsafeBytes { _ = bytes($0, row: row, column: column) }
  }
}
