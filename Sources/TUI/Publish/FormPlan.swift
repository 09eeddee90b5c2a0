/// Where the fields of the form stand: side by side on a wide screen, below each other on a narrow one.
struct FormPlan {
  struct Place {
    var field: FormField
    var row: Int
    var labelColumn: Int
    /// Where the value begins, and how much room it has.
    var column: Int
    var columns: Int
  }

  private(set) var places: [Place] = []
  /// The lines of the payload's box, its frame included.
  private(set) var payloadRows = 0
  private(set) var payloadTop = 0
  let totalRows: Int
  /// Of the form's lines, the first one that is shown.
  let offset: Int
  let isWide: Bool

  /// - Parameter footRows: lines at the bottom for the result and the hints.
  init(_ size: Size, focused: FormField, footRows: Int = 3) {
    isWide = size.columns >= 76 && size.rows >= 12
    let rows = max(1, size.rows - (isWide ? footRows : 1))
    var places: [Place] = []
    if isWide {
      let right = size.columns / 2 - 2
      let half = right - 14
      func add(_ field: FormField, _ row: Int, _ label: Int, _ column: Int, _ columns: Int) {
        places.append(Place(field: field, row: row, labelColumn: label, column: column, columns: columns))
      }
      add(.topic, 0, 1, 11, size.columns - 18)
      add(.qos, 1, 1, 11, 20)
      add(.retain, 1, 34, 41, 3)
      add(.expiry, 1, 49, 58, 10)
      add(.responseTopic, 2, 1, 12, half)
      add(.correlation, 2, right, right + 12, size.columns - right - 20)
      add(.contentType, 3, 1, 11, half + 1)
      add(.userProperties, 3, right, right + 12, size.columns - right - 20)
      add(.repeatCount, 4, 1, 11, 8)
      add(.repeatInterval, 4, 21, 27, 8)
      add(.topicAlias, 4, right, right + 12, 7)
      add(.isText, 4, right + 22, right + 28, 3)
      add(.payloadKind, 5, 1, 11, 32)
      payloadTop = 6
    } else {
      for (row, field) in FormField.allCases.dropLast().enumerated() {
        places.append(Place(field: field, row: row, labelColumn: 1, column: 13, columns: size.columns - 14))
      }
      payloadTop = places.count
    }
    payloadRows = isWide ? max(3, rows - payloadTop) : max(3, min(rows, 8))
    places.append(
      Place(field: .payload, row: payloadTop, labelColumn: 0, column: 1, columns: size.columns - 4))
    self.places = places
    totalRows = payloadTop + payloadRows
    let focusedRow = places.first { $0.field == focused }?.row ?? 0
    let bottom = focused == .payload ? payloadTop + payloadRows : focusedRow + 1
    offset = max(0, min(focusedRow, bottom - rows))
  }

  /// The field at a place of the pane.
  func field(at position: Position) -> FormField? {
    let row = position.row + offset
    if row >= payloadTop { return row < totalRows ? .payload : nil }
    return places.last { $0.row == row && position.column >= $0.labelColumn }?.field
  }
}
