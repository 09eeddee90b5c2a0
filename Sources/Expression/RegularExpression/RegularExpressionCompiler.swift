/// Turns the tree of a regular expression into instructions.
struct RegularExpressionCompiler {
  static let largestProgram = 4000
  /// Nodes visited, repetitions counted: bounds the time where nothing is emitted.
  private static let mostWork = 20_000

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  private var work = 0

  mutating func compile(_ node: RegularExpressionNode) throws(RegularExpressionError) {
    try emit(node)
    instructions.append(.match)
  }

  private mutating func emit(_ node: RegularExpressionNode) throws(RegularExpressionError) {
    work += 1
    guard instructions.count < Self.largestProgram, work < Self.mostWork else {
      throw RegularExpressionError(offset: 0, message: "the regular expression is too large")
    }
    switch node {
    case .empty: break
    case .scalar(let value): instructions.append(.scalar(value))
    case .set(let set): emit(set)
    case .any: instructions.append(.any)
    case .anyButLineFeed: instructions.append(.anyButLineFeed)
    case .assertion(let assertion): instructions.append(.assert(assertion))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .alternatives(let nodes): try emit(alternatives: nodes)
    case .repetition(let node, let least, let most): try emit(node, least, most)
    }
  }

  private mutating func emit(_ set: ScalarSet) {
    var set = set
    set.prepare()
    let index = sets.firstIndex(of: set) ?? sets.count
    if index == sets.count { sets.append(set) }
    instructions.append(.set(index))
  }

  private mutating func emit(alternatives nodes: [RegularExpressionNode]) throws(RegularExpressionError) {
    var jumps: [Int] = []
    for node in nodes.dropLast() {
      let split = instructions.count
      instructions.append(.match)
      try emit(node)
      jumps.append(instructions.count)
      instructions.append(.match)
      instructions[split] = .split(split + 1, instructions.count)
    }
    if let last = nodes.last { try emit(last) }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emit(
    _ node: RegularExpressionNode, _ least: Int, _ most: Int?
  ) throws(RegularExpressionError) {
    for _ in 0..<least { try emit(node) }
    guard let most else {
      let split = instructions.count
      instructions.append(.match)
      try emit(node)
      instructions.append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<most {
      splits.append(instructions.count)
      instructions.append(.match)
      try emit(node)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }
}

/// How a match can begin, so that most of a text need not be looked at closely.
struct RegularExpressionBeginning {
  private(set) var firstBytes: ByteSet?
  private(set) var isAnchored = true

  init(_ instructions: [Instruction], _ sets: [ScalarSet]) {
    var bytes = ByteSet()
    var canBeEmpty = false
    var seen = Set<Int>()
    // The second value: whether the start of the text was asked for on the way.
    var waiting = [(0, false)]
    while let (address, isAtStart) = waiting.popLast() {
      guard seen.insert(address * 2 + (isAtStart ? 1 : 0)).inserted else { continue }
      switch instructions[address] {
      case .jump(let target): waiting.append((target, isAtStart))
      case .split(let first, let second): waiting += [(first, isAtStart), (second, isAtStart)]
      case .assert(let assertion): waiting.append((address + 1, isAtStart || assertion == .textStart))
      case .match:
        canBeEmpty = true
        if !isAtStart { isAnchored = false }
      case .scalar, .set, .any, .anyButLineFeed:
        if !isAtStart { isAnchored = false }
        Self.insert(instructions[address], sets, into: &bytes)
      }
    }
    firstBytes = canBeEmpty ? nil : bytes
  }

  private static func insert(_ instruction: Instruction, _ sets: [ScalarSet], into bytes: inout ByteSet) {
    var hasOthers = true
    for value in UInt32(0)..<128 {
      let fits =
        switch instruction {
        case .scalar(let wanted): wanted == value
        case .set(let set): sets[set].contains(value)
        case .anyButLineFeed: value != 0x0A
        default: true
        }
      if fits { bytes.insert(UInt8(value)) }
    }
    if case .scalar(let wanted) = instruction { hasOthers = wanted >= 128 }
    // Whichever characters beyond ASCII fit, they and bad bytes begin with one of these.
    if hasOthers { for byte in UInt8(128)...255 { bytes.insert(byte) } }
  }
}
