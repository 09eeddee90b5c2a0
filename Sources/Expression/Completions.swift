/// What could stand at a place of an expression that is being typed.
package struct Completions: Equatable, Sendable {
  /// The characters, from 0, that a candidate replaces: the word before the place.
  package let range: Range<Int>
  /// In the order in which they are to be offered.
  package let candidates: [String]
}
