import Text

/// A regular expression whose time is linear in the text, whatever the pattern: all ways through it are
/// followed at once (Thompson), so none is ever walked twice.
///
/// It works on the scalars of UTF-8; a byte that is not UTF-8 counts as a character that no literal equals.
/// A match anywhere in the text counts. `\d`, `\w`, `\s` and `\b` mean ASCII. `$` also matches before a line
/// feed that ends the text.
package struct RegularExpression: Sendable {
  /// As it was written.
  package let pattern: String
  let instructions: [Instruction]
  let sets: [ScalarSet]
  /// The bytes that a match can begin with; nil when it may be empty.
  private let firstBytes: ByteSet?
  private let isAnchored: Bool

  package init(_ pattern: String) throws(RegularExpressionError) {
    self.pattern = pattern
    var parser = RegularExpressionParser(pattern)
    let node = try parser.parse()
    var compiler = RegularExpressionCompiler()
    try compiler.compile(node)
    (instructions, sets) = (compiler.instructions, compiler.sets)
    let beginning = RegularExpressionBeginning(instructions, sets)
    (firstBytes, isAnchored) = (beginning.firstBytes, beginning.isAnchored)
  }

  package func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { run(bytes).isMatch }

  /// `steps` counts the instructions that were looked at.
  func run(_ bytes: UnsafeRawBufferPointer) -> (isMatch: Bool, steps: Int) {
    let count = instructions.count
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count * 5) { memory in
      memory.initialize(repeating: 0)
      func part(_ index: Int, _ length: Int) -> UnsafeMutableBufferPointer<UInt32> {
        UnsafeMutableBufferPointer(rebasing: memory[(index * count)..<((index + length) * count)])
      }
      return instructions.withUnsafeBufferPointer { instructions in
        var machine = RegularExpressionMachine(
          bytes, instructions, sets, current: part(0, 1), next: part(1, 1), marks: part(2, 1),
          stack: part(3, 2))
        let isMatch = machine.run(firstBytes, isAnchored: isAnchored)
        return (isMatch, machine.steps)
      }
    }
  }
}

enum Instruction: Equatable, Sendable {
  case scalar(UInt32)
  case set(Int)
  case any
  case anyButLineFeed
  case assert(Assertion)
  case split(Int, Int)
  case jump(Int)
  case match
}

enum Assertion: Equatable, Sendable {
  case textStart
  case textEnd
  /// The end, or a line feed there.
  case lastLineEnd
  case lineStart
  case lineEnd
  case wordBoundary
  case noWordBoundary

  func holds(at offset: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .textStart: offset == 0
    case .textEnd: offset == bytes.count
    case .lastLineEnd: offset == bytes.count || offset == bytes.count - 1 && bytes[offset] == 0x0A
    case .lineStart: offset == 0 || bytes[offset - 1] == 0x0A
    case .lineEnd: offset == bytes.count || bytes[offset] == 0x0A
    case .wordBoundary: Self.isBoundary(offset, bytes)
    case .noWordBoundary: !Self.isBoundary(offset, bytes)
    }
  }

  private static func isBoundary(_ offset: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let isBefore = offset > 0 && isWord(bytes[offset - 1])
    let isAfter = offset < bytes.count && isWord(bytes[offset])
    return isBefore != isAfter
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }
}

/// 256 flags.
struct ByteSet: Equatable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word >> UInt64(byte & 63) & 1 == 1
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }
}
