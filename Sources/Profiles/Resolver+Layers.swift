import Options
import WebSocketTransport

extension Resolver {
  /// What the flags set, apart from the target.
  func flagLayer() throws(SettingsError) -> [SettingEntry] {
    var layer: [SettingEntry] = []
    for occurrence in arguments.occurrences where occurrence.option.name != SettingKey.url.rawValue {
      guard let (setting, text) = Self.setting(of: occurrence) else { continue }
      let value: SettingValue
      do throws(BadValue) {
        value = try Self.value(setting, text, occurrence)
      } catch {
        throw .usage(Self.usageError(error, occurrence.spelling, setting, text))
      }
      try Self.add(SettingEntry(setting.key, value, .flag(occurrence.spelling)), to: &layer, setting)
    }
    return layer
  }

  /// What the environment sets, apart from the target.
  func environmentLayer(
    countsAddress: Bool
  ) throws(SettingsError) -> (entries: [SettingEntry], notes: [SettingsNote]) {
    // The usual case, decided before any name is put together.
    guard environment.variables.keys.contains(where: { $0.utf8.starts(with: "MQTTWS_".utf8) }) else {
      return ([], [])
    }
    var layer: [SettingEntry] = []
    var notes: [SettingsNote] = []
    for setting in SettingsTable.all where setting.key != .url {
      let name = setting.key.environmentName
      guard let text = environment[name] else { continue }
      guard setting.isStorable, setting.isSupported else {
        notes.append(.ignoredVariable(name))
        continue
      }
      if setting.key.isAddress, !countsAddress { continue }
      let value: SettingValue
      do throws(BadValue) {
        value = try ValueReader.read(text, as: setting.type)
      } catch {
        throw .usage(Self.usageError(error, name, setting, text))
      }
      try Self.add(SettingEntry(setting.key, value, .environment(name)), to: &layer, setting)
    }
    return (layer, notes + unknownVariables())
  }

  private func unknownVariables() -> [SettingsNote] {
    let known =
      SettingsTable.all.map(\.key.environmentName) + ["MQTTWS_CONFIG", "MQTTWS_PROFILE"]
    return environment.variables.keys.sorted().compactMap { name in
      guard name.hasPrefix("MQTTWS_"), !known.contains(name),
        let nearest = NearestName.of(name, among: known, within: 2)
      else { return nil }
      return .unknownVariable(name, nearest: nearest)
    }
  }

  private static func setting(of occurrence: Occurrence) -> (SettingDefinition, String)? {
    let name = occurrence.option.name
    for setting in SettingsTable.all where setting.isSupported {
      if setting.flag == name { return (setting, occurrence.value) }
      if let fixed = setting.fixedFlags.first(where: { $0.name == name }) { return (setting, fixed.value) }
    }
    return nil
  }

  private static func value(
    _ setting: SettingDefinition, _ text: String, _ occurrence: Occurrence
  ) throws(BadValue) -> SettingValue {
    switch setting.type {
    case .boolean: .boolean(!occurrence.isNegated)
    case .optionalFile where occurrence.values.isEmpty: .boolean(true)
    default: try ValueReader.read(text, as: setting.type)
    }
  }

  /// The last of equal settings counts; headers add up.
  private static func add(
    _ entry: SettingEntry, to layer: inout [SettingEntry], _ setting: SettingDefinition
  ) throws(SettingsError) {
    if let group = setting.group,
      let other = layer.first(where: {
        $0.key != entry.key && SettingsTable.definition($0.key)?.group == group
      })
    {
      throw .usage(
        UsageError(
          "\(other.origin.spelling) and \(entry.origin.spelling) exclude each other",
          hint: "give one of them"))
    }
    guard let index = layer.firstIndex(where: { $0.key == entry.key }) else { return layer.append(entry) }
    if case .headers(let old) = layer[index].value, case .headers(let new) = entry.value {
      layer[index].value = .headers(old + new)
    } else {
      layer[index] = entry
    }
  }

  private static func usageError(
    _ error: BadValue, _ spelling: String, _ setting: SettingDefinition, _ text: String
  ) -> UsageError {
    // A header may be a credential, and so may what was meant to be one.
    if case .headers = setting.type {
      return UsageError("\(spelling) needs \(error.expected)", hint: error.hint)
    }
    // What begins with a digit was meant for this setting.
    let isMeant = !spelling.hasPrefix("-") || text.utf8.first.map { (0x30...0x39).contains($0) } ?? false
    return UsageError(
      "\(spelling) needs \(error.expected), got '\(text)'",
      hint: error.hint ?? (isMeant ? nil : setting.missingValueHint), argument: text)
  }
}

extension Origin {
  /// What the user wrote to set it.
  package var spelling: String {
    switch self {
    case .flag(let flag): flag
    case .environment(let name): name
    default: description
    }
  }
}
