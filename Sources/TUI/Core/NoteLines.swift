import MQTTSession
import Text

/// The lines below the panes: the latest notes, a recording that goes on, and what the selected row cut.
struct NoteLines {
  /// Where there are no lines for notes, a new one covers the footer for so long.
  static let freshness = Duration.seconds(5)

  let model: Model
  let layout: Layout

  func draw(on canvas: Canvas) {
    guard model.overlay == nil else { return }
    let area = canvas.part(layout.notes)
    guard area.rows > 0 else { return }
    var last = area.rows
    if let text = selectionText {
      last -= 1
      area.text(" \(text)", row: last, StyleID(.secondary))
    } else if area.rows > 2 {
      last -= 1
    }
    if let recording = model.recording {
      last -= 1
      area.text(recordingText(recording, area.glyphs), row: last, StyleID(.bad))
    }
    let shown = model.notes.suffix(max(0, last))
    for (row, entry) in shown.enumerated() {
      let time = model.workspace.clock(of: entry.wall).seconds
      let used = area.text(" \(time) ", row: row)
      let level = entry.note.level
      area.text(level.name, row: row, column: used, StyleID(level.role))
      area.text(entry.note.text, row: row, column: used + max(6, level.name.utf8.count + 1))
    }
  }

  /// A note for the footer's place, where notes have none of their own.
  var freshNote: Note? {
    guard layout.notes.rows == 0, let last = model.notes.last,
      model.workspace.time.duration(since: last.time) < Self.freshness
    else { return nil }
    return last.note
  }

  private var selectionText: String? {
    guard let placement = layout.placement(of: model.focused) else { return nil }
    let context = model.context(isFocused: true, layout)
    return model.pane(model.focused).selectionText(context, size: placement.content.size)
  }

  /// ` REC ● cap.ndjson 412 MiB  disk free 41 GiB  0 dropped`
  private func recordingText(_ recording: RecordingStatus, _ glyphs: Glyphs) -> String {
    var text = " REC \(glyphs.bullet) \(recording.path) \(Human.bytes(Int(clamping: recording.bytes)))"
    if let free = recording.diskFree { text += "  disk free \(Human.bytes(Int(clamping: free)))" }
    return text + "  \(Human.grouped(Int(clamping: recording.dropped))) dropped"
  }
}
