import Glibc
import Options
import Presentation
import Profiles
import Text

/// `mqttws profile`: what the profile file says, and what becomes of it.
enum ProfileCommand {
  static let definition = CommandDefinition(
    "profile", "show and check connection profiles",
    description: [
      """
      Profiles keep the settings of a connection under a name: 'mqttws sub @lab' connects as the profile lab \
      says. 'show' prints every value and where it comes from, as any command would use it: flags over \
      environment variables over the profile and what it extends over the built-in defaults. Secrets are \
      never printed.
      """
    ],
    synopsis: "list | show NAME | check | path",
    positionals: [
      PositionalDefinition(
        "ACTION", "list, show, check or path", required: true,
        completion: .values(["list", "show", "check", "path"])),
      PositionalDefinition(
        "NAME", "the profile to show", completion: .command("mqttws profile list --names 2>/dev/null")),
    ],
    options: [
      OptionDefinition("names", section: "Output", "with list: the names alone", common: true),
      OptionDefinition("json", section: "Output", "JSON", common: true),
    ] + ConnectionOptions.all,
    examples: [
      Example("mqttws profile show lab", "every value of @lab with its origin"),
      Example("MQTTWS_HOST=other mqttws profile show lab", "the same with an override in the environment"),
      Example("mqttws profile check", "all profiles, as a check for CI"),
    ])

  static func run(_ words: [String]) -> Never {
    var console = Console()
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, definition)
      console = Console(arguments)
      let positionals = arguments.positionals.map(\.text)
      switch positionals.first {
      case "list": try list(arguments)
      case "show": try show(positionals.dropFirst().first, arguments)
      case "check": try check(arguments)
      case "path": try path(arguments)
      case let other:
        throw .usage(
          other.map { "'\($0)' is no action of profile" } ?? "profile needs an action",
          hint: "list, show NAME, check or path")
      }
      Exit.now(.ok)
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private static func list(_ arguments: ParsedArguments) throws(CommandFailure) {
    let rows = try file().map(ProfileReport.list) ?? []
    if arguments.isOn("names") {
      StandardOutput.print(rows.map { $0.name + "\n" }.joined(), Console(arguments))
    } else {
      StandardOutput.print(
        arguments.isOn("json") ? ProfileReport.json(rows) : ProfileReport.text(rows), Console(arguments))
    }
  }

  private static func show(_ name: String?, _ arguments: ParsedArguments) throws(CommandFailure) {
    let environment = Environment.current()
    let target = name.map {
      ArgumentValue($0.hasPrefix("@") || $0.contains("://") ? $0 : "@" + $0, argument: 2)
    }
    let resolver = Resolver(
      arguments: arguments, target: target, environment: environment,
      profileFile: { () throws(ProfileError) in try ProfileFileReader.load(environment) })
    do throws(SettingsError) {
      let rows = ProfileReport.settings(try resolver.resolve())
      StandardOutput.print(
        arguments.isOn("json") ? ProfileReport.json(rows) : ProfileReport.text(rows), Console(arguments))
    } catch {
      throw .settings(error)
    }
  }

  private static func check(_ arguments: ParsedArguments) throws(CommandFailure) {
    let isJSON = arguments.isOn("json")
    guard let file = try file() else {
      return StandardOutput.print(
        isJSON ? ProfileReport.json(file: nil, profiles: []) : "there is no profile file\n",
        Console(arguments))
    }
    do throws(SettingsError) {
      for profile in file.profiles { _ = try Resolver.resolve(profile: profile.name, of: file) }
    } catch {
      throw .settings(error)
    }
    if isJSON {
      return StandardOutput.print(
        ProfileReport.json(file: file.path, profiles: file.profiles.map(\.name)), Console(arguments))
    }
    StandardOutput.print(
      "\(file.path): \(Human.plural(file.profiles.count, "profile")), no errors\n", Console(arguments))
  }

  private static func path(_ arguments: ParsedArguments) throws(CommandFailure) {
    guard let path = Environment.current().profilePath?.path else {
      throw .usage("there is no home directory to look for profiles in", hint: "set MQTTWS_CONFIG to a file")
    }
    StandardOutput.print(
      (arguments.isOn("json") ? ProfileReport.json(path: path) : path) + "\n", Console(arguments))
  }

  private static func file() throws(CommandFailure) -> ProfileFile? {
    do throws(ProfileError) {
      return try ProfileFileReader.load(Environment.current())
    } catch {
      throw .settings(.profile(error))
    }
  }
}
