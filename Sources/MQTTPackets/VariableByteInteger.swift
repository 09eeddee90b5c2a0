/// The Variable Byte Integer of MQTT 5.0 section 1.5.5: seven bits a byte, low ones first.
package enum VariableByteInteger {
  package static let maximum = 268_435_455

  /// The bytes that the shortest encoding of `value` takes; 5 for what has none.
  package static func length(of value: Int) -> Int {
    switch value {
    case ..<128: 1
    case ..<16_384: 2
    case ..<2_097_152: 3
    case ...maximum: 4
    default: 5
    }
  }
}

/// Two upper-case digits a byte, as the specification writes codes.
package enum Hex {
  package static func byte(_ value: UInt8) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return value < 16 ? "0" + digits : digits
  }
}
