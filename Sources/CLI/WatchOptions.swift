import Glibc
import MQTTPackets
import Options
import Presentation
import Profiles
import TUI

/// `mqttws watch`: its options.
enum WatchOptions {
  static let definition = CommandDefinition(
    "watch", "watch topics live in the terminal",
    description: [
      """
      Shows topics, messages, the bytes on the wire and the health of one connection, and publishes. \
      Press ? for the keys. A recording (see 'sub --record') opens in the same views.
      """
    ],
    synopsis: "[TARGET | RECORDING] [-t FILTER …] [options]",
    positionals: [ConnectionOptions.target],
    options: subscription + view + screen + TraceOptions.all + GeneralOptions.all + ConnectionOptions.all,
    examples: [
      Example("mqttws watch @demo", "the built-in broker with simulated devices"),
      Example("mqttws watch @lab -t 'plant/#' --read-only", "look, and change nothing"),
      Example("mqttws watch @lab -t '#' --record lab.ndjson", "record from the start"),
      Example("mqttws watch lab.ndjson", "open a recording"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let subscription: [OptionDefinition] = [
    OptionDefinition(
      "topic", letters: "t", .one("FILTER"), repeatable: true, section: "Subscription",
      "topic filter to subscribe to",
      details: "May be given several times. Without it, @demo takes # and any other target asks.",
      common: true, missingValueHint: "an unquoted # starts a comment in the shell"),
    OptionDefinition(
      "qos", letters: "q", .one("0|1|2"), section: "Subscription", "highest Quality of Service to receive",
      default: "0", completion: .values(["0", "1", "2"]), common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "read-only", section: "Subscription", "publish nothing and clear nothing", common: true),
    OptionDefinition(
      "record", .one("FILE"), section: "Subscription", "record every message from the start",
      details: "The file must not exist. The key r starts and stops recordings later on.",
      completion: .file, common: true),
  ]

  private static let view: [OptionDefinition] = [
    OptionDefinition(
      "memory", .one("SIZE"), section: "View", "how much the views may keep, 64M to 4G", default: "128M",
      refusesOptionAsValue: true),
    OptionDefinition(
      "fps", .one("NUMBER"), section: "View", "frames a second while data moves, 1 to 60", default: "20",
      refusesOptionAsValue: true),
    OptionDefinition(
      "overload", .one("block|drop"), section: "View",
      "what to do when messages come faster than they are shown",
      details: """
        block stops reading, so that the broker slows down or drops; drop keeps messages of QoS 0 from the \
        views and counts them. Counters and recordings are exact either way.
        """, default: "block", completion: .values(["block", "drop"]), refusesOptionAsValue: true),
    OptionDefinition(
      "wire", negatable: true, showsNegation: true, section: "View", "leave the Wire view empty",
      details: "Saves processor time at high rates; so does --overload drop, which leaves it empty too."),
  ]

  private static let screen: [OptionDefinition] = [
    OptionDefinition(
      "plain", section: "Screen", "lines instead of a screen", details: "Also for terminals that cannot more."
    ),
    OptionDefinition("ascii", section: "Screen", "draw with ASCII alone"),
    OptionDefinition(
      "mouse", negatable: true, showsNegation: true, section: "Screen", "leave the mouse to the terminal"),
    OptionDefinition("no-animation", section: "Screen", "nothing moves by itself"),
    OptionDefinition(
      "theme", .one("standard|high-contrast"), section: "Screen", "colours and weights", default: "standard",
      completion: .values(["standard", "high-contrast"]), refusesOptionAsValue: true),
    OptionDefinition(
      "palette", .one("16|256"), section: "Screen", "how many colours to use", default: "16",
      completion: .values(["16", "256"]), refusesOptionAsValue: true),
    OptionDefinition(
      "test-sync-fd", .one("NUMBER"), section: "Screen", "write a byte here after each frame", hidden: true,
      refusesOptionAsValue: true),
  ]

  // MARK: - The plan

  static func plan(_ arguments: ParsedArguments) throws(CommandFailure) -> WatchPlan {
    var plan = WatchPlan()
    plan.qos = try OptionValues.qos(arguments)
    plan.filters = arguments.values("topic")
    for filter in plan.filters {
      do throws(TopicError) {
        _ = try TopicFilter(filter)
      } catch {
        throw CommandFailure(DiagnosisTable().diagnosis(error, option: "-t"))
      }
    }
    plan.isReadOnly = arguments.isOn("read-only")
    plan.recording = arguments.value("record")
    plan.replaces = arguments.isOn("force")
    plan.drops = try OptionValues.choice(arguments, "overload", ["block", "drop"]) == "drop"
    plan.keepsWire = arguments.isOn("wire", default: true) && !plan.drops
    plan.framesPerSecond = Int(try OptionValues.number(arguments, "fps", 1...60) ?? 20)
    plan.memory = try memory(arguments)
    try readScreen(arguments, into: &plan)
    if arguments.contains("debug"), !plan.usesLines, Terminal.isTerminal(STDERR_FILENO) {
      throw .usage(
        "-d writes to stderr, where the screen is",
        hint: "send it elsewhere with 2>FILE, or use --trace-json FILE; the Wire view shows the same")
    }
    return plan
  }

  private static func memory(_ arguments: ParsedArguments) throws(CommandFailure) -> MemoryBudget {
    guard let occurrence = arguments.last("memory") else { return .standard }
    guard let size = ValueReader.size(occurrence.value), MemoryBudget.allowed.contains(size) else {
      throw .usage("--memory '\(occurrence.value)' is not from 64M to 4G", hint: "such as --memory 256M")
    }
    return MemoryBudget(total: size)
  }

  private static func readScreen(_ arguments: ParsedArguments, into plan: inout WatchPlan)
    throws(CommandFailure)
  {
    plan.isPlain = arguments.isOn("plain")
    plan.usesMouse = arguments.isOn("mouse", default: true)
    plan.syncDescriptor = try OptionValues.number(arguments, "test-sync-fd", 1...1023).map { CInt($0) }
    let colour = try OptionValues.choice(arguments, "color", ["auto", "always", "never"])
    let palette = try OptionValues.choice(arguments, "palette", ["16", "256"])
    let theme = try OptionValues.choice(arguments, "theme", ["standard", "high-contrast"])
    let wanted: Capabilities.Colours = palette == "256" ? .palette256 : .ansi16
    plan.capabilities = Capabilities(
      unicode: Terminal.isUTF8 && !arguments.isOn("ascii"),
      colours: Terminal.usesColour(colour, 1) ? wanted : .none,
      theme: theme == "high-contrast" ? .highContrast : .standard,
      animation: !arguments.isOn("no-animation"))
  }
}

extension WatchOptions {
  /// The keys, with those that the profile file moves.
  static func keys() throws(CommandFailure) -> KeyMap {
    let file: ProfileFile?
    do throws(ProfileError) {
      file = try ProfileFileReader.load(Environment.current())
    } catch {
      throw .settings(.profile(error))
    }
    guard let file, !file.keys.isEmpty else { return KeyMap() }
    do throws(KeyMap.Problem) {
      return try KeyMap(rebinding: file.keys.map { ($0.action, $0.keys) })
    } catch {
      let line = file.keys.first { $0.action == error.action }
      throw .settings(
        .profile(
          ProfileError(.syntax("\(error.action): \(error.message)"), file: file.path, at: line?.position)))
    }
  }
}
