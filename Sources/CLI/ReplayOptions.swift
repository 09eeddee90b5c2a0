import Glibc
import MQTTPackets
import Options
import Profiles

/// `pub --replay`: its options, and the plan that they make.
enum ReplayOptions {
  static let all: [OptionDefinition] = [
    OptionDefinition(
      "replay", .one("FILE"), section: section, "publish the messages of a recording; - is standard input",
      details: """
        The file is what sub --record wrote, or sub --format json, or mosquitto_sub -F %j. Each message is \
        published as long after the first one as it was recorded after it. A file that ends in the middle \
        of a line is replayed up to its last whole record.
        """, completion: .file, common: true),
    OptionDefinition(
      "speed", .one("FACTOR|max"), section: section, "how fast a recording is replayed, such as 10x or 0.5x",
      default: "1x", completion: .values(["1x", "10x", "max"]), refusesOptionAsValue: true),
    OptionDefinition(
      "remap", .one("FROM=TO"), repeatable: true, section: section,
      "publish recorded topics elsewhere, such as 'from/#=to/#'",
      details: """
        FROM and TO are topic filters; what the wildcards of FROM stand for takes the place of those of TO. \
        The first --remap that matches a topic counts.
        """),
    OptionDefinition(
      "loop", .optional("COUNT"), section: section, "replay again and again, or COUNT times",
      refusesOptionAsValue: true),
  ]

  private static let section = "Replay"

  static func plan(_ arguments: ParsedArguments) throws(CommandFailure) -> PublishPlan {
    for (name, flag, hint) in misfits where arguments.contains(name) {
      throw .usage("\(flag) does not go with --replay", hint: hint)
    }
    let source = try source(arguments)
    var plan = try PublishOptions.plan(arguments, of: "pub", topic: "", source: .recording(source))
    plan.replay.speed = try speed(arguments)
    for text in arguments.values("remap") { plan.replay.remaps.append(try TopicRemap(text)) }
    plan.replay.passes = try passes(arguments, source)
    if arguments.contains("qos") { plan.replay.qos = plan.qos }
    plan.replay.retain = arguments.last("retain").map { !$0.isNegated }
    plan.replay.properties = plan.properties
    return plan
  }

  /// For the other sources of messages.
  static func checkAbsence(_ arguments: ParsedArguments) throws(CommandFailure) {
    for name in ["speed", "remap", "loop"] where arguments.contains(name) {
      throw .usage("--\(name) goes with --replay", hint: "name the recording: --replay FILE")
    }
  }

  private static let own = "a recording has its own payloads"
  private static let misfits: [(name: String, flag: String, hint: String)] = [
    ("topic", "-t", "a recording has its own topics, and --remap changes them"), ("message", "-m", own),
    ("file", "-f", own), ("stdin-file", "-s", own), ("stdin-line", "-l", own), ("null-message", "-n", own),
    ("placeholders", "--placeholders", "a recording goes out as it is"),
    ("repeat", "--repeat", "--loop=COUNT repeats a recording"),
    ("repeat-delay", "--repeat-delay", "--speed sets the pace of a recording"),
  ]

  private static func source(_ arguments: ParsedArguments) throws(CommandFailure) -> WholeInput.Source {
    switch arguments.value("replay") ?? "" {
    case "-": return .standardInput
    case "": throw .usage("--replay names no file")
    case let path: return .file(path)
    }
  }

  private static func speed(_ arguments: ParsedArguments) throws(CommandFailure) -> ReplaySchedule.Speed {
    guard let text = arguments.value("speed") else { return .factor(1) }
    if text == "max" { return .unlimited }
    let number = text.hasSuffix("x") ? text.dropLast() : text[...]
    // Swift reads more as a number than people write as one: 0x10, nan, 1e999.
    guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let factor = Double(number),
      factor.isFinite, factor > 0
    else { throw .usage("--speed '\(text)' is no speed", hint: "such as 1x, 10x, 0.5x or max") }
    return .factor(factor)
  }

  private static func passes(
    _ arguments: ParsedArguments, _ source: WholeInput.Source
  ) throws(CommandFailure) -> Int? {
    guard let loop = arguments.last("loop") else { return 1 }
    guard case .file(let path) = source else {
      throw .usage("--loop cannot read standard input again", hint: "name a file: --replay FILE")
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
      throw .usage("--loop cannot read the pipe '\(path)' again", hint: "name a file: --replay FILE")
    }
    if loop.values.isEmpty { return nil }
    return try OptionValues.count(arguments, "loop").map { Int(clamping: $0) }
  }
}
