import Expression
import Glibc
import MQTTPackets
import Options
import Presentation
import Profiles

/// `mqttws sub`: its options.
enum SubscribeOptions {
  static let definition = CommandDefinition(
    "sub", "subscribe and print messages",
    description: [
      """
      Subscribes and prints what arrives: readable on a terminal, payloads alone in a pipe. A message of \
      QoS 1 or 2 is acknowledged only after it was written.
      """
    ],
    synopsis: "[TARGET] -t FILTER [-t FILTER …] [options]",
    positionals: [ConnectionOptions.target],
    options: subscription + selection + formatting + recording + ending + checks
      + PropertyOptions.subscribe + TraceOptions.all
      + GeneralOptions.all
      + ConnectionOptions.all,
    examples: [
      Example("mqttws sub @demo -t 'sensor/#'", "live messages of the built-in broker"),
      Example("mqttws sub @lab -t plant/+/temp -F '%t %p'", "topic and payload, as mosquitto_sub would"),
      Example("mqttws sub @lab -t status -C 1 -W 10", "one message within ten seconds, or exit status 27"),
      Example("mqttws sub @lab -t '#' --format json | jq .topic", "one JSON object a line"),
      Example("mqttws sub @lab -t 'plant/#' --record plant.ndjson", "print, and keep for pub --replay"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let subscription: [OptionDefinition] = [
    OptionDefinition(
      "topic", letters: "t", .one("FILTER"), repeatable: true, section: "Subscription",
      "topic filter to subscribe to",
      details: "May be given several times. Quote it: # and $ mean something to a shell.", common: true,
      missingValueHint: "an unquoted # starts a comment in the shell"),
    OptionDefinition(
      "qos", letters: "q", .one("0|1|2"), section: "Subscription", "highest Quality of Service to receive",
      default: "0", completion: .values(["0", "1", "2"]), common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "unsubscribe", letters: "U", .one("FILTER"), repeatable: true, section: "Subscription",
      "filter to unsubscribe from, for a session that was kept"),
    OptionDefinition(
      "no-local", section: "Subscription", "not the messages that this client itself publishes (MQTT 5)"),
    OptionDefinition(
      "retain-as-published", section: "Subscription", "keep the retain flag as it was published (MQTT 5)"),
    OptionDefinition(
      "retain-handling", .one("always|new|never"), section: "Subscription",
      "when retained messages are sent (MQTT 5)", default: "always",
      completion: .values(["always", "new", "never"]), refusesOptionAsValue: true),
    OptionDefinition(
      "subscription-identifier", .one("NUMBER"), section: "Subscription",
      "number that the broker puts on every message of these filters (MQTT 5)", refusesOptionAsValue: true),
    OptionDefinition(
      "require-all", section: "Subscription", "fail when the broker denies one of several filters"),
  ]

  private static let selection: [OptionDefinition] = [
    OptionDefinition(
      "filter", .one("EXPRESSION"), repeatable: true, section: "Selection",
      "print only messages that match, such as 'json.t > 21 and not retain'",
      details: """
        See 'mqttws help filters'. Other messages are acknowledged all the same. Given several times, all \
        must match.
        """, common: true),
    OptionDefinition(
      "filter-out", letters: "T", .one("FILTER"), repeatable: true, section: "Selection",
      "topics that are not printed"),
    OptionDefinition("no-retained", letters: "R", section: "Selection", "do not print retained messages"),
    OptionDefinition(
      "retained-only", section: "Selection", "end at the first message that is not retained"),
    OptionDefinition(
      "remove-retained", section: "Selection", "clear each retained message that arrives from the broker"),
  ]

  private static let recording: [OptionDefinition] = [
    OptionDefinition(
      "decode-command", .one("COMMAND"), section: "Output",
      "pass each payload through this shell command, such as gunzip",
      details: """
        It reads the payload and writes what is printed, filtered and checked in its place. A message whose \
        payload it fails on, takes over 10 s for or makes over 16 MiB of, is told and goes on as it came.
        """),
    OptionDefinition(
      "record", .one("FILE"), section: "Output", "record what is printed, for pub --replay",
      details: """
        A new file of JSON lines as --format json prints them, and a line where the connection was lost. A \
        message of QoS 1 or 2 is acknowledged only after it was recorded too.
        """, completion: .file),
  ]

  /// How messages are printed.
  static let formatting: [OptionDefinition] = [
    OptionDefinition(
      "format", .one("FORMAT"), section: "Output", "pretty, payload, json, hex or base64",
      default: "pretty on a terminal, else payload", completion: .values(MessageFormat.names), common: true,
      refusesOptionAsValue: true),
    OptionDefinition(
      "template", letters: "F", .one("TEMPLATE"), section: "Output",
      "print by a template, as mosquitto_sub -F",
      details: "See 'mqttws help formats'.", common: true),
    OptionDefinition(
      "verbose", letters: "v", section: "Output", "print the topic before the payload", common: true),
    OptionDefinition(
      "timestamps", .one("iso|relative|delta"), section: "Output",
      "print before each message when it was read: the time, or seconds since the first or the previous one",
      details: """
        In nanoseconds; in pretty in place of the time that is there. The format json has the time as tst and \
        timestamp_ns, templates have %I, %U and @.
        """, completion: .values(Timestamps.allCases.map(\.rawValue)), refusesOptionAsValue: true),
    OptionDefinition("no-newline", letters: "N", section: "Output", "no newline after a message"),
    OptionDefinition(
      "decode", .one("auto|none|json|cbor|msgpack"), section: "Output",
      "show such payloads as JSON in the formats pretty and json",
      details: """
        The format json keeps the payload and adds payload_decoded. The json fields of expressions look into \
        what was decoded.
        """, default: "auto: by their content type",
      completion: .values(PayloadDecoding.allCases.map(\.rawValue)), refusesOptionAsValue: true),
    OptionDefinition(
      "escape", .one("auto|always|never"), section: "Output", "make control characters visible",
      default: "auto: on a terminal", completion: .values(["auto", "always", "never"]),
      refusesOptionAsValue: true),
  ]

  private static let ending: [OptionDefinition] = [
    OptionDefinition(
      "count", letters: "C", .one("COUNT"), section: "Ending", "end after this many messages", common: true,
      refusesOptionAsValue: true),
    OptionDefinition(
      "wait", letters: "W", .one("SECONDS"), section: "Ending", "end with status 27 after this time",
      common: true,
      refusesOptionAsValue: true),
    OptionDefinition(
      "exit-after-subscribe", letters: "E", section: "Ending",
      "end once the broker has answered the subscription"),
    OptionDefinition(
      "ready-file", .one("FILE"), section: "Ending", "create this file once every filter is subscribed",
      completion: .file),
    OptionDefinition(
      "ready-fd", .one("NUMBER"), section: "Ending",
      "write a line to this descriptor, and close it, once every filter is subscribed",
      refusesOptionAsValue: true),
  ]

  private static let checks: [OptionDefinition] = [
    OptionDefinition(
      "expect", .one("EXPRESSION"), repeatable: true, section: "Checks",
      "end well once a message matches, with status 1 if none did before -W is over",
      details: """
        See 'mqttws help filters'. Only messages that are printed count. Given several times, there must be a \
        message for each.
        """, common: true),
    OptionDefinition(
      "expect-none", .one("EXPRESSION"), repeatable: true, section: "Checks",
      "status 1 if a message matched by the end of -W"),
    OptionDefinition(
      "expect-count", .one("COUNT"), section: "Checks",
      "status 1 unless so many messages were printed by the end of -W", refusesOptionAsValue: true),
    OptionDefinition(
      "then", .one("COMMAND"), section: "Checks", "shell command to run once every filter is subscribed",
      details: """
        What it prints goes to stderr. The run ends well only after it did; if it fails, with status 1. It is \
        ended, with all it started, when the run ends before it.
        """),
    OptionDefinition(
      "junit", .one("FILE"), section: "Checks", "write what became of each check as JUnit XML",
      details: "A new file, unless --force is given.", completion: .file),
  ]

  // MARK: - The plan

  static func plan(_ arguments: ParsedArguments) throws(CommandFailure) -> SubscribePlan {
    var plan = SubscribePlan()
    plan.subscriptions = try subscriptions(arguments)
    plan.unsubscribes = arguments.values("unsubscribe")
    if plan.subscriptions.isEmpty, plan.unsubscribes.isEmpty {
      throw .usage("no topic to subscribe to", hint: "name it with -t, in quotes: -t 'sensor/#'")
    }
    let topics = arguments.values("topic")
    if let hint = ShellSlip.hint(topics: topics, isVariableSet: { getenv($0) != nil }) {
      throw .usage("-t '\(topics[0])' is not what was meant", hint: hint)
    }
    for topic in plan.unsubscribes { _ = try filter(topic, "-U") }
    for topic in arguments.values("filter-out") { plan.filteredOut.append(try filter(topic, "-T")) }
    try readProperties(arguments, into: &plan)
    plan.hidesRetained = arguments.isOn("no-retained")
    plan.retainedOnly = arguments.isOn("retained-only")
    plan.removesRetained = arguments.isOn("remove-retained")
    if plan.hidesRetained, plan.retainedOnly {
      throw .usage("-R and --retained-only exclude each other", hint: "keep one of them")
    }
    plan.requiresAll = arguments.isOn("require-all")
    plan.count = try OptionValues.count(arguments, "count")
    plan.endsAfterSubscribing = arguments.isOn("exit-after-subscribe")
    plan.wait = try OptionValues.duration(arguments, "wait")
    if plan.wait == .zero { throw .usage("-W 0 leaves no time to wait", hint: "such as -W 5") }
    try readChecks(arguments, into: &plan)
    return plan
  }

  private static func readChecks(
    _ arguments: ParsedArguments, into plan: inout SubscribePlan
  ) throws(CommandFailure) {
    plan.filters = try expressions(arguments, "filter")
    plan.expectations.matching = try expressions(arguments, "expect")
    plan.expectations.none = try expressions(arguments, "expect-none")
    plan.expectations.count = try OptionValues.number(arguments, "expect-count", 0...UInt64(Int64.max))
    plan.followUp = arguments.value("then")
    if let first = ["expect", "expect-none", "expect-count"].first(where: { arguments.last($0) != nil }) {
      if plan.wait == nil {
        throw .usage("--\(first) needs to know how long to wait", hint: "add -W SECONDS")
      }
      if plan.endsAfterSubscribing {
        throw .usage("--\(first) waits for messages, and -E does not", hint: "leave out -E")
      }
    } else if arguments.last("junit") != nil, plan.followUp == nil {
      throw .usage("--junit has no check to report", hint: "add --expect")
    }
    if let command = plan.followUp, command.allSatisfy(\.isWhitespace) {
      throw .usage("--then '\(command)' is no command", hint: "such as --then 'mqttws pub …'")
    }
  }

  private static func expressions(
    _ arguments: ParsedArguments, _ name: String
  ) throws(CommandFailure) -> [Expression] {
    var expressions: [Expression] = []
    for text in arguments.values(name) {
      do throws(ExpressionError) {
        expressions.append(try Expression(text, for: .messages))
      } catch {
        throw .usage("--\(name) '\(text)': \(error)", hint: "see 'mqttws help filters'")
      }
    }
    return expressions
  }

  private static func subscriptions(_ arguments: ParsedArguments) throws(CommandFailure) -> [Subscription] {
    let qos = try OptionValues.qos(arguments)
    let retainHandling = try retainHandling(arguments)
    let noLocal = arguments.isOn("no-local")
    var subscriptions: [Subscription] = []
    for topic in arguments.values("topic") {
      let isShared = try filter(topic, "-t").shareName != nil
      if isShared, noLocal {
        throw .usage(
          "--no-local does not go with the shared '\(topic)'", hint: "MQTT forbids it: leave it out")
      }
      subscriptions.append(
        Subscription(
          topic, qos: qos, noLocal: noLocal, retainAsPublished: arguments.isOn("retain-as-published"),
          retainHandling: retainHandling))
    }
    return subscriptions
  }

  private static func readProperties(
    _ arguments: ParsedArguments, into plan: inout SubscribePlan
  ) throws(CommandFailure) {
    let sent: [PropertyContext] = [
      .packet(.connect), .packet(.subscribe), .packet(.unsubscribe), .packet(.disconnect), .will,
    ]
    try PropertyOptions.check(arguments, of: "sub", sends: sent)
    plan.properties = try PropertyOptions.properties(of: .packet(.subscribe), arguments)
    plan.unsubscribeProperties = try PropertyOptions.properties(of: .packet(.unsubscribe), arguments)
    plan.disconnectProperties = try PropertyOptions.properties(of: .packet(.disconnect), arguments)
  }

  private static func filter(_ text: String, _ option: String) throws(CommandFailure) -> TopicFilter {
    do throws(TopicError) {
      return try TopicFilter(text)
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(error, option: option))
    }
  }

  private static func retainHandling(
    _ arguments: ParsedArguments
  ) throws(CommandFailure) -> Subscription.RetainHandling {
    switch try OptionValues.choice(arguments, "retain-handling", ["always", "new", "never"]) {
    case "new": .sendIfNewSubscription
    case "never": .doNotSend
    default: .sendAtSubscribe
    }
  }

  // MARK: - The format

  static func formatter(_ arguments: ParsedArguments) throws(CommandFailure) -> MessageFormatter {
    let isTerminal = Terminal.isTerminal(STDOUT_FILENO)
    let escape = try OptionValues.choice(arguments, "escape", ["auto", "always", "never"]) ?? "auto"
    let colour = try OptionValues.choice(arguments, "color", ["auto", "always", "never"])
    let format = try format(arguments, isTerminal)
    let layout = MessageLayout(
      showsTopic: arguments.isOn("verbose"), timestamps: try timestamps(arguments, format),
      endsLines: !arguments.isOn("no-newline"),
      sanitises: escape == "always" || (escape == "auto" && isTerminal), asciiOnly: !Terminal.isUTF8,
      colours: Terminal.usesColour(colour, STDOUT_FILENO))
    return MessageFormatter(format, layout: layout, decoding: try decoding(arguments))
  }

  private static func timestamps(
    _ arguments: ParsedArguments, _ format: MessageFormat
  ) throws(CommandFailure) -> Timestamps? {
    let words = Timestamps.allCases.map(\.rawValue)
    let timestamps = try OptionValues.choice(arguments, "timestamps", words).flatMap(Timestamps.init)
    guard timestamps != nil else { return nil }
    switch format {
    case .json: throw .usage("--timestamps does not go with JSON", hint: "it has tst and timestamp_ns")
    case .template: throw .usage("--timestamps does not go with -F", hint: "it has %I, %U, @ and a letter")
    case .pretty, .payload, .hex, .base64: return timestamps
    }
  }

  private static func decoding(_ arguments: ParsedArguments) throws(CommandFailure) -> PayloadDecoding {
    let words = PayloadDecoding.allCases.map(\.rawValue)
    return try OptionValues.choice(arguments, "decode", words).flatMap(PayloadDecoding.init) ?? .automatic
  }

  private static func format(_ arguments: ParsedArguments, _ isTerminal: Bool) throws(CommandFailure)
    -> MessageFormat
  {
    let name = try OptionValues.choice(arguments, "format", MessageFormat.names)
    if let template = arguments.value("template") {
      if name != nil { throw .usage("-F and --format exclude each other", hint: "keep one of them") }
      do throws(FormatTemplateError) {
        return .template(try FormatTemplate(template))
      } catch {
        throw .usage("-F '\(template)': \(error)", hint: "see 'mqttws help formats'")
      }
    }
    if let format = name.flatMap(MessageFormat.init(name:)) { return format }
    if arguments.isOn("json") { return .json }
    return isTerminal && !arguments.isOn("verbose") && !arguments.isOn("no-newline") ? .pretty : .payload
  }
}
