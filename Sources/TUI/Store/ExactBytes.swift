import Glibc

extension String {
  /// The UTF-8 in place; a native string is contiguous, another is copied first.
  @inline(__always)
  func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    if let value = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
      return value
    }
    return Array(utf8).withUnsafeBytes(body)
  }

  /// Byte for byte: `==` takes two spellings of one character for equal, which are two topics.
  @inline(__always)
  func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    withBytes { own in
      guard own.count == bytes.count else { return false }
      guard let left = own.baseAddress, let right = bytes.baseAddress else { return true }
      return memcmp(left, right, own.count) == 0
    }
  }

  /// The order of the bytes, which is that of the scalars.
  func precedesInBytes(_ other: String) -> Bool {
    withBytes { left in
      other.withBytes { right in
        let common = min(left.count, right.count)
        if common > 0, let a = left.baseAddress, let b = right.baseAddress {
          let order = memcmp(a, b, common)
          if order != 0 { return order < 0 }
        }
        return left.count < right.count
      }
    }
  }
}
