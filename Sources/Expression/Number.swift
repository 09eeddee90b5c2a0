/// A number of a literal or a field. Whole numbers are compared exactly, also beyond what a Double holds.
struct Number: Equatable, Sendable {
  let double: Double
  let integer: Int64?

  init?(_ text: String) {
    guard let double = Double(text), !double.isNaN else { return nil }
    self.double = double
    integer = Int64(text)
  }

  init(_ integer: Int64) {
    self.integer = integer
    double = Double(integer)
  }

  init(_ double: Double) {
    self.double = double
    integer = nil
  }

  static func == (left: Number, right: Number) -> Bool {
    if let left = left.integer, let right = right.integer { return left == right }
    return left.double == right.double
  }

  static func < (left: Number, right: Number) -> Bool {
    if let left = left.integer, let right = right.integer { return left < right }
    return left.double < right.double
  }
}
