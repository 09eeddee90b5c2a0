import Text

/// One row of the tree: sign, label, where there is room the last value, QoS and retained marks, a figure, a
/// sparkline.
struct TopicRowRenderer {
  /// From so many columns on there is room for the last value.
  private static let columnsWithValue = 72
  private let canvas: Canvas
  private let store: Store
  private let line: Int

  init(_ canvas: Canvas, _ store: Store, _ line: Int) {
    self.canvas = canvas
    self.store = store
    self.line = line
  }

  private var sparks: Int { canvas.columns >= 43 ? 10 : canvas.columns >= 36 ? 7 : 0 }

  func draw(_ row: TopicRow) {
    guard let content = store.topics.content(of: row, at: store.second, sparks: sparks) else { return }
    var end = canvas.columns - 1
    if sparks > 0 {
      drawSparkline(content.sparkline, end: end)
      end -= sparks + 1
    }
    if canvas.columns >= 56 {
      canvas.textEnding(Human.count(Int(clamping: content.messages)), row: line, end: end, start: end - 6)
      end -= 7
    }
    let figure = figure(content)
    canvas.textEnding(figure, row: line, end: end, start: end - 7)
    end -= 8
    if canvas.columns >= 34 {
      drawMarks(content, column: end - 4)
      end -= 5
    }
    if canvas.columns >= Self.columnsWithValue {
      let value = (end + 1) / 2
      drawValue(row, columns: value..<(end - 1))
      end = value - 1
    }
    drawLabel(content, end: end)
  }

  private func drawValue(_ row: TopicRow, columns: Range<Int>) {
    let room = canvas.part(
      Rectangle(row: line, column: columns.lowerBound, rows: 1, columns: columns.count))
    guard let topic = store.topics.topic(of: row.id),
      let message = store.newestMessage(of: topic, payloadPrefix: columns.count)
    else { return }
    room.preview(of: message, row: 0, column: 0)
  }

  private func figure(_ content: TopicRowContent) -> String {
    switch store.order {
    case .bytes: Human.bytes(Int(clamping: content.bytes)).replacing(" ", with: "")
    case .count where canvas.columns < 56: Human.count(Int(clamping: content.messages))
    default: Figures.rate(content.rate)
    }
  }

  private func drawSparkline(_ levels: [UInt8], end: Int) {
    for (offset, level) in levels.enumerated() {
      let glyph = canvas.glyphs.sparks[Int(max(1, level)) - 1]
      canvas.glyph(glyph, row: line, column: end - levels.count + offset, StyleID(.chart))
    }
  }

  private func drawMarks(_ content: TopicRowContent, column: Int) {
    guard let qos = content.qos else { return }
    canvas.text("q\(qos.rawValue)", row: line, column: column, StyleID(.secondary))
    if content.isRetained { canvas.glyph("R", row: line, column: column + 3, StyleID(.retained)) }
  }

  private func drawLabel(_ content: TopicRowContent, end: Int) {
    let glyphs = canvas.glyphs
    // However deep, a few columns of the label stay.
    let indent = min(1 + 2 * content.depth, max(1, end - 10))
    let sign = content.isBranch ? (content.isExpanded ? glyphs.expanded : glyphs.collapsed) : glyphs.leaf
    canvas.glyph(sign, row: line, column: indent, StyleID(.secondary))
    var suffix = ""
    if content.isBranch, !content.isExpanded { suffix = " (\(Human.grouped(content.topicsBelow)))" }
    if content.evictedTopics > 0 { suffix += " (evicted \(Human.count(content.evictedTopics)))" }
    if content.isPinned { suffix += " *" }
    let start = indent + 2
    let room = max(0, end - start)
    let label = content.label.isEmpty ? "(empty)" : content.label
    let style = StyleID(content.label.isEmpty ? .secondary : .name)
    let suffixWidth = min(suffix.utf8.count, max(0, room - 4))
    let used = canvas.text(
      label, row: line, column: start, width: max(0, room - suffixWidth), style, elision: .middle)
    if suffixWidth > 0 {
      canvas.text(suffix, row: line, column: start + used, width: suffixWidth, StyleID(.secondary))
    }
  }
}

extension String {
  fileprivate func replacing(_ scalar: Unicode.Scalar, with text: String) -> String {
    var result = ""
    for each in unicodeScalars {
      if each == scalar { result += text } else { result.unicodeScalars.append(each) }
    }
    return result
  }
}
