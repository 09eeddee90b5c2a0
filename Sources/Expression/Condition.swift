import MQTTPackets

/// One comparison.
struct Condition: Sendable {
  var field: Field
  var test: Test
  /// As it was written.
  var source: String
}

enum Test: Sendable {
  case exists
  case isTrue
  case compare(Comparison, Literal)
  case oneOf([Literal])
  case regularExpression(RegularExpression, negated: Bool)
  case topicFilter(TopicFilter)
  case contains(TextSearch)
}

enum Comparison: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  init?(_ symbol: String) {
    switch symbol {
    case "==": self = .equal
    case "!=": self = .notEqual
    case "<": self = .less
    case "<=": self = .lessOrEqual
    case ">": self = .greater
    case ">=": self = .greaterOrEqual
    default: return nil
    }
  }

  var isEquality: Bool { self == .equal || self == .notEqual }

  func holds<Value>(_ left: Value, _ right: Value, _ isLess: (Value, Value) -> Bool) -> Bool {
    switch self {
    case .equal: !isLess(left, right) && !isLess(right, left)
    case .notEqual: isLess(left, right) || isLess(right, left)
    case .less: isLess(left, right)
    case .lessOrEqual: !isLess(right, left)
    case .greater: isLess(right, left)
    case .greaterOrEqual: !isLess(left, right)
    }
  }
}

enum Literal: Equatable, Sendable {
  case number(Number)
  /// UTF-8, or what `hex:` says.
  case text([UInt8])
  case bool(Bool)
  case null
}

/// How conditions are put together. Conditions are named by their index in the expression.
indirect enum Node: Sendable {
  case condition(Int)
  case not(Node)
  case all([Node])
  case any([Node])
}
