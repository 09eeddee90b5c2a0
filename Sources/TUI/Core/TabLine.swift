/// The second line: the views, and the filter at the right.
struct TabLine {
  private let current: ViewID

  init(_ current: ViewID) { self.current = current }

  private var tabs: [(view: ViewID, text: String, column: Int)] {
    var column = 1
    return ViewID.allCases.map { view in
      let name = "\(view.rawValue + 1) \(view.name)"
      defer { column += name.utf8.count + 3 }
      return (view, view == current ? "[\(name)]" : " \(name) ", column)
    }
  }

  func hit(column: Int) -> ViewID? {
    tabs.first { column >= $0.column && column < $0.column + $0.text.utf8.count }?.view
  }

  func draw(on canvas: Canvas, row: Int, _ model: Model) {
    var end = 0
    for tab in tabs {
      let style = StyleID(tab.view == current ? .currentTab : .tab)
      end = tab.column + canvas.text(tab.text, row: row, column: tab.column, style)
    }
    let filter = model.workspace.filter
    let text = filter.text.isEmpty ? "(none)" : filter.isOn ? filter.text : "(off) \(filter.text)"
    let style = StyleID(filter.isOn ? .strong : .secondary)
    let room = canvas.columns - end - 2 - 9
    guard room > 4 else { return }
    let width = min(room, canvas.measure(text))
    let start = canvas.columns - 1 - width
    canvas.text(text, row: row, column: start, width: width, style)
    canvas.text("filter: ", row: row, column: start - 8)
  }
}
