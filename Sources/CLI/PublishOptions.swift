import MQTTPackets
import NIOCore
import Options
import Presentation
import Profiles

/// `mqttws pub`: its options, and the plan that they make.
enum PublishOptions {
  static let definition = CommandDefinition(
    "pub", "publish messages",
    description: [
      """
      Publishes one message, a file, or each line of standard input, and ends when every message of QoS 1 \
      and 2 has been acknowledged. The exit status is 0 only when the broker took them all.
      """,
      """
      With --replay it publishes a recording of sub --record, each message with its topic, payload, QoS, \
      retain flag and properties, when its turn comes.
      """,
    ],
    synopsis: "[TARGET] (-t TOPIC (-m TEXT | -f FILE | -s | -l | -n) | --replay FILE) [options]",
    positionals: [ConnectionOptions.target],
    options: message + [lines] + delivery + ReplayOptions.all + PropertyOptions.publish + TraceOptions.all
      + GeneralOptions.all
      + ConnectionOptions.all,
    examples: [
      Example("mqttws pub -t lamp/set -m on", "one message to the default target"),
      Example("mqttws pub @lab -t plant/report -f report.json -q 1 -r", "a file, acknowledged and retained"),
      Example(
        "mqttws pub @lab --replay plant.ndjson --speed 10x --remap 'plant/#=test/#'",
        "a recording, ten times as fast, to other topics"),
      Example("tail -f log | mqttws pub wss://broker/mqtt -t host/log -l", "each line as it comes"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let section = "Message"

  /// What one message is made of.
  static let message: [OptionDefinition] = [
    OptionDefinition(
      "topic", letters: "t", .one("TOPIC"), section: section, "topic to publish to", common: true,
      missingValueHint: "an unquoted # starts a comment in the shell"),
    OptionDefinition(
      "message", letters: "m", .one("TEXT"), section: section, "payload as it is given", common: true),
    OptionDefinition(
      "file", letters: "f", .one("FILE"), section: section, "payload from a file", completion: .file,
      common: true),
    OptionDefinition(
      "stdin-file", letters: "s", section: section, "all of standard input as one payload", common: true),
    OptionDefinition("null-message", letters: "n", section: section, "an empty payload", common: true),
    OptionDefinition(
      "qos", letters: "q", .one("0|1|2"), section: section, "Quality of Service", default: "0",
      completion: .values(["0", "1", "2"]), common: true, refusesOptionAsValue: true),
  ]

  private static let lines = OptionDefinition(
    "stdin-line", letters: "l", section: section, "each line of standard input as a message",
    details: """
      Lines are published as they arrive. A last line without a newline is published too. A lost \
      connection stops the reading, not the run.
      """, common: true)

  private static let delivery: [OptionDefinition] = [
    PlaceholderOptions.option,
    OptionDefinition(
      "retain", letters: "r", negatable: true, section: section,
      "let the broker keep the message for later subscribers",
      details: "--no-retain takes the flag from the messages of --replay.", common: true),
    OptionDefinition(
      "repeat", .one("COUNT"), section: section, "publish the message this many times",
      refusesOptionAsValue: true),
    OptionDefinition(
      "repeat-delay", .one("SECONDS"), section: section, "time between repeats", default: "0",
      refusesOptionAsValue: true),
    OptionDefinition(
      "max-inflight", letters: "M", .one("COUNT"), section: section,
      "messages of QoS 1 and 2 that may wait for their acknowledgement at once",
      details: """
        With MQTT 5 the broker's Receive Maximum counts where it is lower. A broker cannot tell its limit with \
        MQTT 3.1.1: 20 suits all. More is faster at QoS 1; at QoS 2, Mosquitto loses what is over its \
        max_inflight_messages.
        """, default: "20 with MQTT 3.1.1, 65535 with 5", refusesOptionAsValue: true),
    OptionDefinition(
      "require-subscribers", section: section, "fail when the broker says that nobody subscribes",
      details: "Needs MQTT 5 and QoS 1 or 2, and a broker that tells (reason code 0x10)."),
  ]

  // MARK: - The plan

  /// - Parameter command: `request` has no lines, repeats and recordings.
  static func plan(
    _ arguments: ParsedArguments, of command: String = "pub"
  ) throws(CommandFailure) -> PublishPlan {
    if arguments.contains("replay") { return try ReplayOptions.plan(arguments) }
    try ReplayOptions.checkAbsence(arguments)
    guard let topic = arguments.value("topic") else {
      throw .usage("no topic to publish to", hint: "name it with -t")
    }
    let hasPlaceholders = arguments.isOn(PlaceholderOptions.option.name)
    let example = hasPlaceholders ? try PlaceholderOptions.exampleTopic(topic) : topic
    do throws(TopicError) {
      try TopicName.validate(example)
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(error))
    }
    var plan = try plan(arguments, of: command, topic: topic, source: try source(arguments, command))
    plan.hasPlaceholders = hasPlaceholders
    if hasPlaceholders, case .bytes(let payload) = plan.source {
      _ = try PlaceholderOptions.template(payload, of: "the payload")
    }
    if let count = try OptionValues.count(arguments, "repeat") {
      guard plan.source != .lines else { throw .usage("--repeat does not go with -l") }
      plan.repeats = Int(clamping: count)
    }
    plan.repeatDelay = try OptionValues.duration(arguments, "repeat-delay") ?? .zero
    return plan
  }

  /// What every source has in common.
  static func plan(
    _ arguments: ParsedArguments, of command: String, topic: String, source: PublishPlan.Source
  ) throws(CommandFailure) -> PublishPlan {
    let sent: [PropertyContext] = [.packet(.connect), .packet(.publish), .packet(.disconnect), .will]
    try PropertyOptions.check(arguments, of: command, sends: sent)
    var plan = PublishPlan(
      topic: topic, source: source, qos: try OptionValues.qos(arguments), retain: arguments.isOn("retain"),
      properties: try PropertyOptions.properties(of: .packet(.publish), arguments),
      payloadLimit: PublishPlan.largestPayload)
    plan.disconnectProperties = try PropertyOptions.properties(of: .packet(.disconnect), arguments)
    plan.requiresSubscribers = arguments.isOn("require-subscribers")
    if plan.requiresSubscribers, plan.qos == .atMostOnce {
      throw .usage("--require-subscribers needs an acknowledgement", hint: "add -q 1")
    }
    return plan
  }

  private static func source(
    _ arguments: ParsedArguments, _ command: String
  ) throws(CommandFailure) -> PublishPlan.Source {
    var sources: [(flag: String, source: PublishPlan.Source)] = []
    if let message = arguments.last("message")?.values.first {
      sources.append(("-m", .bytes(ByteBuffer(bytes: ProcessArguments.bytes(of: message)))))
    }
    if let path = arguments.value("file") { sources.append(("-f", .file(path))) }
    if arguments.isOn("stdin-file") { sources.append(("-s", .standardInput)) }
    if arguments.isOn("stdin-line") { sources.append(("-l", .lines)) }
    if arguments.isOn("null-message") { sources.append(("-n", .bytes(ByteBuffer()))) }
    guard let first = sources.first else {
      let flags = command == "pub" ? "-m, -f, -s, -l or -n" : "-m, -f, -s or -n"
      throw .usage("nothing to publish", hint: "give a payload with \(flags)")
    }
    if sources.count > 1 {
      throw .usage("\(first.flag) and \(sources[1].flag) exclude each other", hint: "keep one of them")
    }
    return first.source
  }
}
