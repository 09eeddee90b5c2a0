import Glibc

/// Text that is equal only when its UTF-8 bytes are. `String` takes two spellings of one character
/// (composed and decomposed) for equal; to MQTT they are two topics ([MQTT-1.5.4-1] ff.).
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    let count = left.text.utf8.count
    guard count == right.text.utf8.count else { return false }
    let fast = left.text.utf8.withContiguousStorageIfAvailable { leftBytes in
      right.text.utf8.withContiguousStorageIfAvailable { rightBytes in
        guard let a = leftBytes.baseAddress, let b = rightBytes.baseAddress else { return true }
        return memcmp(a, b, count) == 0
      }
    }
    if case .some(.some(let answer)) = fast { return answer }
    return left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }
}
