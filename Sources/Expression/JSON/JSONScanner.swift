import Text

/// Finds the values of several paths in one pass over a JSON text, RFC 8259, without building a tree: the
/// only memory is one number a level. Of members with the same key the last one counts.
struct JSONScanner {
  static let maximumDepth = 512

  private let bytes: UnsafeRawBufferPointer
  private let paths: [JSONPath]
  private let slots: UnsafeMutableBufferPointer<JSONSlot>
  /// An entry an open container: the index of the element, or -1 in an object.
  private let stack: UnsafeMutableBufferPointer<Int>
  private var offset = 0
  private var depth = 0

  /// Fills `slots`, one a path.
  /// - Returns: whether `bytes` are JSON. If not, nothing is found.
  static func scan(
    _ bytes: UnsafeRawBufferPointer, _ paths: [JSONPath], _ slots: UnsafeMutableBufferPointer<JSONSlot>
  ) -> Bool {
    slots.update(repeating: JSONSlot())
    let isValid = withUnsafeTemporaryAllocation(of: Int.self, capacity: maximumDepth) { stack in
      var scanner = JSONScanner(bytes: bytes, paths: paths, slots: slots, stack: stack)
      return scanner.run()
    }
    if !isValid { slots.update(repeating: JSONSlot()) }
    return isValid
  }

  private init(
    bytes: UnsafeRawBufferPointer, paths: [JSONPath], slots: UnsafeMutableBufferPointer<JSONSlot>,
    stack: UnsafeMutableBufferPointer<Int>
  ) {
    (self.bytes, self.paths, self.slots, self.stack) = (bytes, paths, slots, stack)
  }

  private mutating func run() -> Bool {
    while true {
      skipSpace()
      guard let isComplete = value() else { return false }
      guard isComplete else { continue }
      // Close what ends here; stop where another value must follow.
      while true {
        skipSpace()
        guard depth > 0 else { return offset == bytes.count }
        if take(0x2C) {
          guard nextChild() else { return false }
          break
        }
        guard take(stack[depth - 1] < 0 ? 0x7D : 0x5D) else { return false }
        closed()
      }
    }
  }

  /// Whether the value that begins here is complete, or only opened; nil where there is none.
  private mutating func value() -> Bool? {
    guard let byte = peek else { return nil }
    let start = offset
    switch byte {
    case 0x7B, 0x5B:
      guard depth < Self.maximumDepth else { return nil }
      found(byte == 0x7B ? .object : .array, start, 0)
      offset += 1
      stack[depth] = -1
      depth += 1
      skipSpace()
      if take(byte + 2) {
        closed()
        return true
      }
      if byte == 0x7B { return key() ? false : nil }
      stack[depth - 1] = 0
      enter(index: 0)
      return false
    case 0x22:
      guard let isEscaped = string() else { return nil }
      found(isEscaped ? .escapedString : .string, start + 1, offset - 1)
    case 0x2D, 0x30...0x39:
      guard number() else { return nil }
      found(.number, start, offset)
    default:
      guard let kind = literal() else { return nil }
      found(kind, start, offset)
    }
    return true
  }

  private mutating func nextChild() -> Bool {
    guard stack[depth - 1] >= 0 else {
      skipSpace()
      return key()
    }
    stack[depth - 1] += 1
    enter(index: stack[depth - 1])
    return true
  }

  private mutating func key() -> Bool {
    let start = offset + 1
    guard peek == 0x22, let isEscaped = string() else { return false }
    let name = UnsafeRawBufferPointer(rebasing: bytes[start..<(offset - 1)])
    skipSpace()
    guard take(0x3A) else { return false }
    if isEscaped {
      JSONText.unescape(name).withUnsafeBytes { enter(key: $0) }
    } else {
      enter(key: name)
    }
    return true
  }

  // MARK: - Paths

  private func enter(key: UnsafeRawBufferPointer) {
    enter { step in
      switch step {
      case .key(let name), .either(let name, _): name.count == key.count && key.elementsEqual(name)
      case .index: false
      }
    }
  }

  private func enter(index: Int) {
    enter { step in
      switch step {
      case .index(let wanted), .either(_, let wanted): wanted == index
      case .key: false
      }
    }
  }

  @inline(__always)
  private func enter(_ matches: (JSONPath.Step) -> Bool) {
    for index in slots.indices {
      guard slots[index].matched >= depth - 1, paths[index].steps.count >= depth else { continue }
      if matches(paths[index].steps[depth - 1]) {
        slots[index].matched = depth
        // What an earlier member of this name held no longer counts.
        slots[index].kind = .missing
      } else {
        slots[index].matched = depth - 1
      }
    }
  }

  private func found(_ kind: JSONSlot.Kind, _ start: Int, _ end: Int) {
    for index in slots.indices where isHere(index) {
      slots[index].kind = kind
      slots[index].start = start
      slots[index].end = end
    }
  }

  private mutating func closed() {
    depth -= 1
    for index in slots.indices where isHere(index) { slots[index].end = offset }
  }

  private func isHere(_ index: Int) -> Bool {
    slots[index].matched == depth && paths[index].steps.count == depth
  }

  // MARK: - Scalars

  /// Whether it has escapes; nil where it is no string.
  private mutating func string() -> Bool? {
    offset += 1
    var isEscaped = false
    while let byte = peek {
      switch byte {
      case 0x22:
        offset += 1
        return isEscaped
      case 0x5C:
        isEscaped = true
        guard escape() else { return nil }
      case ..<0x20: return nil
      case ..<0x80: offset += 1
      default:
        guard case .scalar(_, let length) = UTF8Scanner.step(bytes, at: offset) else { return nil }
        offset += length
      }
    }
    return nil
  }

  private mutating func escape() -> Bool {
    offset += 1
    guard let byte = peek else { return false }
    offset += 1
    switch byte {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return true
    case 0x75:
      guard bytes.count - offset >= 4 else { return false }
      for index in offset..<(offset + 4) where JSONText.hexDigit(bytes[index]) == nil { return false }
      offset += 4
      return true
    default: return false
    }
  }

  private mutating func number() -> Bool {
    _ = take(0x2D)
    if !take(0x30), !digits() { return false }
    if take(0x2E), !digits() { return false }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      if !digits() { return false }
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = offset
    while let byte = peek, (0x30...0x39).contains(byte) { offset += 1 }
    return offset > start
  }

  private mutating func literal() -> JSONSlot.Kind? {
    if take("true") { return .yes }
    if take("false") { return .no }
    return take("null") ? .null : nil
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[offset...].starts(with: letters) else { return false }
    offset += letters.count
    return true
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }
}
