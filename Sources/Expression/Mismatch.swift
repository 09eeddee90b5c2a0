/// How far a subject is from what an expression asks for.
package struct Mismatch: Equatable, Sendable {
  /// How many of the expression's conditions would have to turn out otherwise, at least. 0: it matches.
  package let distance: Int
  /// One for each of those conditions, such as `json.t > 21.5, but it is 19`. Foreign text in them is cut
  /// short and not sanitised.
  package let reasons: [String]
}
