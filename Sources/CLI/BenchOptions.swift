import Options
import Profiles

/// `mqttws bench`: its options.
enum BenchOptions {
  static let definition = CommandDefinition(
    "bench", "measure throughput and latency",
    description: [
      """
      Puts load on a broker and measures how long its messages take. By default messages are due at fixed \
      instants, whatever the broker does, and latency counts from those: a broker that stalls shows in the \
      percentiles. 'raw' latency, from when a message was really sent, stands beside it.
      """,
      """
      Several targets are loaded in turns and compared; mqtt:// and mqtts:// are the control without a \
      WebSocket. 'bench merge' joins the JSON documents of shards that ran at the same time.
      """,
      """
      -d, --trace-json and --pcap show the connection of the first client alone: a publisher, where there is \
      one. What is traced takes longer.
      """,
    ],
    synopsis: "[TARGET…] [options] | merge RESULT…",
    positionals: [
      PositionalDefinition(
        "TARGET", "ws://, wss://, mqtt:// or mqtts:// URL, @NAME or @demo; or merge and results",
        repeatable: true, completion: .file)
    ],
    options: load + pacing + messages + measuring + sharding + PropertyOptions.publish + TraceOptions.all
      + GeneralOptions.all + ConnectionOptions.all,
    examples: [
      Example("mqttws bench @demo", "1,000 messages a second for 10 s against the embedded broker"),
      Example(
        "mqttws bench wss://broker/mqtt --publishers 50 --subscribers 50 --rate 20k --fail-if 'p99 > 5ms'",
        "a check for CI: status 1 when the 99th percentile is above 5 ms"),
      Example("mqttws bench ws://broker/mqtt --find-max 'p99 < 10ms'", "the highest rate that holds"),
      Example("mqttws bench ws://a/mqtt wss://a/mqtt mqtt://a", "what WebSocket and TLS cost"),
      Example("mqttws bench ws://broker/mqtt --connections 15000 --duration 60", "idle connections"),
    ],
    strayArgumentHint: ConnectionOptions.strayArgumentHint)

  private static let load: [OptionDefinition] = [
    count("publishers", "clients that publish", default: "1", common: true),
    count("subscribers", "clients that subscribe", default: "1", common: true),
    count("both", "clients that publish and hear their own messages", default: "0"),
    count("connections", "clients that only connect", default: "0", common: true),
    OptionDefinition(
      "preset", .one("NAME"), section: "Load", "pairs, fan-in, fan-out, shared or echo",
      details: """
        Numbers of clients and a routing under one name, which the single options change: pairs is 10 \
        publishers with a subscriber each, fan-in 10 publishers and 1 subscriber, fan-out 1 publisher and \
        10 subscribers, shared 10 publishers and 4 subscribers that share, echo 10 clients that do both.
        """, completion: .values(["pairs", "fan-in", "fan-out", "shared", "echo"]),
      refusesOptionAsValue: true),
    OptionDefinition(
      "routing", .one("pairs|all|shared"), section: "Load", "whom a subscriber hears",
      details: "One publisher, all of them, or all of them shared with the other subscribers.",
      default: "pairs where there are as many publishers as subscribers, else all",
      completion: .values(["pairs", "all", "shared"]), refusesOptionAsValue: true),
    OptionDefinition(
      "connect-rate", .one("RATE"), section: "Load", "connections a second at the start", default: "1000",
      refusesOptionAsValue: true),
  ]

  private static let pacing: [OptionDefinition] = [
    OptionDefinition(
      "rate", .one("RATE[,RATE…]"), section: "Pacing", "messages a second of all publishers together",
      details: """
        500, 20k or 1.5M; 10/client is of each publisher. Several rates with commas between them are run \
        one after the other and print the curve.
        """, default: "1000", common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "arrival", .one("even|poisson"), section: "Pacing", "how the instants are spread", default: "even",
      completion: .values(["even", "poisson"]), refusesOptionAsValue: true),
    OptionDefinition(
      "in-flight", .one("COUNT|none"), section: "Pacing",
      "messages of a publisher that may be unanswered",
      details: """
        Without --rate this is a closed loop: the next message goes when an earlier one has come through. \
        With --rate, messages that are due beyond it wait, and their corrected latency counts from when \
        they were due. Unless it is given, an open loop allows a few times what the latency so far needs \
        at its rate; none never waits.
        """, refusesOptionAsValue: true),
    OptionDefinition("flat-out", section: "Pacing", "as fast as the sockets take"),
    OptionDefinition(
      "duration", .one("TIME"), section: "Pacing", "how long the load lasts", default: "10",
      common: true, refusesOptionAsValue: true),
    count("messages", "the load ends after this many messages in all", section: "Pacing"),
    time("warmup", "messages due in this time from the start are not measured", default: "0"),
    time("trim", "nor are those due in this time before the end", default: "0"),
    time("drain", "how long the last messages are waited for", default: "5"),
  ]

  private static let messages: [OptionDefinition] = [
    OptionDefinition(
      "topic", letters: "t", .one("TEMPLATE"), section: "Messages",
      "topics, with {run}, {client}, {topic} and {seq}", default: "mqttws-bench/{run}/{client}/{topic}",
      missingValueHint: "an unquoted # starts a comment in the shell"),
    count("topics", "topics of each publisher", default: "1", section: "Messages"),
    OptionDefinition(
      "size", .one("BYTES|MIN-MAX"), section: "Messages", "payload, its header of 40 bytes included",
      default: "64", common: true, refusesOptionAsValue: true),
    OptionDefinition("message", letters: "m", .one("TEXT"), section: "Messages", "payload behind the header"),
    OptionDefinition(
      "file", letters: "f", .one("FILE"), section: "Messages", "payload behind the header, from a file",
      completion: .file),
    OptionDefinition(
      "placeholders", section: "Messages", "fill {run}, {client}, {topic} and {seq} in -m or -f",
      details: "See 'mqttws help templates'. A literal brace is doubled: {{ and }}."),
    OptionDefinition(
      "no-latency", section: "Messages", "payloads without the header",
      details: "Latency, loss and order are then not measured."),
    OptionDefinition(
      "qos", letters: "q", .one("0|1|2"), section: "Messages", "Quality of Service both ways", default: "0",
      completion: .values(["0", "1", "2"]), common: true, refusesOptionAsValue: true),
    OptionDefinition("retain", letters: "r", section: "Messages", "let the broker keep the messages"),
  ]

  private static let measuring: [OptionDefinition] = [
    OptionDefinition(
      "fail-if", .one("CONDITION"), repeatable: true, section: "Results",
      "end with status 1 when it holds: 'p99 > 5ms', 'lost > 0', 'throughput < 20k'", common: true),
    OptionDefinition(
      "find-max", .one("CONDITION"), section: "Results",
      "search the highest rate that holds it: 'p99 < 10ms'",
      details: "Begins at --rate. A rate that is not delivered, or loses messages, does not hold.",
      common: true),
    OptionDefinition(
      "baseline", .one("FILE"), section: "Results", "compare with the document of an earlier --json",
      completion: .file),
    OptionDefinition(
      "hlog", .one("FILE"), section: "Results", "HdrHistogram log, an interval a line", completion: .file),
    OptionDefinition(
      "csv", .one("FILE"), section: "Results", "time series, an interval a line", completion: .file),
    time("interval", "of the time series", default: "1", section: "Results"),
    count("rounds", "turns of each target in a comparison", default: "5", section: "Results"),
  ]

  private static let sharding: [OptionDefinition] = [
    OptionDefinition(
      "shard", .one("I/N"), section: "Shards", "carry out part I (from 0) of N of the plan",
      details: """
        Clients, total rate and messages are divided. N alone takes I from JOB_COMPLETION_INDEX or \
        SLURM_ARRAY_TASK_ID. 'bench merge' joins the results.
        """, refusesOptionAsValue: true),
    OptionDefinition(
      "start-at", .one("SECONDS"), section: "Shards", "begin the load at this time, in seconds since 1970",
      refusesOptionAsValue: true),
  ]

  private static func count(
    _ name: String, _ summary: String, default defaultText: String? = nil, section: String = "Load",
    common: Bool = false
  ) -> OptionDefinition {
    OptionDefinition(
      name, .one("COUNT"), section: section, summary, default: defaultText, common: common,
      refusesOptionAsValue: true)
  }

  private static func time(
    _ name: String, _ summary: String, default defaultText: String, section: String = "Pacing"
  ) -> OptionDefinition {
    OptionDefinition(
      name, .one("TIME"), section: section, summary, default: defaultText, refusesOptionAsValue: true)
  }
}
