import Bench
import Expression
import Options
import Presentation
import Text

/// Documents of `bench --json`.
enum BenchResultFile {
  private static let limit = 256 * 1024 * 1024

  static func read(_ path: String, option: String) throws(CommandFailure) -> LoadResult {
    let bytes = try InputFile.read(path, limit: limit, option: option)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(String(decoding: bytes, as: UTF8.self), limit: limit)
    } catch {
      throw bad(path, "\(error)")
    }
    do throws(LoadResult.Unreadable) {
      return try LoadResult(document: value)
    } catch {
      throw bad(path, error.reason)
    }
  }

  private static func bad(_ path: String, _ problem: String) -> CommandFailure {
    CommandFailure(
      DiagnosisTable().badInput(path, problem, hint: "give what 'mqttws bench --json' printed"))
  }
}

/// `mqttws bench merge RESULT…`: one result of shards that ran at the same time.
enum BenchMerge {
  /// Options that mean something here.
  private static let known = ["json", "quiet", "fail-if", "baseline", "color"]

  static func run(_ arguments: ParsedArguments, _ console: Console) throws(CommandFailure) -> Never {
    if let stray = arguments.occurrences.first(where: { !known.contains($0.option.name) }) {
      throw .usage("\(stray.spelling) means nothing to merge", hint: "the results are what they are")
    }
    let paths = arguments.positionals.dropFirst().map(\.text)
    guard let first = paths.first else {
      throw .usage("nothing to merge", hint: "name the results: mqttws bench merge shard-*.json")
    }
    var merged = try BenchResultFile.read(first, option: "the results")
    for path in paths.dropFirst() {
      let other = try BenchResultFile.read(path, option: "the results")
      let differences = merged.planDifferences(other)
      if !differences.isEmpty {
        merged.notes.append("\(path): its plan differs in \(differences.joined(separator: ", "))")
      }
      merged.add(other, isConcurrent: true)
    }
    try print(merged, count: paths.count, arguments, console)
  }

  private static func print(
    _ merged: LoadResult, count: Int, _ arguments: ParsedArguments, _ console: Console
  ) throws(CommandFailure) -> Never {
    var checks: [BenchDocument.Check] = []
    for occurrence in arguments.all("fail-if") {
      let condition = try BenchRequest.condition(occurrence)
      let missing = condition.metricNames.filter { Metrics.value($0, of: merged) == nil }
      if let name = missing.first {
        throw .usage("'\(condition.text)': \(name) was not measured", hint: "such as 'errors > 0'")
      }
      checks.append(.init(condition: condition.text, failed: Metrics.holds(condition, for: merged)))
    }
    let baseline = try arguments.value("baseline").map { path throws(CommandFailure) in
      Baseline(try BenchResultFile.read(path, option: "--baseline"), now: merged, name: path)
    }
    if arguments.isOn("json") {
      var document = BenchDocument(version: CommandLineTool.version, result: merged)
      document.environment = [("shards", .number(JSONValue.Number(text: "\(count)", double: Double(count))))]
      document.checks = checks
      document.baseline = baseline
      StandardOutput.print(document.json(), console)
    } else {
      let report = BenchReport(asciiOnly: console.asciiOnly)
      var text = "\(Human.plural(count, "result")) merged\n" + report.text(merged)
      if let baseline { text += "\n" + report.text(baseline) }
      for check in checks { text += "\(check.failed ? "FAILED" : "passed"): fail if \(check.condition)\n" }
      StandardOutput.print(
        text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { Sanitiser.line(String($0), asciiOnly: console.asciiOnly) }.joined(separator: "\n"),
        console)
    }
    if let diagnosis = BenchResultReport.failure(checks) { Exit.failed(diagnosis, console) }
    Exit.now(.ok)
  }
}
