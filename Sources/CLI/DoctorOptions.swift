import Client
import Doctor
import Glibc
import MQTTPackets
import Options
import Presentation
import Profiles

/// `mqttws doctor`: its options.
enum DoctorOptions {
  static let definition = CommandDefinition(
    "doctor", "find the layer that fails, and what would work",
    description: [
      """
      Walks through DNS, TCP, proxy, TLS, upgrade, subprotocol, CONNECT, a message to itself and a moment of \
      silence, and says of each step how long it took and what it showed. At the first failure it tries what \
      would have worked, and ends with one verdict and the command line that works. The exit status is that \
      of the first layer that failed.
      """
    ],
    synopsis: "[TARGET] [options]",
    positionals: [ConnectionOptions.target],
    options: examination + guise + TraceOptions.all + GeneralOptions.all + ConnectionOptions.all,
    examples: [
      Example("mqttws doctor wss://broker.example/mqtt", "why does it not connect?"),
      Example("mqttws doctor @lab --no-echo", "without a message on the broker"),
      Example("mqttws doctor @lab --idle-probe", "after how long a silence does somebody hang up?"),
      Example("mqttws doctor @lab --as browser --origin https://app.example", "would a page get in?"),
      Example("mqttws doctor @lab --bundle report.ndjson", "all of it in one file, without secrets"),
      Example("mqttws doctor @lab --json | jq .verdict", "for a script"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let examination: [OptionDefinition] = [
    OptionDefinition(
      "echo", negatable: true, showsNegation: true, section: "Examination",
      "leave the broker untouched: no SUBSCRIBE, no PUBLISH", common: true),
    OptionDefinition(
      "echo-topic", .one("TOPIC"), section: "Examination", "topic of the message to itself",
      default: "mqttws-doctor/ and 16 random digits", common: true),
    OptionDefinition(
      "idle", .one("TIME"), section: "Examination", "silence at the end of the walk; 0 leaves it out",
      default: "1s", refusesOptionAsValue: true),
    OptionDefinition(
      "idle-probe", section: "Examination", "find out after how long a silence somebody hangs up",
      details: """
        Opens up to six connections at once, each with a longer keep-alive, and waits for the first cut: as \
        long as the silence that is allowed. With a fixed client identifier it is one connection.
        """, common: true),
    OptionDefinition(
      "idle-limit", .one("TIME"), section: "Examination", "longest silence that --idle-probe tries",
      default: "5m", refusesOptionAsValue: true),
    OptionDefinition(
      "timeout", .one("TIME"), section: "Examination",
      "longest wait for each answer of the broker, and for each probe", default: "5s",
      refusesOptionAsValue: true),
    OptionDefinition(
      "probes", .one("COUNT"), section: "Examination", "most connections to try after a failure",
      details: "0 leaves them out.", default: "12", refusesOptionAsValue: true),
  ]

  private static let guise: [OptionDefinition] = [
    OptionDefinition(
      "as", .one("CLIENT"), section: "Examination",
      "connect as this client would: browser, paho-js or mqttjs",
      details: """
        With the Origin of a page (--origin, else one on the same host), a browser's headers, and the \
        client's version, subprotocol and keep-alive. What a page cannot do, such as headers or a certificate \
        from a file, is refused, or left out when it comes from a profile.
        """, completion: .values(Guise.allCases.map(\.rawValue)), common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "snippet", .one("FORM"), section: "Examination",
      "end with lines to copy: mqttws, paho-js, mqttjs or nginx",
      details: """
        What works as a command line or as JavaScript, or the lines that a proxy lacks. Where a secret \
        stood, there is a name for it.
        """, completion: .values(Snippet.allCases.map(\.rawValue)), refusesOptionAsValue: true),
    OptionDefinition(
      "bundle", .one("FILE"), section: "Examination",
      "write verdict, trace and versions to a new file, without secrets",
      details: "To be attached to a report; mqttws watch FILE shows it.", completion: .file),
  ]

  /// What the command line says of the examination.
  struct Plan {
    var echoes = true
    var echoTopic: String?
    var idle = Duration.seconds(1)
    var idleLimit: UInt16?
    var timeout = Duration.seconds(5)
    var probes = 12
    var guise: Guise?
    var snippet: Snippet?
  }

  static func plan(_ arguments: ParsedArguments) throws(CommandFailure) -> Plan {
    var plan = Plan()
    plan.echoes = arguments.isOn("echo", default: true)
    plan.echoTopic = try echoTopic(arguments, echoes: plan.echoes)
    if let idle = try OptionValues.duration(arguments, "idle") { plan.idle = idle }
    if let timeout = try OptionValues.duration(arguments, "timeout") {
      guard timeout > .zero else { throw .usage("--timeout 0 waits for nothing", hint: "such as 5 or 500ms") }
      plan.timeout = timeout
    }
    if let count = try OptionValues.number(arguments, "probes", 0...50) { plan.probes = Int(count) }
    plan.idleLimit = try idleLimit(arguments)
    plan.guise = try OptionValues.choice(arguments, "as", Guise.allCases.map(\.rawValue))
      .flatMap(Guise.init(rawValue:))
    plan.snippet = try OptionValues.choice(arguments, "snippet", Snippet.allCases.map(\.rawValue))
      .flatMap(Snippet.init(rawValue:))
    return plan
  }

  private static func echoTopic(
    _ arguments: ParsedArguments, echoes: Bool
  ) throws(CommandFailure) -> String? {
    guard let topic = arguments.value("echo-topic") else { return nil }
    guard echoes else { throw .usage("--echo-topic means nothing with --no-echo") }
    do throws(TopicError) {
      try TopicName.validate(topic)
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(error, option: "--echo-topic"))
    }
    return topic
  }

  private static func idleLimit(_ arguments: ParsedArguments) throws(CommandFailure) -> UInt16? {
    let limit = try OptionValues.duration(arguments, "idle-limit")
    guard arguments.isOn("idle-probe") else {
      if limit != nil { throw .usage("--idle-limit means nothing without --idle-probe") }
      return nil
    }
    let seconds = (limit ?? .seconds(300)).components.seconds
    guard (1...65_535).contains(seconds) else {
      throw .usage("--idle-limit is a time from 1 s to 65535 s", hint: "such as 60 or 5m")
    }
    return UInt16(clamping: seconds)
  }
}
