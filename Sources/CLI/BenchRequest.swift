import Bench
import Expression
import Options
import Presentation

/// What `bench` was asked to do, checked and complete.
struct BenchRequest {
  var plan = LoadPlan()
  /// More than one is a sweep.
  var rates: [LoadPlan.Rate] = []
  var search: Expression?
  var conditions: [Expression] = []
  var rounds = 5
  var baseline: String?
  var hlog: String?
  var csv: String?
  var replacesFiles = false
  var isJSON = false
  var startAt: Int64?
  /// What makes the client identifiers of shards differ.
  var shard: Int?

  init(_ arguments: ParsedArguments, environment: (String) -> String?) throws(CommandFailure) {
    let reader = BenchPlanReader(arguments)
    (plan, rates) = try reader.plan()
    isJSON = arguments.isOn("json")
    conditions = try arguments.all("fail-if").map { text throws(CommandFailure) in
      try Self.condition(text)
    }
    search = try arguments.last("find-max").map { text throws(CommandFailure) in try Self.condition(text) }
    rounds = Int(clamping: try OptionValues.number(arguments, "rounds", 1...1000) ?? 5)
    baseline = arguments.value("baseline")
    hlog = arguments.value("hlog")
    csv = arguments.value("csv")
    replacesFiles = arguments.isOn("force")
    if let text = arguments.value("start-at") { startAt = try Self.instant(text) }
    if let text = arguments.value("shard") {
      let (index, count) = try Self.shard(text, environment)
      shard = index
      plan = try BenchPlanReader.part(index, of: count, plan)
      if rates.count > 1 || search != nil {
        throw .usage("--shard goes with one rate", hint: "leave out the other rates, or --find-max")
      }
    }
    try check()
  }

  private func check() throws(CommandFailure) {
    if search != nil, rates.count > 1 {
      throw .usage("--find-max begins at one --rate", hint: "leave out the others")
    }
    if search != nil || rates.count > 1, plan.totalRate == nil || plan.senders == 0 {
      throw .usage(
        "a sweep needs publishers and a rate", hint: "leave out --flat-out and --in-flight, or --find-max")
    }
    for rate in rates {
      var plan = plan
      if plan.totalRate != nil, plan.senders > 0, rates.count > 1 { plan.pacing = .open(rate) }
      do throws(LoadPlan.Problem) {
        try plan.check()
      } catch {
        throw .usage(error.reason, hint: error.hint)
      }
    }
  }

  /// Refuses conditions on what this plan does not measure.
  func checkConditions(usesTLS: Bool) throws(CommandFailure) {
    for condition in conditions + (search.map { [$0] } ?? []) {
      for name in condition.metricNames {
        guard let reason = Metrics.whyMissing(name, in: plan, usesTLS: usesTLS) else { continue }
        let measured = Metrics.all.map(\.name).filter {
          Metrics.whyMissing($0, in: plan, usesTLS: usesTLS) == nil
        }
        let nearest = NearestName.of(name, among: measured) ?? measured.first ?? "errors"
        throw .usage(
          "'\(condition.text)': \(name) is not measured, for \(reason)", hint: "such as \(nearest)")
      }
    }
  }

  static func condition(_ occurrence: Occurrence) throws(CommandFailure) -> Expression {
    do throws(ExpressionError) {
      return try Expression(occurrence.value, for: .metrics(Metrics.all))
    } catch {
      throw .usage(
        "\(occurrence.spelling) '\(occurrence.value)': \(error)", hint: "such as 'p99 > 5ms' or 'lost > 0'")
    }
  }

  private static func instant(_ text: String) throws(CommandFailure) -> Int64 {
    guard let seconds = Double(text), seconds > 0, seconds < 9e9 else {
      throw .usage(
        "--start-at '\(text)' is no time", hint: "seconds since 1970: --start-at $(date -d '+10 sec' +%s)")
    }
    return Int64(seconds * 1e9)
  }

  private static func shard(
    _ text: String, _ environment: (String) -> String?
  ) throws(CommandFailure) -> (index: Int, count: Int) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let count = parts.last.flatMap({ Int($0) }), count > 0, parts.count <= 2 else {
      throw .usage("--shard '\(text)' is no I/N", hint: "such as 0/4, or 4 where a scheduler says which")
    }
    let index: Int?
    if parts.count == 2 {
      index = Int(parts[0])
    } else if let completion = environment("JOB_COMPLETION_INDEX") {
      index = Int(completion)
    } else if let task = environment("SLURM_ARRAY_TASK_ID").flatMap({ Int($0) }) {
      index = task - (environment("SLURM_ARRAY_TASK_MIN").flatMap { Int($0) } ?? 0)
    } else {
      throw .usage(
        "--shard \(text) does not say which of them",
        hint: "write 0/\(count), or set JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID")
    }
    guard let index, (0..<count).contains(index) else {
      throw .usage(
        "--shard '\(text)': shards are counted from 0 to \(count - 1)", hint: "the first is 0/\(count)")
    }
    return (index, count)
  }
}
