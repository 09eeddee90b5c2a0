/// Why a pattern is no regular expression of ours, and where.
package struct RegularExpressionError: Error, Equatable, Sendable {
  /// In Unicode scalars of the pattern, from 0.
  package let offset: Int
  package let message: String
}
