import Text

/// Safe text cut into rows of at most `width` columns.
struct WrappedText {
  let rows: [String]

  init(_ text: String, width: Int) {
    var rows: [String] = []
    var row = ""
    var used = 0
    for scalar in text.unicodeScalars {
      let columns = ScalarWidth.columns(scalar)
      if used + columns > width, used > 0 {
        rows.append(row)
        row = ""
        used = 0
      }
      row.unicodeScalars.append(scalar)
      used += columns
    }
    rows.append(row)
    self.rows = rows
  }
}
