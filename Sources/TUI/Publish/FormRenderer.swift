import MQTTPackets
import Text

/// Draws the publish form.
struct FormRenderer {
  let form: PublishPane
  let canvas: Canvas
  let context: PaneContext

  private static let hint = "   ^S send   ^E $EDITOR   Tab next field   PgUp history   Esc back (draft kept)"

  /// Where the hints stand, of which Send can be clicked.
  static func hintRow(_ size: Size) -> Int {
    FormPlan(size, focused: .topic).isWide ? size.rows - 1 : .max
  }

  static func isSend(_ column: Int) -> Bool { (3..<10).contains(column) }

  func draw() {
    let plan = FormPlan(canvas.size, focused: form.focused)
    let problem = form.problem(context.workspace.version)
    for place in plan.places where place.field != .payload {
      let row = place.row - plan.offset
      guard row >= 0, row < canvas.rows else { continue }
      draw(place, row, isWrong: problem?.field == place.field)
    }
    drawPayload(plan)
    drawFoot(plan, problem)
  }

  private func draw(_ place: FormPlan.Place, _ row: Int, isWrong: Bool) {
    let isFocused = place.field == form.focused && context.isFocused
    let label = StyleID(isFocused ? .focusedTitle : .plain)
    canvas.text(place.field.label, row: row, column: place.labelColumn, width: 11, label)
    switch place.field {
    case .qos:
      let values = (0...2).map { (String($0), Int(form.draft.qos.rawValue) == $0) }
      drawChoice(values, place, row, isFocused)
    case .payloadKind:
      let values = Draft.PayloadKind.allCases.map { ($0.name, $0 == form.draft.payloadKind) }
      let used = drawChoice(values, place, row, isFocused)
      canvas.text(payloadFacts, row: row, column: used + 1, StyleID(.secondary))
    case .retain: drawCheck(form.draft.isRetained, place, row, isFocused)
    case .isText: drawCheck(form.draft.isText, place, row, isFocused)
    default: drawText(place, row, isFocused, isWrong)
    }
  }

  private func drawText(_ place: FormPlan.Place, _ row: Int, _ isFocused: Bool, _ isWrong: Bool) {
    let style = StyleID(isWrong && !form.draft.text(place.field).isEmpty ? .invalidInput : .input)
    let editor = form.draft.texts[place.field] ?? LineEditor()
    // Underscores show the field where underlining does not.
    let used = min(place.columns, canvas.measure(editor.text))
    editor.draw(
      on: canvas, row: row, column: place.column, width: place.columns, style, hasCursor: isFocused)
    let rest = (place.column + used)..<(place.column + max(used, place.columns))
    canvas.fill(row: row, columns: rest, StyleID(.secondary), with: "_")
  }

  @discardableResult
  private func drawChoice(
    _ values: [(name: String, isChosen: Bool)], _ place: FormPlan.Place, _ row: Int, _ isFocused: Bool
  ) -> Int {
    var column = place.column
    for value in values {
      if isFocused, value.isChosen { canvas.setCursor(row: row, column: column + 1) }
      let mark = value.isChosen ? String(canvas.glyphs.filledRadio) : " "
      let style = StyleID(value.isChosen ? .strong : .plain)
      column += canvas.text("(\(mark)) \(value.name)", row: row, column: column, style) + 2
    }
    return column
  }

  private func drawCheck(_ isOn: Bool, _ place: FormPlan.Place, _ row: Int, _ isFocused: Bool) {
    canvas.text("[\(isOn ? "x" : " ")]", row: row, column: place.column, StyleID(isOn ? .strong : .plain))
    if isFocused { canvas.setCursor(row: row, column: place.column + 1) }
  }

  private func drawPayload(_ plan: FormPlan) {
    let area = canvas.part(
      Rectangle(
        row: plan.payloadTop - plan.offset, column: 0, rows: plan.payloadRows, columns: canvas.columns - 2))
    guard area.rows >= 2, plan.payloadTop >= plan.offset else { return }
    let isFocused = form.focused == .payload && context.isFocused
    area.box("", StyleID(isFocused ? .focusedTitle : .border))
    let inner = area.part(Rectangle(row: 1, column: 1, rows: area.rows - 2, columns: area.columns - 2))
    form.draft.payload.draw(on: inner, hasCursor: isFocused)
  }

  /// `42 B  JSON ok`
  private var payloadFacts: String {
    if form.draft.payloadKind == .file { return "the path of a file, below" }
    guard let bytes = try? form.draft.payloadBytes(file: nil) else { return "two digits a byte" }
    let size = Human.bytes(bytes.count)
    guard form.draft.payloadKind == .text, bytes.contains(where: { $0 == 0x7B || $0 == 0x5B }),
      let first = bytes.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B
    else { return size }
    do throws(JSONError) {
      _ = try JSONParser.parse(form.draft.payload.text, limit: 1 << 20)
      return "\(size)  JSON ok"
    } catch {
      return "\(size)  JSON: \(error.description)"
    }
  }

  private func drawFoot(_ plan: FormPlan, _ problem: Draft.Problem?) {
    let row = canvas.rows - (plan.isWide ? 3 : 1)
    guard row >= 0 else { return }
    if !plan.isWide { canvas.fill(row: row) }
    if let series = form.series {
      let sent = series.total - series.left
      canvas.text(" sending \(sent) of \(series.total)   ^S stops", row: row, StyleID(.waiting))
    } else if let problem, !form.draft.text(.topic).isEmpty {
      canvas.text(" \(problem.field.label): \(problem.message)", row: row, StyleID(.warning))
    } else if let outcome = form.outcome {
      let time = context.workspace.clock(of: outcome.wall).seconds
      let after = outcome.after.map { " in \(Human.duration($0))" } ?? ""
      let style = StyleID(outcome.isSuccess ? .plain : .error)
      canvas.text(" Last: \(time)  \(outcome.text)\(after)", row: row, style)
    }
    if plan.isWide { canvas.text(Self.hint, row: canvas.rows - 1, StyleID(.hint)) }
  }
}
