import Presentation
import Text

/// What became of the checks of a run: in words for the user, and as a file for a CI system.
struct CheckReport {
  private let plan: SubscribePlan
  private let followUp: FollowUpCommand?
  private let startedAt: WallTime

  init(_ plan: SubscribePlan, followUp: FollowUpCommand?, startedAt: WallTime) {
    (self.plan, self.followUp, self.startedAt) = (plan, followUp, startedAt)
  }

  // MARK: - In words

  /// Expectations that are not met, each with what came instead.
  static func diagnosis(_ verdicts: [Expectations.Verdict]) -> Diagnosis {
    let failed = verdicts.filter { $0.failure != nil }
    let first = failed.first.map { "\($0.name): \($0.failure ?? "")" } ?? ""
    let more = failed.count > 1 ? " (and \(Human.plural(failed.count - 1, "more expectation")))" : ""
    let hasEvidence = failed.contains { !$0.evidence.isEmpty }
    var diagnosis = Diagnosis(
      .check, .checkFailed, first + more,
      hasEvidence
        ? "compare with the messages listed, nearest first" : "check -t, -W and what publishes the messages")
    for verdict in failed where failed.count > 1 || !verdict.evidence.isEmpty {
      diagnosis.evidence.append("\(verdict.name): \(verdict.failure ?? "")")
      diagnosis.evidence += verdict.evidence.map { "  " + $0 }
    }
    diagnosis.isEvidenceEssential = true
    return diagnosis
  }

  /// The command itself may hold a password and is not repeated.
  static func diagnosis(followUp how: String) -> Diagnosis {
    Diagnosis(.check, .checkFailed, "the command of --then \(how)", "what it printed says why")
  }

  // MARK: - As a file

  /// - Parameter diagnosis: what the run ends with, nil when it ends well.
  /// - Returns: what the run ends with, now that the file is written or not.
  func write(
    to file: OutputFile?, _ expectations: Expectations, endedBy diagnosis: Diagnosis?
  ) -> Diagnosis? {
    guard let file else { return diagnosis }
    let report = report(expectations.verdicts, endedBy: diagnosis)
    do throws(CommandFailure) {
      if let error = StandardOutput.write(report.xml, to: file.descriptor) { throw file.failure(error.errno) }
      try file.close()
    } catch {
      // A lost output weighs more than a check, and less than what kept the run from its work.
      guard let diagnosis else { return error.diagnosis }
      return diagnosis.status.combined(with: error.diagnosis.status) == diagnosis.status
        ? diagnosis : error.diagnosis
    }
    return diagnosis
  }

  private func report(_ verdicts: [Expectations.Verdict], endedBy diagnosis: Diagnosis?) -> JUnitReport {
    let end = WallTime.now
    // A check that was not decided when something else ended the run was not made.
    let obstacle = diagnosis.flatMap { $0.layer == .check ? nil : $0.line() }
    var cases = verdicts.map { verdict in
      var outcome = JUnitReport.Outcome.passed
      if let failure = verdict.failure { outcome = .failed(failure, details: verdict.evidence) }
      if let obstacle, verdict.decidedAt == nil { outcome = .error(obstacle) }
      return JUnitReport.Case(verdict.name, outcome, seconds: seconds(until: verdict.decidedAt ?? end))
    }
    if let followUp {
      cases.append(
        JUnitReport.Case(
          "--then", outcome(of: followUp, diagnosis), seconds: seconds(until: end)))
    }
    return JUnitReport("mqttws sub", cases: cases, seconds: seconds(until: end))
  }

  private func outcome(of followUp: FollowUpCommand, _ diagnosis: Diagnosis?) -> JUnitReport.Outcome {
    if let failure = followUp.failure { return .failed(failure, details: []) }
    if followUp.hasEnded { return .passed }
    return .error(diagnosis?.line() ?? "it was not run")
  }

  private func seconds(until time: WallTime) -> Double {
    Double(time.nanoseconds - startedAt.nanoseconds) / 1e9
  }
}
