/// A topic filter with wildcards, plain or of a shared subscription; MQTT 5.0 sections 4.7 and 4.8.2.
package struct TopicFilter: Hashable, Sendable {
  /// As it goes on the wire, `$share/name/` included.
  package let text: String
  package let shareName: String?
  /// What topics are held against: `text` without `$share/name/`.
  package let filter: String

  /// `$share/` marks a shared subscription in 3.1.1 too, where it is a custom of the brokers.
  package init(_ text: String) throws(TopicError) {
    let (flaw, filterStart) = text.withUTF8Bytes { (TopicFlaw(inFilter: $0), Self.filterStart($0)) }
    if let flaw { throw TopicError(text, flaw.reason, at: flaw.position) }
    self.text = text
    if filterStart > 0 {
      filter = String(text.utf8.dropFirst(filterStart)) ?? ""
      shareName = String(text.utf8.prefix(filterStart - 1).dropFirst(Self.sharePrefix.utf8.count))
    } else {
      filter = text
      shareName = nil
    }
  }

  package static func == (left: TopicFilter, right: TopicFilter) -> Bool {
    ExactText(left.text) == ExactText(right.text)
  }

  package func hash(into hasher: inout Hasher) { ExactText(text).hash(into: &hasher) }

  static let sharePrefix = "$share/"

  /// Where the filter starts after `$share/name/`; 0 for a plain one. The bytes are valid.
  static func filterStart(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.starts(with: sharePrefix.utf8) else { return 0 }
    let name = bytes.dropFirst(sharePrefix.utf8.count)
    guard let slash = name.firstIndex(of: .slash) else { return 0 }
    return slash + 1
  }
}

extension TopicFilter {
  /// Whether a message with this topic name goes to the subscription. A wildcard at the front does
  /// not match topics that start with `$` ([MQTT-4.7.2-1]).
  package func matches(_ topic: String) -> Bool {
    filter.withUTF8Bytes { filter in topic.withUTF8Bytes { Self.matches(filter, $0) } }
  }

  private static func matches(_ filter: UnsafeRawBufferPointer, _ topic: UnsafeRawBufferPointer) -> Bool {
    if topic.first == .dollar, filter.first != .dollar { return false }
    var read = 0
    for (index, byte) in filter.enumerated() {
      switch byte {
      case .hash:
        return true
      case .plus:
        while read < topic.count, topic[read] != .slash { read += 1 }
      default:
        guard read < topic.count else {
          // `sport/#` matches `sport` too: # includes the parent level.
          return byte == .slash && index + 2 == filter.count && filter[index + 1] == .hash
        }
        guard topic[read] == byte else { return false }
        read += 1
      }
    }
    return read == topic.count
  }
}

extension TopicFlaw {
  /// nil for a good topic filter. The bytes are UTF-8 already.
  init?(inFilter bytes: UnsafeRawBufferPointer) {
    if let flaw = Self(inLength: bytes.count) {
      self = flaw
      return
    }
    var start = 0
    if bytes.starts(with: TopicFilter.sharePrefix.utf8) {
      let name = TopicFilter.sharePrefix.utf8.count
      guard let slash = bytes[name...].firstIndex(of: .slash), slash + 1 < bytes.count else {
        self.init(.shareWithoutFilter, at: bytes.count)
        return
      }
      if let flaw = Self(inShareName: bytes[name..<slash]) {
        self = flaw
        return
      }
      start = slash + 1
    }
    guard let flaw = Self(inLevels: bytes, from: start) else { return nil }
    self = flaw
  }

  private init?(inShareName name: Slice<UnsafeRawBufferPointer>) {
    guard !name.isEmpty else {
      self.init(.shareNameEmpty, at: name.startIndex)
      return
    }
    guard let position = name.firstIndex(where: { $0 == 0 || $0 == .plus || $0 == .hash }) else {
      return nil
    }
    self.init(name[position] == 0 ? .nullCharacter : .shareNameWildcard, at: position)
  }

  private init?(inLevels bytes: UnsafeRawBufferPointer, from start: Int) {
    for position in start..<bytes.count {
      let byte = bytes[position]
      if byte == 0 {
        self.init(.nullCharacter, at: position)
        return
      }
      guard byte == .plus || byte == .hash else { continue }
      let opensLevel = position == start || bytes[position - 1] == .slash
      let isLast = position + 1 == bytes.count
      guard opensLevel, isLast || bytes[position + 1] == .slash else {
        self.init(.wildcardNotAlone, at: position)
        return
      }
      if byte == .hash, !isLast {
        self.init(.multiLevelNotLast, at: position)
        return
      }
    }
    return nil
  }
}
