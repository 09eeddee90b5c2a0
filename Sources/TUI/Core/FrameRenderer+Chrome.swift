import Presentation
import Text

extension FrameRenderer {
  func drawHeader() {
    let style = StyleID(.header)
    let state = model.workspace.pause == nil ? "LIVE" : "PAUSED"
    let stateColumns = canvas.columns < 60 ? 7 : 8
    let end = canvas.columns - stateColumns
    canvas.text(state, row: 0, column: end, StyleID(.strong))
    canvas.text(" mqttws  \(model.configuration.target)", row: 0, width: end, style)
  }

  func drawTabs() {
    guard let row = layout.tabRow else { return }
    var column = 1
    for view in ViewID.allCases {
      let isCurrent = view == model.view
      let name = "\(view.rawValue + 1) \(view.name)"
      let text = isCurrent ? "[\(name)]" : " \(name) "
      canvas.text(text, row: row, column: column, StyleID(isCurrent ? .currentTab : .tab))
      column += text.utf8.count + 1
    }
  }

  func drawNotes() {
    let area = canvas.part(layout.notes)
    for (row, entry) in model.notes.suffix(area.rows).enumerated() {
      area.text(" \(entry.note.level.name)  \(entry.note.text)", row: row, StyleID(entry.note.level.role))
    }
  }

  func drawFooter() {
    canvas.part(layout.footer).text(" ? help  : command  Tab pane  q quit", row: 0, StyleID(.hint))
  }
}
