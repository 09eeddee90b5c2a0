import Text

/// A test suite as JUnit's XML, which CI systems read.
package struct JUnitReport: Equatable, Sendable {
  package enum Outcome: Equatable, Sendable {
    case passed
    /// The check was made and its answer is no.
    case failed(String, details: [String])
    /// The check could not be made.
    case error(String)
  }

  package struct Case: Equatable, Sendable {
    package var name: String
    package var outcome: Outcome
    package var seconds: Double

    package init(_ name: String, _ outcome: Outcome, seconds: Double) {
      self.name = name
      self.outcome = outcome
      self.seconds = seconds
    }
  }

  package var name: String
  package var cases: [Case]
  package var seconds: Double

  package init(_ name: String, cases: [Case], seconds: Double) {
    self.name = name
    self.cases = cases
    self.seconds = seconds
  }

  /// UTF-8. Foreign text has passed the sanitiser: XML has no form for most control characters.
  package var xml: String {
    var failures = 0
    var errors = 0
    for test in cases {
      switch test.outcome {
      case .passed: break
      case .failed: failures += 1
      case .error: errors += 1
      }
    }
    let suite = Self.escaped(name)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"\(suite)\""
    text += " tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"0\""
    text += " time=\"\(Self.time(seconds))\">\n"
    for test in cases {
      text += "  <testcase classname=\"\(suite)\" name=\"\(Self.escaped(test.name))\""
      text += " time=\"\(Self.time(test.seconds))\"\(Self.body(test.outcome))\n"
    }
    return text + "</testsuite>\n"
  }

  private static func body(_ outcome: Outcome) -> String {
    switch outcome {
    case .passed: return "/>"
    case .error(let message): return ">\n    <error message=\"\(escaped(message))\"/>\n  </testcase>"
    case .failed(let message, let details):
      let lines = details.map { escaped($0) }.joined(separator: "\n")
      return ">\n    <failure message=\"\(escaped(message))\">\(lines)</failure>\n  </testcase>"
    }
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Sanitiser.line(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func time(_ seconds: Double) -> String {
    let milliseconds = Int(max(0, min(seconds, 1e12)) * 1000)
    var digits: [UInt8] = []
    digits.append(decimal: UInt(milliseconds % 1000), digits: 3)
    return "\(milliseconds / 1000).\(String(decoding: digits, as: UTF8.self))"
  }
}
