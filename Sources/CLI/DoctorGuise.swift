import Client
import Doctor
import Presentation
import Profiles

/// Settings as a guise has them, and what was asked for that it cannot do.
enum DoctorGuise {
  /// An option that the client cannot follow is an error; what comes from elsewhere is left out, and told.
  static func apply(
    _ guise: Guise, to settings: ConnectionSettings, _ resolved: ResolvedSettings
  ) throws(CommandFailure) -> (settings: ConnectionSettings, appearance: Guise.Appearance) {
    guard settings.transport.url.scheme.isWebSocket else {
      throw .usage(
        "--as \(guise.rawValue) needs a ws:// or wss:// target", hint: "a page speaks no other MQTT")
    }
    var withheld: [String] = []
    for entry in resolved.entries {
      guard let objection = guise.objection(to: entry.key.rawValue, value: text(entry)), !isOrigin(entry)
      else { continue }
      guard !entry.origin.isCommandLine else {
        throw .usage("\(spelling(entry)) and --as \(guise.rawValue) do not go together", hint: objection)
      }
      withheld.append("\(entry.key.rawValue) of \(entry.origin.description): \(objection)")
    }
    var choices = Guise.Choices()
    choices.origin = settings.transport.origin
    choices.hasKeepAlive = resolved.entry(.keepAlive) != nil
    choices.hasVersion = resolved.entry(.protocolVersion) != nil
    choices.hasClientIdentifier =
      resolved.entry(.clientIdentifier) != nil || resolved.entry(.clientIdentifierPrefix) != nil
    var random = SystemRandomNumberGenerator()
    var (dressed, appearance) = guise.apply(to: settings, choices, random: &random)
    appearance.withheld = withheld
    return (dressed, appearance)
  }

  private static func text(_ entry: SettingEntry) -> String? {
    if case .text(let text) = entry.value { text } else { nil }
  }

  /// `--header 'Origin: …'` says what `--origin` does.
  private static func isOrigin(_ entry: SettingEntry) -> Bool {
    guard case .headers(let headers) = entry.value else { return false }
    return headers.allSatisfy { $0.name.lowercased() == "origin" }
  }

  private static func spelling(_ entry: SettingEntry) -> String {
    if case .flag(let flag) = entry.origin { flag } else { entry.key.rawValue }
  }
}
