import Presentation
import Text

/// A series of numbers over time: braille dots, or `*` where there is no Unicode, with the lowest and the
/// highest value at the axis and the time that it spans below.
struct ChartRenderer {
  private let canvas: Canvas
  private let series: NumericSeries

  init(_ canvas: Canvas, _ series: NumericSeries) {
    self.canvas = canvas
    self.series = series
  }

  func draw() {
    let points = series.points
    guard canvas.rows >= 3, canvas.columns >= 16, let first = points.first, let last = points.last else {
      canvas.text(" no number yet at \(series.path.text)", row: 0, StyleID(.hint))
      return
    }
    let low = points.reduce(Double.infinity) { min($0, $1.minimum) }
    let high = points.reduce(-Double.infinity) { max($0, $1.maximum) }
    let labels = [Figures.number(high), Figures.number(low)]
    let labelWidth = min(12, labels.map(\.utf8.count).max() ?? 0) + 1
    let plotRows = canvas.rows - 1
    drawAxis(labels, labelWidth, plotRows)
    let area = Rectangle(
      row: 0, column: labelWidth + 1, rows: plotRows, columns: canvas.columns - labelWidth - 2)
    plot(points, low, high, on: canvas.part(area))
    let span = last.bucket - first.bucket + 1
    let (nanoseconds, overflow) = span.multipliedReportingOverflow(by: series.pointWidth)
    if !overflow {
      let text = " " + Human.duration(.nanoseconds(nanoseconds))
      canvas.textEnding(
        text, row: plotRows, end: canvas.columns - 1, start: labelWidth + 1, StyleID(.secondary))
    }
  }

  private func drawAxis(_ labels: [String], _ width: Int, _ rows: Int) {
    let glyphs = canvas.glyphs
    for row in 0..<rows {
      let isLabelled = row == 0 || row == rows - 1
      let line = glyphs.line(up: true, down: true, left: false, right: false)
      canvas.glyph(isLabelled ? glyphs.axis : line, row: row, column: width, StyleID(.border))
    }
    canvas.textEnding(labels[0], row: 0, end: width, StyleID(.secondary))
    if rows > 1 { canvas.textEnding(labels[1], row: rows - 1, end: width, StyleID(.secondary)) }
    let corner = glyphs.line(up: true, down: false, left: false, right: true)
    canvas.glyph(corner, row: rows, column: width, StyleID(.border))
    let floor = glyphs.line(up: false, down: false, left: true, right: true)
    canvas.fill(
      row: rows, columns: (width + 1)..<max(width + 1, canvas.columns - 1), StyleID(.border), with: floor)
  }

  private func plot(_ points: [NumericSeries.Point], _ low: Double, _ high: Double, on plot: Canvas) {
    guard plot.columns > 0, plot.rows > 0, let first = points.first?.bucket, let last = points.last?.bucket
    else { return }
    let isBraille = canvas.glyphs.isUnicode
    var dots = DotGrid(
      width: plot.columns * (isBraille ? 2 : 1), height: plot.rows * (isBraille ? 4 : 1))
    let time = Double(max(1, last - first))
    let range = high - low
    var previous: (x: Int, y: Int)?
    for point in points {
      let x = Int(Double(point.bucket - first) / time * Double(dots.width - 1))
      let y = { (value: Double) in
        range > 0 ? Int(((value - low) / range * Double(dots.height - 1)).rounded()) : dots.height / 2
      }
      if let previous { dots.line(from: previous, to: (x, y(point.last))) }
      dots.line(from: (x, y(point.minimum)), to: (x, y(point.maximum)))
      previous = (x, y(point.last))
    }
    for row in 0..<plot.rows {
      for column in 0..<plot.columns {
        let glyph = isBraille ? dots.braille(row, column) : dots.star(row, column)
        if let glyph { plot.glyph(glyph, row: row, column: column, StyleID(.chart)) }
      }
    }
  }
}

/// Dots from the lower left corner.
struct DotGrid {
  let width: Int
  let height: Int
  private var dots: [Bool]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    dots = [Bool](repeating: false, count: width * height)
  }

  mutating func set(_ x: Int, _ y: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    dots[y * width + x] = true
  }

  mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int)) {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0 else { return set(to.x, to.y) }
    for step in 0...steps {
      set(from.x + (to.x - from.x) * step / steps, from.y + (to.y - from.y) * step / steps)
    }
  }

  private func isSet(_ x: Int, _ rowFromTop: Int) -> Bool { dots[(height - 1 - rowFromTop) * width + x] }

  /// The cell's two by four dots; nil for an empty one.
  func braille(_ row: Int, _ column: Int) -> Unicode.Scalar? {
    // Unicode numbers the dots down the left column, then the right one, and the lowest row last.
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    var pattern: UInt32 = 0
    for y in 0..<4 { for x in 0..<2 where isSet(column * 2 + x, row * 4 + y) { pattern |= bits[y][x] } }
    return pattern == 0 ? nil : Unicode.Scalar(0x2800 + pattern)
  }

  func star(_ row: Int, _ column: Int) -> Unicode.Scalar? { isSet(column, row) ? "*" : nil }
}
