import MQTTPackets
import NIOCore
import Testing
import Text

@testable import Expression

/// Texts made by chance, whole and damaged: nothing traps, and what is accepted behaves.
struct RandomTests {
  private static let pieces = [
    "topic", "payload", "json.t", "json[0]", "json.a.b", ".t", "user.k", "qos", "retain", "dup", "size",
    "has", "not", "and",
    "or", "in", "matches", "(", ")", ",", "==", "!=", "<", ">=", "~", "!~", "!", "\"a\"", "'x/+'",
    "\"^a.*$\"", "1", "-2.5", "5k",
    "0x1f", "hex:00ff", "true", "null", "\"", "\\", "[", "]", ".", "é", "\u{0}", "$", "1e999",
    "99999999999999999999",
  ]

  @Test func expressionsNeverTrap() {
    var random = SeededRandom(1)
    var accepted = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &random)
      let words = (0..<count).compactMap { _ in Self.pieces.randomElement(using: &random) }
      let text = words.joined(separator: Bool.random(using: &random) ? " " : "")
      _ = Expression.completions(of: text, at: Int.random(in: -1...30, using: &random), for: .wire)
      do throws(ExpressionError) {
        let expression = try Expression(text, for: .messages)
        accepted += 1
        for message in Self.messages {
          let isMatch = expression.matches(message)
          let mismatch = message.message.payload.withUnsafeReadableBytes {
            expression.mismatch(Subject(message, payload: $0))
          }
          #expect((mismatch.distance == 0) == isMatch, "\(text)")
        }
      } catch {
        #expect((1...(text.count + 1)).contains(error.column), "\(text): \(error)")
      }
    }
    #expect(accepted > 200)
  }

  private static let messages = [
    publish("a", #"{"t":1,"a":{"b":"x"}}"#),
    publish("x/y", "[1,2]", qos: .atLeastOnce, [.userProperty(name: "k", value: "v")]),
    publish("b", "", retain: true), publish(bytes: [0xFF, 0x00]),
  ]

  @Test func patternsNeverTrapAndStayLinear() {
    var random = SeededRandom(2)
    let pieces = [
      "a", "b", ".", "*", "+", "?", "(", ")", "|", "[", "]", "^", "$", "\\d", "\\b", "\\", "{2}", "{1,3}",
      "{", "}", "-", "(?i)",
      "(?:", "é", "[^a]", "[a-z]",
    ]
    let text = Array("aab ba é\n".utf8) + [0xFF] + Array(String(repeating: "ab", count: 100).utf8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...10, using: &random)
      let pattern = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      guard let expression = try? RegularExpression(pattern) else { continue }
      let steps = text.withUnsafeBytes { expression.run($0).steps }
      #expect(steps <= (text.count + 1) * expression.instructions.count * 3, "\(pattern)")
    }
  }

  /// The scanner finds what the parser that builds a tree finds, in whole and in damaged documents.
  @Test func theScannerAgreesWithTheParser() throws {
    var random = SeededRandom(3)
    let paths = [["a"], ["b"], ["a", "b"], ["c", "a"]]
    let document =
      #"{"a":{"b":[1,2,{"x":null}],"c":"\u0041\n"},"b":-1.5e3,"c":[true,false,{}],"a":{"b":"é"}}"#
    for _ in 0..<20_000 {
      var bytes = Array(document.utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes.remove(at: index)
        case 1: bytes[index] = Array("{}[],:\"\\ae0.-\u{0}".utf8).randomElement(using: &random) ?? 0
        default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
        }
      }
      Self.compare(bytes, paths)
    }
  }

  private static func compare(_ bytes: [UInt8], _ paths: [[String]]) {
    bytes.withUnsafeBytes { bytes in
      let tree = try? JSONParser.parse(bytes, limit: 10_000)
      var slots = paths.map { _ in JSONSlot() }
      let scanned = slots.withUnsafeMutableBufferPointer { slots in
        JSONScanner.scan(bytes, paths.map { JSONPath(steps: $0.map { .key(Array($0.utf8)) }) }, slots)
      }
      #expect(scanned == (tree != nil), "\(String(decoding: bytes, as: UTF8.self))")
      for (path, slot) in zip(paths, slots) {
        let found = path.reduce(tree) { $0?[$1] }
        #expect((slot.kind != .missing) == (found != nil), "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  @Test func deepDocumentsAreRefused() {
    for (depth, isValid) in [(512, true), (513, false), (100_000, false)] {
      let bytes = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
      var slots = [JSONSlot()]
      let result = bytes.withUnsafeBytes { bytes in
        slots.withUnsafeMutableBufferPointer { JSONScanner.scan(bytes, [JSONPath(steps: [])], $0) }
      }
      #expect(result == isValid)
    }
  }
}
