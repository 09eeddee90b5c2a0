/// The signs that are drawn by us, in Unicode or in ASCII; all are one column wide.
package struct Glyphs: Sendable {
  package let isUnicode: Bool

  package init(unicode: Bool) { isUnicode = unicode }

  package var expanded: Unicode.Scalar { isUnicode ? "▾" : "v" }
  package var collapsed: Unicode.Scalar { isUnicode ? "▸" : ">" }
  package var leaf: Unicode.Scalar { isUnicode ? "◦" : "o" }
  package var ellipsis: Unicode.Scalar { isUnicode ? "…" : "~" }
  package var dot: Unicode.Scalar { isUnicode ? "·" : "-" }
  package var bullet: Unicode.Scalar { isUnicode ? "●" : "*" }
  package var filledRadio: Unicode.Scalar { isUnicode ? "•" : "*" }
  package var arrow: Unicode.Scalar { isUnicode ? "→" : ">" }
  package var delta: Unicode.Scalar { isUnicode ? "Δ" : "d" }
  package var axis: Unicode.Scalar { isUnicode ? "┤" : "+" }

  /// Eight heights, the lowest first.
  package var sparks: [Unicode.Scalar] { isUnicode ? Self.unicodeSparks : Self.asciiSparks }

  /// The line through a cell that goes on upwards, downwards, to the left, to the right.
  package func line(up: Bool, down: Bool, left: Bool, right: Bool) -> Unicode.Scalar {
    let index = (up ? 1 : 0) | (down ? 2 : 0) | (left ? 4 : 0) | (right ? 8 : 0)
    return isUnicode ? Self.unicodeLines[index] : Self.asciiLines[index]
  }

  private static let unicodeSparks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let asciiSparks: [Unicode.Scalar] = [" ", ".", ":", "-", "=", "+", "*", "#"]
  private static let unicodeLines: [Unicode.Scalar] = [
    " ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼",
  ]
  private static let asciiLines: [Unicode.Scalar] = [
    " ", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+",
  ]
}
