/// A whole number of any size that is to be written in decimal.
struct BigDecimal {
  /// Longer ones cost too much: the work grows with the square of the size.
  static let mostBytes = 1024
  private static let base: UInt64 = 1_000_000_000

  /// Of base 10⁹, the lowest first.
  private var digits: [UInt64] = [0]

  init(_ value: UInt64) {
    digits = [value % Self.base, value / Self.base % Self.base, value / Self.base / Self.base]
  }

  /// Big-endian.
  init(_ bytes: [UInt8]) { for byte in bytes { add(UInt64(byte), multiplyingBy: 256) } }

  var plusOne: BigDecimal {
    var sum = self
    sum.add(1, multiplyingBy: 1)
    return sum
  }

  private mutating func add(_ value: UInt64, multiplyingBy factor: UInt64) {
    var carry = value
    for index in digits.indices {
      let product = digits[index] * factor + carry
      digits[index] = product % Self.base
      carry = product / Self.base
    }
    if carry > 0 { digits.append(carry) }
  }

  var text: String {
    var text = ""
    for digit in digits.reversed() {
      let part = String(digit)
      text += text.isEmpty ? (digit == 0 ? "" : part) : String(repeating: "0", count: 9 - part.count) + part
    }
    return text.isEmpty ? "0" : text
  }
}
