import Options

/// The options that every connecting command shares, made from the table of settings.
package enum ConnectionOptions {
  /// The option that names a profile where `@` is awkward.
  package static let profile = "profile"

  /// For `CommandDefinition.options`, after the command's own.
  package static let all: [OptionDefinition] = {
    var options: [OptionDefinition] = []
    for setting in SettingsTable.all where setting.isSupported {
      options.append(definition(setting))
      if setting.key == .url { options.append(profileOption) }
      for flag in setting.fixedFlags {
        options.append(
          OptionDefinition(flag.name, letters: flag.letter, section: setting.section, flag.summary))
      }
    }
    return options
  }()

  /// The positional TARGET of a connecting command.
  package static let target = PositionalDefinition(
    "TARGET", "ws://… or wss://… URL, @NAME for a profile, or @demo",
    completion: .command(profileNames))

  /// The hint for an argument where no further one fits.
  package static func strayArgumentHint(_ text: String) -> String? {
    TargetText.looksLikeTopic(text) ? "topics go with -t: -t '\(text)'" : nil
  }

  private static let profileNames = "mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo"

  private static let profileOption = OptionDefinition(
    profile, .one("NAME"), section: SettingDefinition.Section.target.rawValue,
    "Connect as this profile says",
    details: "The same as giving @NAME as TARGET.", environment: "MQTTWS_PROFILE",
    completion: .command("mqttws profile list --names 2>/dev/null; echo demo"))

  private static func definition(_ setting: SettingDefinition) -> OptionDefinition {
    OptionDefinition(
      setting.flag, letters: setting.letters, spellings: setting.spellings, shape(setting),
      repeatable: setting.key == .headers, negatable: isBoolean(setting),
      showsNegation: setting.key == .reconnect, section: setting.section, setting.summary,
      details: setting.details, environment: setting.isStorable ? setting.key.environmentName : nil,
      default: isBoolean(setting) ? nil : setting.defaultText, completion: completion(setting),
      common: setting.isCommon, refusesOptionAsValue: refusesOption(setting),
      missingValueHint: setting.missingValueHint)
  }

  private static func isBoolean(_ setting: SettingDefinition) -> Bool {
    if case .boolean = setting.type { true } else { false }
  }

  private static func shape(_ setting: SettingDefinition) -> ValueShape {
    switch setting.type {
    case .boolean: .none
    case .optionalFile: .optional(setting.placeholder)
    default: .one(setting.placeholder)
    }
  }

  /// A host, a number or a word of a list never begins with a dash, a topic or a password may.
  private static func refusesOption(_ setting: SettingDefinition) -> Bool {
    switch setting.type {
    case .text: setting.key == .host || setting.key == .url
    case .file, .directory, .headers: false
    default: true
    }
  }

  private static func completion(_ setting: SettingDefinition) -> Completion {
    if let completion = setting.completion { return completion }
    if case .choice(let words) = setting.type { return .values(words.compactMap(\.first)) }
    return .none
  }
}
