import Options
import WebSocketTransport

/// What can only be judged when all layers are joined: settings that need one another.
struct SettingsCheck {
  private var settings: ResolvedSettings
  private let flags: [SettingEntry]
  private let choice: TargetChoice
  private let profilePath: String?

  init(
    _ settings: ResolvedSettings, flags: [SettingEntry], choice: TargetChoice, profilePath: String?
  ) {
    self.profilePath = profilePath
    self.settings = settings
    self.flags = flags
    self.choice = choice
  }

  func checked() throws(FoldError) -> ResolvedSettings {
    do throws(SettingsError) {
      try checkTarget()
      try checkSupported()
      try checkPairs()
    } catch {
      throw .settings(error)
    }
    var settings = settings
    settings.notes += [unusedWithoutTLS(), unusedBefore5()].compactMap(\.self)
    return settings
  }

  private func checkTarget() throws(SettingsError) {
    if choice.text == .demo, let part = flags.first(where: { $0.key.isAddress }) {
      throw .usage(
        UsageError(
          "\(part.origin.spelling) does not go with @demo",
          hint: "the embedded broker chooses its own address; mqttws serve takes one"))
    }
    // Nobody asked for a profile that only the built-in layer chose: it is checked, not connected to.
    if let name = choice.profileName, choice.origin != .builtIn, settings.usesBuiltInTarget {
      throw .profile(ProfileError(.missingTarget(profile: name), file: profilePath ?? ""))
    }
  }

  private func checkSupported() throws(SettingsError) {
    for entry in settings.entries where SettingsTable.definition(entry.key)?.isSupported == false {
      guard case .profile(_, let file, let line) = entry.origin, case .text(let value) = entry.value
      else { continue }
      throw .profile(
        ProfileError(
          .unsupported(key: entry.key.rawValue, value: value), file: file,
          at: TOMLPosition(line: line, column: 1)))
    }
  }

  private func checkPairs() throws(SettingsError) {
    let wills: [SettingKey] = [.willPayload, .willQoS, .willRetain, .willDelay]
    for key in wills { try require(key, .willTopic) }
    try require(.key, .certificate)
    if settings.boolean(.keepSession), settings.text(.clientIdentifier)?.contains("{random}") ?? true {
      try require(.keepSession, .clientIdentifier, reason: "a fixed client identifier")
    }
    if case .boolean(true)? = settings.entry(.keyLog)?.value, settings.environmentKeyLogFile == nil {
      throw .usage(
        UsageError("--keylog names no file", hint: "give --keylog=FILE, or set SSLKEYLOGFILE"))
    }
    try checkProxy()
  }

  private func checkProxy() throws(SettingsError) {
    guard let entry = settings.entry(.proxy), case .text(let text) = entry.value else { return }
    if ProxyURL.settings(text) != nil { return }
    throw problem(
      entry,
      .badValue(
        key: "proxy", expected: "http://[user:password@]host[:port]", found: "another text", hint: nil),
      "\(entry.origin.spelling) needs http://[user:password@]host[:port]")
  }

  /// Throws when `key` is set and `other` is not.
  private func require(_ key: SettingKey, _ other: SettingKey, reason: String? = nil) throws(SettingsError) {
    guard let entry = settings.entry(key), reason != nil || settings.entry(other) == nil else { return }
    let flag = "--" + other.rawValue
    let need = reason.map { "\($0) (\(flag))" } ?? flag
    throw problem(
      entry, .incomplete(key.rawValue, needs: other.rawValue), "\(entry.origin.spelling) needs \(need)")
  }

  private func problem(
    _ entry: SettingEntry, _ cause: ProfileError.Cause, _ message: String
  ) -> SettingsError {
    guard case .profile(_, let file, let line) = entry.origin else { return .usage(UsageError(message)) }
    return .profile(ProfileError(cause, file: file, at: TOMLPosition(line: line, column: 1)))
  }

  // MARK: Notes

  private func unusedWithoutTLS() -> SettingsNote? {
    guard let url = settings.url, !url.scheme.usesTLS else { return nil }
    let keys: [SettingKey] = [.cafile, .capath, .certificate, .key, .insecure, .keyLog]
    let unused = said(keys) { $0 != .boolean(false) }
    return unused.isEmpty ? nil : .unusedWithoutTLS(unused)
  }

  private func unusedBefore5() -> SettingsNote? {
    guard settings.text(.protocolVersion) == "3.1.1" else { return nil }
    let unused = said([.sessionExpiry, .receiveMaximum, .topicAliasMaximum, .willDelay]) { _ in true }
    return unused.isEmpty ? nil : .unusedBefore5(unused)
  }

  private func said(_ keys: [SettingKey], where condition: (SettingValue) -> Bool) -> [String] {
    keys.compactMap { key in
      guard let entry = settings.entry(key), condition(entry.value) else { return nil }
      return entry.origin.isProfile ? key.rawValue : entry.origin.spelling
    }
  }
}
