import MQTTPackets
import Options
import Profiles

/// `mqttws request`: its options, and the plan that they make.
enum RequestOptions {
  static let definition = CommandDefinition(
    "request", "publish a request and print its answers",
    description: [
      """
      Subscribes to a response topic, publishes the request with it as Response Topic and with Correlation \
      Data, and prints what comes back as sub does. The time from request to answer is told on stderr, and \
      with --json it is in each line as latency_ns.
      """,
      """
      The response topic is a new one below mqttws/response/, or below the Response Information of a server \
      that gives one; --response-topic names another. Messages there with other Correlation Data answer \
      somebody else and are counted, not printed. MQTT 3.1.1 has neither: there --response-topic is needed, \
      and whatever comes counts.
      """,
    ],
    synopsis: "[TARGET] -t TOPIC (-m TEXT | -f FILE | -s | -n) [options]",
    positionals: [ConnectionOptions.target],
    options: PublishOptions.message + [PlaceholderOptions.option] + answers + SubscribeOptions.formatting
      + PropertyOptions.publish
      + TraceOptions.all + GeneralOptions.all + ConnectionOptions.all,
    examples: [
      Example("mqttws request @lab -t lamp/get -m '{}'", "ask, and print the answer within ten seconds"),
      Example("mqttws request @lab -t devices/who -n -C 5 -W 2 --json | jq .latency_ns", "five answers"),
      Example(
        "mqttws request @old -V 3.1.1 -t lamp/get -n --response-topic lamp/state",
        "the topic of the answer is a custom of both sides"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let answers: [OptionDefinition] = [
    OptionDefinition(
      "count", letters: "C", .one("COUNT"), section: "Answers", "answers to wait for", default: "1",
      common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "timeout", letters: "W", .one("SECONDS"), section: "Answers",
      "end with status 27 when the answers have not come by then", default: "10", common: true,
      refusesOptionAsValue: true),
  ]

  static func plan(_ arguments: ParsedArguments, random: UInt64) throws(CommandFailure) -> RequestPlan {
    var plan = RequestPlan(
      publish: try PublishOptions.plan(arguments, of: "request"), random: random)
    if let topic = plan.publish.properties.responseTopic {
      do throws(TopicError) {
        try TopicName.validate(topic)
      } catch {
        throw .usage("--response-topic '\(topic.prefix(200))' \(error.reason.words)")
      }
    }
    plan.count = try OptionValues.count(arguments, "count") ?? 1
    plan.timeout = try OptionValues.duration(arguments, "timeout") ?? plan.timeout
    if plan.timeout == .zero { throw .usage("-W 0 leaves no time to answer", hint: "such as -W 5") }
    return plan
  }
}
