/// Finds one text in others in linear time (Knuth, Morris, Pratt). Smart case: without a capital letter in
/// the text, the letters a to z match their capitals too.
struct TextSearch: Equatable, Sendable {
  private let pattern: [UInt8]
  /// For each prefix of the pattern, the length of its longest proper prefix that is also its suffix.
  private let borders: [Int]
  private let foldsCase: Bool

  init(_ text: String) {
    foldsCase = !text.unicodeScalars.contains { $0.properties.isUppercase }
    pattern = Array(text.utf8)
    var borders = [Int](repeating: 0, count: pattern.count)
    var length = 0
    for index in pattern.indices.dropFirst() {
      while length > 0, pattern[index] != pattern[length] { length = borders[length - 1] }
      if pattern[index] == pattern[length] { length += 1 }
      borders[index] = length
    }
    self.borders = borders
  }

  func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
    if pattern.isEmpty { return true }
    var length = 0
    for byte in bytes {
      let isCapital = foldsCase && byte >= 0x41 && byte <= 0x5A
      let byte = isCapital ? byte | 0x20 : byte
      while length > 0, byte != pattern[length] { length = borders[length - 1] }
      if byte == pattern[length] { length += 1 }
      if length == pattern.count { return true }
    }
    return false
  }
}
