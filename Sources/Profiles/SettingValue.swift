import WebSocketTransport

/// The value of a setting once read and checked; which case it is follows from the setting's type.
package enum SettingValue: Equatable, Sendable {
  case text(String)
  case boolean(Bool)
  case integer(Int)
  case duration(Duration)
  case tlsVersions(minimum: TLSVersion?, maximum: TLSVersion?)
  case headers([HTTPHeader])
  /// nil means forever.
  case retries(Int?)
}

/// One value of one layer.
package struct SettingEntry: Equatable, Sendable {
  package var key: SettingKey
  package var value: SettingValue
  package var origin: Origin

  package init(_ key: SettingKey, _ value: SettingValue, _ origin: Origin) {
    self.key = key
    self.value = value
    self.origin = origin
  }
}
