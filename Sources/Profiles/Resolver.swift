import Options
import WebSocketTransport

/// Joins the layers: flag > environment > profile > built-in default.
///
/// The target is chosen first: the command line's, else the environment's, else the file's default, else
/// the built-in one. It decides which profile takes part (a URL takes nothing from any), and whether the
/// environment's single parts of an address count. Then the layers are folded from the lowest to the
/// highest; where a higher layer moves a target's credentials to another host, they are left out.
package struct Resolver {
  /// Where to connect when nobody says: where the embedded broker listens.
  package static let builtInTarget = "ws://localhost:8083/mqtt"

  /// The arguments of a command; only the flags of connection settings are looked at.
  package var arguments: ParsedArguments
  /// The positional TARGET, if one was given.
  package var target: ArgumentValue?
  package var environment: Environment
  /// Whether `mqtt://` and `mqtts://` will do.
  package var allowsPlainMQTT: Bool
  /// Reads the profile file; only called when a profile may be wanted. nil when there is no file.
  package var profileFile: () throws(ProfileError) -> ProfileFile?

  package init(
    arguments: ParsedArguments, target: ArgumentValue?, environment: Environment,
    allowsPlainMQTT: Bool = false, profileFile: @escaping () throws(ProfileError) -> ProfileFile?
  ) {
    self.arguments = arguments
    self.target = target
    self.environment = environment
    self.allowsPlainMQTT = allowsPlainMQTT
    self.profileFile = profileFile
  }

  package func resolve() throws(SettingsError) -> ResolvedSettings {
    let flags = try flagLayer()
    let choice = try chooseTarget()
    return try fold(choice, flags, environmentLayer(countsAddress: !choice.isFromCommandLine))
  }

  /// One profile on its own, to see whether its settings go together. It may lack a host: it may be there
  /// for others to extend.
  package static func resolve(
    profile name: String, of file: ProfileFile
  ) throws(SettingsError) -> ResolvedSettings {
    let resolver = Resolver(arguments: ParsedArguments(), target: nil, environment: Environment()) {
      () throws(ProfileError) in file
    }
    let choice = TargetChoice(text: .profile(name), origin: .builtIn, entry: nil, file: file)
    return try resolver.fold(choice, [], ([], []))
  }

  // MARK: Folding

  private func fold(
    _ choice: TargetChoice, _ flags: [SettingEntry],
    _ environment: (entries: [SettingEntry], notes: [SettingsNote])
  ) throws(SettingsError) -> ResolvedSettings {
    do throws(FoldError) {
      return try fold(choice, flags, environment.entries, notes: environment.notes)
    } catch {
      switch error {
      case .settings(let error): throw error
      case .url(let error, let entry): throw Self.error(error, entry)
      }
    }
  }

  private func fold(
    _ choice: TargetChoice, _ flags: [SettingEntry], _ environment: [SettingEntry],
    notes environmentNotes: [SettingsNote]
  ) throws(FoldError) -> ResolvedSettings {
    var notes = environmentNotes
    var fold = try LayerFold(builtIn: Self.builtInTarget, allowsPlainMQTT: allowsPlainMQTT)
    let file = try profileFile(for: choice)
    for layer in try profileLayers(choice, file) { try fold.apply(layer) }
    if choice.profileName != nil {
      let upper = flags.last { $0.key == .host } ?? environment.last { $0.key == .host }
      notes += try dropCredentials(&fold, movedBy: upper)
    }
    let isEnvironmentURL = choice.entry != nil && !choice.isFromCommandLine
    try fold.apply(environment + (isEnvironmentURL ? choice.entry.map { [$0] } ?? [] : []))
    if isEnvironmentURL {
      notes += try dropCredentials(&fold, movedBy: flags.last { $0.key == .host })
    }
    try fold.apply(flags + (choice.isFromCommandLine ? choice.entry.map { [$0] } ?? [] : []))
    let settings = ResolvedSettings(
      target: choice.text == .demo ? .demo : .url(fold.url), targetOrigins: fold.origins,
      profileName: choice.profileName, entries: fold.entries, notes: notes,
      environmentKeyLogFile: self.environment["SSLKEYLOGFILE"])
    return try SettingsCheck(settings, flags: flags, choice: choice, profilePath: file?.path).checked()
  }

  private func profileFile(for choice: TargetChoice) throws(FoldError) -> ProfileFile? {
    guard choice.profileName != nil else { return nil }
    if let file = choice.file { return file }
    do throws(ProfileError) {
      return try profileFile()
    } catch {
      throw .settings(.profile(error))
    }
  }

  private func profileLayers(
    _ choice: TargetChoice, _ file: ProfileFile?
  ) throws(FoldError) -> [[SettingEntry]] {
    guard let name = choice.profileName else { return [] }
    do throws(ProfileError) {
      guard let file else {
        throw ProfileError(.noProfiles(asked: name), file: environment.profilePath?.path ?? "")
      }
      return try file.chain(name).map(\.entries)
    } catch {
      throw .settings(.profile(error))
    }
  }

  /// Leaves out what belongs to the host that `entry` replaces, unless it names the same host.
  private func dropCredentials(
    _ fold: inout LayerFold, movedBy entry: SettingEntry?
  ) throws(FoldError) -> [SettingsNote] {
    guard let entry, case .text(let host) = entry.value else { return [] }
    do throws(WebSocketURLError) {
      guard try fold.url.replacing(host: host).host != fold.url.host else { return [] }
    } catch {
      throw .url(error, entry)
    }
    let from = fold.origins.host
    let dropped = fold.removeCredentials { origin in
      origin.isProfile || origin == .environment(SettingKey.url.environmentName)
    }
    return dropped.isEmpty ? [] : [.credentialsDropped(keys: dropped, host: host, from: from)]
  }

  private static func error(_ error: WebSocketURLError, _ entry: SettingEntry) -> SettingsError {
    if case .profile(_, let file, let line) = entry.origin {
      return .profile(ProfileError(.badURL(error), file: file, at: TOMLPosition(line: line, column: 1)))
    }
    return .usage(URLErrorText.usageError(error, entry))
  }
}
