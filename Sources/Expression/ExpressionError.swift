/// Why a text is no expression, and where.
package struct ExpressionError: Error, Equatable, Sendable {
  /// In characters from 1; one past the end where something is missing.
  package let column: Int
  /// Without the column, such as `expected value`.
  package let message: String

  package init(column: Int, message: String) {
    self.column = column
    self.message = message
  }
}

extension ExpressionError: CustomStringConvertible {
  /// `col 9: expected value`.
  package var description: String { "col \(column): \(message)" }
}
