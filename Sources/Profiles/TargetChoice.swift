import Options

/// The one target that counts, and who named it.
struct TargetChoice {
  /// nil is the built-in target.
  var text: TargetText?
  var origin: Origin
  /// The URL as a value of its layer.
  var entry: SettingEntry?
  /// The profile file, if choosing has read it already.
  var file: ProfileFile?

  var isFromCommandLine: Bool { origin.isCommandLine }

  var profileName: String? {
    if case .profile(let name)? = text { name } else { nil }
  }

  init(text: TargetText?, origin: Origin, entry: SettingEntry?, file: ProfileFile?) {
    self.text = text
    self.origin = origin
    self.entry = entry
    self.file = file
  }

  init(_ text: TargetText, _ origin: Origin, file: ProfileFile? = nil) {
    self.text = text
    self.origin = origin
    self.file = file
    if case .url(let url) = text { entry = SettingEntry(.url, .text(url), origin) }
  }
}

extension Resolver {
  func chooseTarget() throws(SettingsError) -> TargetChoice {
    if let choice = try commandLineTarget() { return choice }
    if let choice = try environmentTarget() { return choice }
    do throws(ProfileError) {
      if let file = try profileFile(), let name = file.defaultName {
        let line = file.defaultPosition?.line ?? 1
        return TargetChoice(
          TargetText(profileName: name), .profile(name: name, file: file.path, line: line), file: file)
      }
    } catch {
      throw .profile(error)
    }
    return TargetChoice(text: nil, origin: .builtIn, entry: nil, file: nil)
  }

  private func commandLineTarget() throws(SettingsError) -> TargetChoice? {
    var choices: [TargetChoice] = []
    if let target {
      do throws(UsageError) {
        let text = try TargetText(positional: target.text, knownProfiles: knownProfiles)
        choices.append(TargetChoice(text, .flag("TARGET")))
      } catch {
        throw .usage(error)
      }
    }
    if let flag = arguments.last(SettingKey.url.rawValue) {
      choices.append(TargetChoice(.url(flag.value), .flag(flag.spelling)))
    }
    if let flag = arguments.last(ConnectionOptions.profile) {
      choices.append(TargetChoice(TargetText(profileName: flag.value), .flag(flag.spelling)))
    }
    guard choices.count < 2 else {
      throw .usage(
        UsageError(
          "more than one target: \(choices.map(\.spelling).joined(separator: " and "))",
          hint: "give a URL or a profile, once"))
    }
    return choices.first
  }

  private func environmentTarget() throws(SettingsError) -> TargetChoice? {
    let urlName = SettingKey.url.environmentName
    let profileVariable = "MQTTWS_PROFILE"
    switch (environment[urlName], environment[profileVariable]) {
    case (nil, nil): return nil
    case (let url?, nil): return TargetChoice(.url(url), .environment(urlName))
    case (nil, let name?):
      return TargetChoice(TargetText(profileName: name), .environment(profileVariable))
    case (.some, .some):
      throw .usage(
        UsageError("\(urlName) and \(profileVariable) are both set", hint: "unset one of them"))
    }
  }

  private func knownProfiles() -> [String] {
    do throws(ProfileError) {
      return try profileFile()?.profiles.map(\.name) ?? []
    } catch {
      return []
    }
  }
}

extension TargetChoice {
  fileprivate var spelling: String {
    if case .flag(let flag) = origin { flag } else { "" }
  }
}
