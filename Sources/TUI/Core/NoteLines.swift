import MQTTSession
import Presentation
import Text

/// The lines below the panes: the latest notes, a recording that goes on, and what the selected row cut.
struct NoteLines {
  /// Where there are no lines for notes, a new one covers the footer for so long.
  static let freshness = Duration.seconds(5)
  private static let levelColumn = 10
  private static let textColumn = 16

  let model: Model
  let layout: Layout

  func draw(on canvas: Canvas) {
    guard model.overlay == nil else { return }
    let area = canvas.part(layout.notes)
    guard area.rows > 0 else { return }
    var last = area.rows
    if let text = selectionText(area.glyphs) {
      last -= 1
      area.text(" \(text)", row: last, StyleID(.secondary))
    } else if area.rows > 2 {
      last -= 1
    }
    if let recording = model.recording {
      last -= 1
      area.text(recordingText(recording, area.glyphs), row: last, StyleID(.bad))
    }
    drawNotes(on: area, rows: last)
  }

  /// The latest that fit, the newest last; a long one goes on below itself.
  private func drawNotes(on area: Canvas, rows: Int) {
    var shown: [(text: String, wall: WallTime?, level: Note.Level)] = []
    for entry in model.notes.reversed() {
      let room = rows - shown.count
      var lines = wrapped(entry.note.text, area)
      guard room > 0, lines.count <= room || shown.isEmpty else { break }
      // The only one there is room for is cut where every other line is.
      if lines.count > room { lines = lines.prefix(room - 1) + [lines[(room - 1)...].joined()] }
      shown =
        lines.enumerated().map { ($1, $0 == 0 ? entry.wall : nil, entry.note.level) } + shown
    }
    for (row, line) in shown.enumerated() {
      if let wall = line.wall {
        area.text(" \(model.workspace.clock(of: wall).seconds) ", row: row)
        area.text(line.level.name, row: row, column: Self.levelColumn, StyleID(line.level.role))
      }
      area.text(line.text, row: row, column: Self.textColumn)
    }
  }

  private func wrapped(_ text: String, _ area: Canvas) -> [String] {
    let width = max(1, area.columns - Self.textColumn)
    guard area.measure(text) > width else { return [text] }
    return WrappedText(Sanitiser.line(text, asciiOnly: !area.capabilities.unicode), width: width).rows
  }

  /// A note for the footer's place, where notes have none of their own.
  var freshNote: Note? {
    guard layout.notes.rows == 0, let last = model.notes.last,
      model.workspace.time.duration(since: last.time) < Self.freshness
    else { return nil }
    return last.note
  }

  private func selectionText(_ glyphs: Glyphs) -> String? {
    guard let placement = layout.placement(of: model.focused) else { return nil }
    let context = model.context(isFocused: true, layout, glyphs)
    return model.pane(model.focused).selectionText(context, size: placement.content.size)
  }

  /// ` REC ● cap.ndjson 412 MiB  disk free 41 GiB  0 dropped`
  private func recordingText(_ recording: RecordingStatus, _ glyphs: Glyphs) -> String {
    var text = " REC \(glyphs.bullet) \(recording.path) \(Human.bytes(Int(clamping: recording.bytes)))"
    if let free = recording.diskFree { text += "  disk free \(Human.bytes(Int(clamping: free)))" }
    return text + "  \(Human.grouped(Int(clamping: recording.dropped))) dropped"
  }
}
