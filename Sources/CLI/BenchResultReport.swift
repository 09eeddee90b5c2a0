import Bench
import Expression
import Glibc
import Presentation
import Text

/// What `bench` prints at the end, and whether its conditions failed.
struct BenchResultReport {
  private let request: BenchRequest
  private let steps: BenchSteps
  private let console: Console
  private let baseline: (result: LoadResult, path: String)?
  private let checks: [BenchDocument.Check]

  init(
    _ request: BenchRequest, _ steps: BenchSteps, console: Console, baseline: (LoadResult, String)?
  ) {
    self.request = request
    self.steps = steps
    self.console = console
    self.baseline = baseline
    let judged = steps.comparison?.columns.map(\.result) ?? steps.results.map(\.result)
    checks = request.conditions.map { condition in
      BenchDocument.Check(
        condition: condition.text, failed: judged.contains { Metrics.holds(condition, for: $0) })
    }
  }

  /// - Parameter last: the result that stands for all where there is one.
  func text(_ last: LoadResult) -> String {
    let result = headline(last)
    let compared = baseline.map { Baseline($0.result, now: result, name: $0.path) }
    if request.isJSON { return json(result, compared) }
    let report = BenchReport(asciiOnly: console.asciiOnly)
    var text: String
    if let search = steps.search {
      let ordered = search.steps.sorted { $0.rate < $1.rate }
      text = report.curve(ordered.map(\.result), verdicts: ordered.map(\.holds))
      let best = search.outcome.best.map { "\(Human.grouped(Int($0)))/s is the highest rate" } ?? "no rate"
      text += "\(best) that holds \(search.condition)\n"
    } else if steps.isSweep {
      text = report.curve(steps.results.map(\.result))
    } else if let comparison = steps.comparison {
      text = report.text(comparison, rounds: steps.results.count / comparison.columns.count)
    } else {
      text = report.text(result)
    }
    if let compared { text += "\n" + report.text(compared) }
    for check in checks { text += "\(check.failed ? "FAILED" : "passed"): fail if \(check.condition)\n" }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Sanitiser.line(String($0), asciiOnly: console.asciiOnly) }.joined(separator: "\n")
  }

  /// Of a search the best rate, of a comparison the first target, else the last run.
  private func headline(_ last: LoadResult) -> LoadResult {
    if let search = steps.search {
      return search.steps.filter(\.holds).max { $0.rate < $1.rate }?.result ?? last
    }
    return steps.comparison?.columns.first?.result ?? last
  }

  private func json(_ result: LoadResult, _ compared: Baseline?) -> String {
    var document = BenchDocument(version: CommandLineTool.version, result: result)
    document.environment = BenchMachine.facts()
    if steps.isSweep { document.sweep = steps.results.map(\.result) }
    document.search = steps.search?.outcome
    document.comparison = steps.comparison
    document.baseline = compared
    document.checks = checks
    return document.json()
  }

  /// nil when every condition is met.
  var failure: Diagnosis? {
    if let search = steps.search, search.outcome.best == nil, !search.steps.isEmpty {
      return Diagnosis(
        .check, .checkFailed, "no rate holds '\(search.condition)'",
        "the curve shows why: begin at a lower --rate")
    }
    return Self.failure(checks)
  }

  static func failure(_ checks: [BenchDocument.Check]) -> Diagnosis? {
    let failed = checks.filter(\.failed).map { "'\($0.condition)'" }
    guard !failed.isEmpty else { return nil }
    return Diagnosis(
      .check, .checkFailed, "\(failed.joined(separator: " and ")) \(failed.count == 1 ? "holds" : "hold")",
      "the report has the figures")
  }
}

/// Facts of the machine that figures depend on.
enum BenchMachine {
  static func facts() -> [(name: String, value: JSONValue)] {
    var name = utsname()
    uname(&name)
    func text<Value>(_ value: Value) -> String {
      withUnsafeBytes(of: value) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return [
      ("system", .string(text(name.sysname))), ("release", .string(text(name.release))),
      ("machine", .string(text(name.machine))),
      ("processors", .number(JSONValue.Number(text: "\(processors)", double: Double(processors)))),
    ]
  }
}
