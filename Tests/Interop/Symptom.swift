import Support
import Testing

/// One thing that goes wrong, and what `doctor` and a plain `sub` must both say about it: the same layer and
/// status, the same cause, and the way out.
struct Symptom: Sendable, CustomTestStringConvertible {
  let name: String
  /// The step of the walk that fails.
  let step: String
  let status: Int32
  let layer: String
  /// Words that both last lines hold, in any case.
  let words: [String]
  /// Words that doctor's verdict alone can know.
  var verdict: [String] = []
  /// Of sub's line, where it has only a guess.
  var guess: [String] = []
  /// Part of the command line that doctor proposes; it is run.
  var command: String?
  /// The command that must agree with doctor.
  var plain = ["sub", "-t", "a/b", "-C", "1", "--no-reconnect"]
  /// Options of doctor alone.
  var options: [String] = []
  let arguments: @Sendable (Stage) throws -> [String]

  init(
    _ name: String, at step: String, _ status: Int32, _ layer: String, _ words: String...,
    verdict: [String] = [], guess: [String] = [], command: String? = nil, plain: [String]? = nil,
    options: [String] = [],
    arguments: @escaping @Sendable (Stage) throws -> [String]
  ) {
    (self.name, self.step, self.status, self.layer, self.words) = (name, step, status, layer, words)
    (self.verdict, self.guess, self.command) = (verdict, guess, command)
    (self.options, self.arguments) = (options, arguments)
    if let plain { self.plain = plain }
  }

  /// The same with other words.
  init(_ other: Symptom, words: [String]) {
    (name, step, status, layer) = (other.name, other.step, other.status, other.layer)
    (verdict, guess, command) = (other.verdict, other.guess, other.command)
    (options, arguments, plain) = (other.options, other.arguments, other.plain)
    self.words = words
  }

  var testDescription: String { name }

  func check() throws {
    let stage = try Stage()
    stage.program.environment["MQTT_PASSWORD"] = Self.canary
    let arguments = try arguments(stage)
    let doctor = try stage.program.command(
      ["doctor"] + arguments + options + ["--idle", "1.5", "--timeout", "1"]
    )
    .start()
    let sub = try stage.program.command(plain + arguments).start()
    let examined = try doctor.wait(within: .seconds(30))
    let subscribed = try sub.wait(within: .seconds(30))
    var faults = common(examined, "doctor", words + verdict) + common(subscribed, "sub", words + guess)
    faults += steps(examined)
    if let command { faults += try proposal(examined, command, stage) }
    #expect(
      faults.isEmpty, "\(arguments)\n\(examined.outputText)\(examined.errorText)\n\(subscribed.errorText)")
    SymptomLog.write(self, examined, subscribed)
  }

  private func common(_ result: ProcessResult, _ who: String, _ words: [String]) -> [String] {
    let last = result.errorLines.last ?? ""
    var faults: [String] = []
    if result.status != .exited(status) { faults.append("\(who): \(result.status), not \(status)") }
    if !last.hasPrefix("mqttws: \(layer): ") { faults.append("\(who): another layer than \(layer)") }
    if !last.contains(" \u{2014} ") { faults.append("\(who): no hint") }
    faults += words.filter { !last.lowercased().contains($0.lowercased()) }.map { "\(who): no '\($0)'" }
    let text = result.outputText + result.errorText
    if text.unicodeScalars.contains(where: { $0 != "\n" && $0.properties.generalCategory == .control }) {
      faults.append("\(who): control characters")
    }
    if text.contains(Self.canary) { faults.append("\(who): a secret") }
    return faults
  }

  /// A password that no output may hold.
  static let canary = "canary-4711"

  private func steps(_ result: ProcessResult) -> [String] {
    let failed = result.outputLines.filter { $0.hasPrefix("\u{2717} ") && !$0.contains(" try ") }
    var faults: [String] = []
    if failed.count != 1 || failed.first?.hasPrefix("\u{2717} \(step) ") != true {
      faults.append("doctor: failed at \(failed), not at \(step)")
    }
    if !result.outputLines.contains(where: { $0.hasPrefix("verdict: \(layer): ") }) {
      faults.append("doctor: no verdict on stdout")
    }
    return faults
  }

  /// What doctor says works has to work.
  private func proposal(_ result: ProcessResult, _ part: String, _ stage: Stage) throws -> [String] {
    guard let line = result.outputLines.first(where: { $0.hasPrefix("this works: ") }) else {
      return ["doctor: proposes nothing"]
    }
    guard line.contains(part) else { return ["doctor: proposes \(line)"] }
    guard line.hasPrefix("this works: mqttws sub "), line.hasSuffix(" -t '#'") else { return [] }
    let words = line.dropFirst("this works: mqttws sub ".count).dropLast(" -t '#'".count)
    let trial = try stage.program.shell("\"$MQTTWS\" doctor \(words) --idle 0 --timeout 2")
    return trial.status == .exited(0)
      ? [] : ["what it proposes ends with \(trial.status):\n\(trial.outputText)"]
  }
}

/// With TEST_SYMPTOMS set, a line for every symptom: what both said, and after how long.
enum SymptomLog {
  static func write(_ symptom: Symptom, _ doctor: ProcessResult, _ sub: ProcessResult) {
    guard environmentVariable("TEST_SYMPTOMS") != nil else { return }
    let command = doctor.outputLines.first { $0.hasPrefix("this works: ") } ?? ""
    let parts = [
      "SYMPTOM", symptom.name, "\(symptom.status)", doctor.errorLines.last ?? "", command,
      sub.errorLines.last ?? "", "\(doctor.duration)",
    ]
    print(parts.joined(separator: "\t"))
  }
}
