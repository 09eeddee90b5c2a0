extension MessageBatch {
  /// A copy of one message, with at most `payloadPrefix` bytes of its payload; nil beyond the end.
  package func message(at index: Int, payloadPrefix: Int? = nil) -> StoredMessage? {
    guard records.indices.contains(index) else { return nil }
    return bytes.withUnsafeBytes { StoredMessage(records[index], in: $0, payloadPrefix: payloadPrefix) }
  }
}
