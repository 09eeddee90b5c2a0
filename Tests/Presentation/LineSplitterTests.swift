import NIOCore
import Testing

@testable import Presentation

struct LineSplitterTests {
  struct Case: Sendable {
    var input: String
    var lines: [String]
  }

  /// A carriage return belongs to the line, as for mosquitto_pub; empty lines are messages too.
  static let cases: [Case] = [
    Case(input: "", lines: []),
    Case(input: "\n", lines: [""]),
    Case(input: "a", lines: ["a"]),
    Case(input: "a\n", lines: ["a"]),
    Case(input: "a\nb", lines: ["a", "b"]),
    Case(input: "a\n\n\nb\n", lines: ["a", "", "", "b"]),
    Case(input: "\n\na", lines: ["", "", "a"]),
    Case(input: "a\r\nb\r\n", lines: ["a\r", "b\r"]),
    Case(input: "\u{0}\t ü\nnext line\n", lines: ["\u{0}\t ü", "next line"]),
    Case(input: "one\ntwo\nthree\nfour\nfive", lines: ["one", "two", "three", "four", "five"]),
  ]

  @Test(arguments: cases)
  func whole(_ example: Case) throws {
    #expect(try split([Array(example.input.utf8)]) == example.lines)
  }

  @Test(arguments: cases)
  func blocksThatEndAnywhere(_ example: Case) throws {
    let bytes = Array(example.input.utf8)
    for size in 1...max(bytes.count, 1) {
      let blocks = stride(from: 0, to: bytes.count, by: size).map {
        Array(bytes[$0..<min($0 + size, bytes.count)])
      }
      #expect(try split(blocks) == example.lines, "blocks of \(size)")
    }
  }

  @Test(arguments: [[4], [5], [3, 2], [1, 1, 1, 1, 1]])
  func aLineOfTheLimitIsTakenAndNoLongerOne(_ sizes: [Int]) throws {
    let blocks = sizes.map { [UInt8](repeating: 0x61, count: $0) }
    let length = sizes.reduce(0, +)
    for ending in [[], [0x0A]] as [[UInt8]] {
      let all = blocks + [ending]
      if length <= 4 {
        #expect(try split(all, limit: 4) == [String(repeating: "a", count: length)])
      } else {
        #expect(throws: LineSplitter.LineTooLong(limit: 4)) { try split(all, limit: 4) }
      }
    }
  }

  @Test func manyShortLinesAreNoLongLine() throws {
    let lines = (0..<1000).map { String($0) }
    #expect(try split([Array(lines.map { $0 + "\n" }.joined().utf8)], limit: 3) == lines)
  }

  private func split(_ blocks: [[UInt8]], limit: Int = 100) throws -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines: [String] = []
    for block in blocks where !block.isEmpty {
      splitter.feed(ByteBuffer(bytes: block))
      while let line = try splitter.next() { lines.append(String(buffer: line)) }
    }
    #expect(splitter.hasRest == (blocks.joined().last.map { $0 != 0x0A } ?? false))
    if let rest = splitter.finish() { lines.append(String(buffer: rest)) }
    #expect(!splitter.hasRest)
    return lines
  }
}
