import Expression

/// What is wrong with a search that was typed; in words.
package struct SearchError: Error, Equatable, Sendable {
  package let message: String
}

/// What Ctrl-F looks for: text (smart case), a regular expression behind `~`, or bytes behind `hex:`.
package struct Search: Sendable {
  private enum Needle: Sendable {
    case expression(Expression)
    case bytes([UInt8])
  }

  /// As it was typed.
  package let text: String
  private let needle: Needle

  package init(_ text: String) throws(SearchError) {
    self.text = text
    if text.hasPrefix("hex:") {
      guard let bytes = HexText.bytes(text.dropFirst(4)), !bytes.isEmpty else {
        throw SearchError(message: "expected two hexadecimal digits a byte")
      }
      needle = .bytes(bytes)
      return
    }
    do throws(ExpressionError) {
      needle = .expression(try Expression(Self.condition(text), for: .wire))
    } catch {
      throw SearchError(message: error.message)
    }
  }

  package func matches(topic: String, payload: UnsafeRawBufferPointer) -> Bool {
    switch needle {
    case .expression(let expression):
      var subject = Subject()
      subject.topic = topic
      subject.payload = payload
      subject.size = payload.count
      return expression.matches(subject)
    case .bytes(let bytes):
      return Self.contains(payload, bytes)
    }
  }

  /// For rows that are text and no message.
  package func matches(text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(topic: "", payload: UnsafeRawBufferPointer($0)) }
  }

  /// The first row behind `start` that matches, among at most `limit` of them.
  static func first<Row>(
    behind start: Row?, limit: Int, next: (Row) -> Row?, where matches: (Row) -> Bool
  ) -> Row? {
    var row = start
    for _ in 0..<limit {
      guard let found = row.flatMap(next) else { return nil }
      if matches(found) { return found }
      row = found
    }
    return nil
  }

  private static func condition(_ text: String) -> String {
    guard text.hasPrefix("~") else { return quoted(text, escaping: ["\"", "\\"]) }
    // Backslashes are the regular expression's.
    let pattern = quoted(String(text.dropFirst()), escaping: ["\""])
    return "topic ~ \(pattern) or payload ~ \(pattern)"
  }

  private static func quoted(_ text: String, escaping escaped: [Unicode.Scalar]) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if escaped.contains(scalar) { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private static func contains(_ bytes: UnsafeRawBufferPointer, _ needle: [UInt8]) -> Bool {
    guard bytes.count >= needle.count else { return false }
    return (0...(bytes.count - needle.count)).contains { start in
      bytes[start] == needle[0] && bytes[start..<(start + needle.count)].elementsEqual(needle)
    }
  }
}
