import Bench
import Glibc
import MQTTPackets
import NIOCore
import Options
import Presentation
import Profiles
import Text

/// Makes the load plan of what the command line says.
struct BenchPlanReader {
  private let arguments: ParsedArguments

  init(_ arguments: ParsedArguments) { self.arguments = arguments }

  /// The plan with the first rate, and all of them.
  func plan() throws(CommandFailure) -> (LoadPlan, [LoadPlan.Rate]) {
    var plan = LoadPlan()
    try readClients(&plan)
    let rates = try readPacing(&plan)
    try readMessages(&plan)
    return (plan, rates)
  }

  // MARK: - Clients

  private static let roles = ["publishers", "subscribers", "both", "connections"]
  private static let presets:
    [String: (publishers: Int, subscribers: Int, both: Int, routing: LoadPlan.Routing)] = [
      "pairs": (10, 10, 0, .pairs), "fan-in": (10, 1, 0, .all), "fan-out": (1, 10, 0, .all),
      "shared": (10, 4, 0, .shared), "echo": (0, 0, 10, .pairs),
    ]

  private func readClients(_ plan: inout LoadPlan) throws(CommandFailure) {
    let preset = try OptionValues.choice(arguments, "preset", Self.presets.keys.sorted()).flatMap {
      Self.presets[$0]
    }
    let isNamed = Self.roles.contains { arguments.contains($0) }
    if let preset {
      (plan.publishers, plan.subscribers, plan.echoing) = (preset.publishers, preset.subscribers, preset.both)
    } else if isNamed {
      (plan.publishers, plan.subscribers) = (0, 0)
    }
    if let count = try clients("publishers") { plan.publishers = count }
    if let count = try clients("subscribers") { plan.subscribers = count }
    if let count = try clients("both") { plan.echoing = count }
    if let count = try clients("connections") { plan.idle = count }
    plan.routing = preset?.routing ?? (plan.publishers == plan.subscribers ? .pairs : .all)
    let routings = LoadPlan.Routing.allCases.map(\.rawValue)
    if let word = try OptionValues.choice(arguments, "routing", routings) {
      plan.routing = LoadPlan.Routing(rawValue: word) ?? plan.routing
    }
    if let rate = try rates("connect-rate")?.first { plan.connectRate = rate.perSecond }
  }

  private func clients(_ name: String) throws(CommandFailure) -> Int? {
    try OptionValues.number(arguments, name, 0...1_000_000_000).map { Int(clamping: $0) }
  }

  // MARK: - Pacing

  private func readPacing(_ plan: inout LoadPlan) throws(CommandFailure) -> [LoadPlan.Rate] {
    let rates = try rates("rate")
    let window = arguments.value("in-flight")
    if arguments.isOn("flat-out") {
      if rates != nil { throw .usage("--flat-out and --rate exclude each other", hint: "keep one of them") }
      if window != nil {
        throw .usage("--flat-out and --in-flight exclude each other", hint: "keep one of them")
      }
      plan.pacing = .flatOut
    } else if rates == nil, !arguments.contains("find-max"), let window, window != "none" {
      plan.pacing = .closed(window: try count(window))
    } else {
      plan.pacing = .open(rates?.first ?? LoadPlan.Rate(1000))
      if let window { plan.window = window == "none" ? .unlimited : .fixed(try count(window)) }
    }
    if rates != nil, plan.senders == 0 {
      throw .usage("--rate without a publisher", hint: "add --publishers 1, or leave out --rate")
    }
    if let word = try OptionValues.choice(arguments, "arrival", LoadPlan.Arrival.allCases.map(\.rawValue)) {
      plan.arrival = LoadPlan.Arrival(rawValue: word) ?? .even
    }
    plan.messages = try OptionValues.count(arguments, "messages")
    if let duration = try OptionValues.duration(arguments, "duration") {
      plan.duration = duration
    } else if plan.messages != nil, plan.senders > 0 {
      plan.duration = nil
    }
    if let time = try OptionValues.duration(arguments, "warmup") { plan.warmUp = time }
    if let time = try OptionValues.duration(arguments, "trim") { plan.trim = time }
    if let time = try OptionValues.duration(arguments, "drain") { plan.drain = time }
    if let time = try OptionValues.duration(arguments, "interval") {
      guard time >= .milliseconds(250) else {
        throw .usage("--interval is too short", hint: "the smallest is 250ms")
      }
      plan.interval = time
    }
    return rates ?? [LoadPlan.Rate(1000)]
  }

  private func count(_ text: String) throws(CommandFailure) -> Int {
    guard let count = Int(text), count > 0 else {
      throw .usage("--in-flight '\(text)' is no count", hint: "the smallest is 1; none never waits")
    }
    return count
  }

  /// `500`, `20k`, `1.5M`, `10/client`, with commas between several.
  private func rates(_ name: String) throws(CommandFailure) -> [LoadPlan.Rate]? {
    guard let occurrence = arguments.last(name) else { return nil }
    var rates: [LoadPlan.Rate] = []
    for word in occurrence.value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let rate = Self.rate(String(word)) else {
        throw .usage(
          "\(occurrence.spelling) '\(occurrence.value)' is no rate",
          hint: "such as 500, 20k, 1.5M or 10/client")
      }
      guard rate.perSecond > 0 else {
        throw .usage("\(occurrence.spelling) \(word): nothing would happen", hint: "the smallest is 0.001")
      }
      rates.append(rate)
    }
    return rates
  }

  static func rate(_ text: String) -> LoadPlan.Rate? {
    var text = text
    let isPerClient = text.hasSuffix("/client")
    if isPerClient { text.removeLast("/client".count) }
    var factor = 1.0
    if let unit = text.last, let value = ["k": 1e3, "M": 1e6][unit] {
      factor = value
      text.removeLast()
    }
    guard let first = text.utf8.first, (0x30...0x39).contains(first), let number = Double(text),
      number.isFinite, number == 0 || number * factor >= 0.001, number * factor <= 1e8
    else { return nil }
    return LoadPlan.Rate(number * factor, isPerClient: isPerClient)
  }

  // MARK: - Messages

  private func readMessages(_ plan: inout LoadPlan) throws(CommandFailure) {
    plan.qos = try OptionValues.qos(arguments).rawValue
    plan.retain = arguments.isOn("retain")
    plan.hasHeader = !arguments.isOn("no-latency")
    if let text = arguments.value("topic") { plan.topic = try topic(text) }
    if let count = try OptionValues.number(arguments, "topics", 1...1_000_000) {
      plan.topicsPerClient = Int(clamping: count)
    }
    plan.publishProperties = try PropertyOptions.properties(of: .packet(.publish), arguments)
    plan.subscribeProperties = try PropertyOptions.properties(of: .packet(.subscribe), arguments)
    let sources = ["size", "message", "file"].compactMap { arguments.last($0) }
    if sources.count > 1 {
      throw .usage(
        "\(sources[0].spelling) and \(sources[1].spelling) exclude each other", hint: "keep one of them")
    }
    if arguments.isOn("placeholders"), sources.first.map({ $0.option.name == "size" }) ?? true {
      throw .usage("--placeholders without a text to fill", hint: "add -m or -f; topics are always filled")
    }
    guard let source = sources.first else { return }
    switch source.option.name {
    case "size": plan.payload = try size(source.value)
    case "message":
      plan.payload = try payload(source.values.first.map { ProcessArguments.bytes(of: $0) } ?? [], "-m")
    default:
      let bytes = try InputFile.read(source.value, limit: PublishPlan.largestPayload, option: "-f")
      plan.payload = try payload(bytes, source.value)
    }
  }

  private func payload(_ bytes: [UInt8], _ source: String) throws(CommandFailure) -> PayloadPlan {
    guard arguments.isOn("placeholders") else { return .bytes(bytes) }
    return .template(try PlaceholderOptions.template(ByteBuffer(bytes: bytes), of: source, .load))
  }

  private func topic(_ text: String) throws(CommandFailure) -> LoadTopic {
    let topic = LoadTopic(try PlaceholderOptions.template(text, of: "-t '\(text)'", .load), text: text)
    do throws(TopicError) {
      try TopicName.validate(topic.topic(LoadPlaceholders(run: 0, client: 0, topic: 0, sequence: 0)))
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(error))
    }
    return topic
  }

  private func size(_ text: String) throws(CommandFailure) -> PayloadPlan {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
      ValueReader.size(String($0))
    }
    if parts.count == 1, let size = parts[0], size <= PublishPlan.largestPayload { return .fixed(size) }
    if parts.count == 2, let low = parts[0], let high = parts[1], low <= high,
      high <= PublishPlan.largestPayload
    {
      return .range(low...high)
    }
    throw .usage("--size '\(text)' is no size", hint: "such as 64, 4k or 100-2000")
  }

  // MARK: - Shards

  /// One of `count` equal parts.
  static func part(_ index: Int, of count: Int, _ plan: LoadPlan) throws(CommandFailure) -> LoadPlan {
    func share(_ total: Int) -> Int { total / count + (index < total % count ? 1 : 0) }
    for (name, total) in [
      ("publishers", plan.publishers), ("subscribers", plan.subscribers), ("both", plan.echoing),
    ]
    where total > 0 && total < count {
      throw .usage(
        "--\(name) \(total) cannot be divided among \(count) shards",
        hint: "the smallest is --\(name) \(count)")
    }
    var part = plan
    part.publishers = share(plan.publishers)
    part.subscribers = share(plan.subscribers)
    part.echoing = share(plan.echoing)
    part.idle = share(plan.idle)
    part.connectRate = plan.connectRate / Double(count)
    part.messages = plan.messages.map {
      max($0 / UInt64(count) + (index < Int($0 % UInt64(count)) ? 1 : 0), 1)
    }
    if case .open(let rate) = plan.pacing, !rate.isPerClient, plan.senders > 0 {
      part.pacing = .open(LoadPlan.Rate(rate.perSecond * Double(part.senders) / Double(plan.senders)))
    }
    return part
  }
}
