import COpenSSL

/// One entry of OpenSSL's error queue.
struct TLSErrorEntry: Equatable {
  var library: Int32
  var reason: Int32
  /// OpenSSL's words, such as `wrong version number`.
  var text: String

  /// The number of the alert the peer sent, when this entry reports one.
  var receivedAlert: UInt8? {
    guard library == ERR_LIB_SSL, reason >= SSL_AD_REASON_OFFSET else { return nil }
    return UInt8(exactly: reason - SSL_AD_REASON_OFFSET)
  }
}

/// The error queue of this thread, which OpenSSL fills and never empties by itself.
enum TLSErrorQueue {
  /// Call before anything whose errors are going to be read: an old entry would be blamed on it.
  static func clear() {
    ERR_clear_error()
  }

  /// The entries since the last `clear`, the innermost cause first; empties the queue.
  static func take() -> [TLSErrorEntry] {
    var entries: [TLSErrorEntry] = []
    while true {
      var data: UnsafePointer<CChar>?
      var flags: Int32 = 0
      let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
      guard code != 0 else { return entries }
      let reason = ERR_reason_error_string(code).map { String(cString: $0) }
      let detail = data.map { String(cString: $0) } ?? ""
      let hasDetail = flags & ERR_TXT_STRING != 0 && !detail.isEmpty && !detail.hasPrefix("SSL alert number")
      let words = reason ?? "error \(code)"
      entries.append(
        TLSErrorEntry(
          library: copenssl_ERR_GET_LIB(code), reason: copenssl_ERR_GET_REASON(code),
          text: hasDetail ? "\(words) (\(detail))" : words))
    }
  }

  /// All entries in one line of text.
  static func takeText() -> String {
    let entries = take()
    return entries.isEmpty ? "unknown error" : entries.map(\.text).joined(separator: "; ")
  }
}
