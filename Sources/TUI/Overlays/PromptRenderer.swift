/// Draws a prompt over the last two lines: the text, and below it what is wrong with it or what could follow.
struct PromptRenderer {
  private let prompt: Prompt

  init(_ prompt: Prompt) { self.prompt = prompt }

  func draw(on canvas: Canvas) {
    let area = canvas.part(
      Rectangle(row: canvas.rows - 2, column: 0, rows: 2, columns: canvas.columns))
    guard area.rows == 2 else { return }
    let problem = prompt.problem
    area.clear()
    let label = area.text(" \(prompt.kind.label): ", row: 0, StyleID(.strong))
    let style = StyleID(problem == nil ? .input : .invalidInput)
    prompt.editor.draw(
      on: area, row: 0, column: label, width: area.columns - label - 1, style, hasCursor: true)
    if !prompt.offered.isEmpty {
      drawOffered(area)
    } else if let problem {
      area.text(" \(problem)", row: 1, StyleID(.error))
    } else {
      area.text(" \(hint)", row: 1, StyleID(.hint))
    }
  }

  private func drawOffered(_ area: Canvas) {
    var column = 1
    for (index, candidate) in prompt.offered.enumerated() {
      let style = StyleID(index == 0 ? .strong : .hint)
      column += area.text(candidate, row: 1, column: column, style) + 2
    }
  }

  private var hint: String {
    switch prompt.kind {
    case .filter:
      prompt.text.isEmpty
        ? "Enter shows all   such as: topic matches \"plant/+/temp\" and json.t > 21.5   Up history"
        : "Enter apply   Esc close   Up history   Tab complete"
    case .search: "text, ~regular expression or hex:0aff   Enter search   then n and N"
    case .subscribe: "a topic filter, and 0, 1 or 2 for the QoS   Enter subscribe   Esc not now"
    }
  }
}
