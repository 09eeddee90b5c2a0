/// The rules for the topic of a message, MQTT 5.0 section 4.7.
package enum TopicName {
  package static let maximumLength = 65_535

  package static func validate(_ name: String) throws(TopicError) {
    if let flaw = name.withUTF8Bytes({ TopicFlaw(inName: $0) }) {
      throw TopicError(name, flaw.reason, at: flaw.position)
    }
  }
}

/// The first thing wrong in the bytes of a topic name or filter.
struct TopicFlaw {
  let reason: TopicError.Reason
  let position: Int

  init(_ reason: TopicError.Reason, at position: Int) {
    self.reason = reason
    self.position = position
  }

  /// What names and filters have in common.
  @inline(__always)
  init?(inLength count: Int) {
    guard count == 0 || count > TopicName.maximumLength else { return nil }
    self.init(count == 0 ? .empty : .tooLong, at: count == 0 ? 0 : TopicName.maximumLength)
  }

  /// nil for a good topic name. The bytes are UTF-8 already.
  init?(inName bytes: UnsafeRawBufferPointer) {
    if let flaw = Self(inLength: bytes.count) {
      self = flaw
      return
    }
    let scan = TextScan(bytes)
    guard scan.hasNull || scan.hasWildcard,
      let position = bytes.firstIndex(where: { $0 == 0 || $0 == .plus || $0 == .hash })
    else { return nil }
    self.init(bytes[position] == 0 ? .nullCharacter : .wildcardInName, at: position)
  }
}

extension UInt8 {
  static let plus = UInt8(ascii: "+")
  static let hash = UInt8(ascii: "#")
  static let slash = UInt8(ascii: "/")
  static let dollar = UInt8(ascii: "$")
}

extension String {
  /// The UTF-8 in place; a native string is contiguous, another is copied first.
  @inline(__always)
  func withUTF8Bytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    if let value = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
      return value
    }
    return Array(utf8).withUnsafeBytes(body)
  }
}
