import Text

/// One run of a compiled expression over a text: the set of instructions that could come next, moved on
/// from character to character. Each instruction is in the set at most once, which bounds the time.
struct RegularExpressionMachine {
  private let bytes: UnsafeRawBufferPointer
  private let instructions: UnsafeBufferPointer<Instruction>
  private let sets: [ScalarSet]
  private var current: UnsafeMutableBufferPointer<UInt32>
  private var next: UnsafeMutableBufferPointer<UInt32>
  private var currentCount = 0
  private var nextCount = 0
  /// The generation in which an instruction was last put into a set.
  private let marks: UnsafeMutableBufferPointer<UInt32>
  private var generation: UInt32 = 1
  private let stack: UnsafeMutableBufferPointer<UInt32>
  private(set) var steps = 0

  /// The memory is an entry an instruction, and two for the stack.
  init(
    _ bytes: UnsafeRawBufferPointer, _ instructions: UnsafeBufferPointer<Instruction>, _ sets: [ScalarSet],
    current: UnsafeMutableBufferPointer<UInt32>, next: UnsafeMutableBufferPointer<UInt32>,
    marks: UnsafeMutableBufferPointer<UInt32>, stack: UnsafeMutableBufferPointer<UInt32>
  ) {
    (self.bytes, self.instructions, self.sets) = (bytes, instructions, sets)
    (self.current, self.next, self.marks, self.stack) = (current, next, marks, stack)
  }

  mutating func run(_ firstBytes: ByteSet?, isAnchored: Bool) -> Bool {
    var offset = 0
    while true {
      if currentCount == 0 {
        if isAnchored, offset > 0 { return false }
        if let firstBytes { skip(to: firstBytes, &offset) }
      }
      if !isAnchored || offset == 0 {
        swap(&current, &next)
        swap(&currentCount, &nextCount)
        let isMatch = follow(0, at: offset)
        swap(&current, &next)
        swap(&currentCount, &nextCount)
        if isMatch { return true }
      }
      guard offset < bytes.count else { return false }
      let value: UInt32
      switch UTF8Scanner.step(bytes, at: offset) {
      case .scalar(let scalar, let length):
        value = scalar.value
        offset += length
      case .badByte(let byte):
        value = ScalarSet.firstBadByte + UInt32(byte)
        offset += 1
      }
      if advance(over: value, to: offset) { return true }
    }
  }

  /// With nothing under way, only a byte that can begin a match matters.
  private mutating func skip(to firstBytes: ByteSet, _ offset: inout Int) {
    // What was marked here need not be so at another place: assertions differ.
    generation &+= 1
    while offset < bytes.count, !firstBytes.contains(bytes[offset]) { offset += 1 }
  }

  private mutating func advance(over value: UInt32, to offset: Int) -> Bool {
    generation &+= 1
    nextCount = 0
    for index in 0..<currentCount {
      let address = Int(current[index])
      steps += 1
      let goesOn =
        switch instructions[address] {
        case .scalar(let wanted): wanted == value
        case .set(let set): sets[set].contains(value)
        case .any: true
        case .anyButLineFeed: value != 0x0A
        case .assert, .split, .jump, .match: false
        }
      if goesOn, follow(address + 1, at: offset) { return true }
    }
    swap(&current, &next)
    currentCount = nextCount
    nextCount = 0
    return false
  }

  /// Puts all that can be reached from `address` without a character into the next set; whether that is
  /// the end of the expression.
  private mutating func follow(_ address: Int, at offset: Int) -> Bool {
    var depth = 0
    stack[depth] = UInt32(truncatingIfNeeded: address)
    depth += 1
    while depth > 0 {
      depth -= 1
      let address = Int(stack[depth])
      if marks[address] == generation { continue }
      marks[address] = generation
      steps += 1
      switch instructions[address] {
      case .match: return true
      case .jump(let target):
        stack[depth] = UInt32(truncatingIfNeeded: target)
        depth += 1
      case .split(let first, let second):
        stack[depth] = UInt32(truncatingIfNeeded: second)
        stack[depth + 1] = UInt32(truncatingIfNeeded: first)
        depth += 2
      case .assert(let assertion):
        guard assertion.holds(at: offset, in: bytes) else { continue }
        stack[depth] = UInt32(truncatingIfNeeded: address + 1)
        depth += 1
      case .scalar, .set, .any, .anyButLineFeed:
        next[nextCount] = UInt32(truncatingIfNeeded: address)
        nextCount += 1
      }
    }
    return false
  }
}
