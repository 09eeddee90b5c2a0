import Client
import Doctor
import Glibc
import MQTTPackets
import NIOCore
import Options
import Presentation
import Profiles
import Text
import WebSocketTransport

/// `mqttws doctor`.
final class DoctorCommand: ConnectingCommand {
  static var definition: CommandDefinition { DoctorOptions.definition }

  let needs = ConnectionNeeds(reconnects: false)
  private let plan: DoctorOptions.Plan
  private let isJSON: Bool
  private let isQuiet: Bool
  private let color: String?
  private var run: CommandRun?
  private var screen: DoctorScreen?
  private var examination: Examination?
  private var idleExamination: IdleExamination?
  private var isStopping = false

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    plan = try DoctorOptions.plan(arguments)
    isJSON = arguments.isOn("json")
    isQuiet = arguments.isOn("quiet")
    color = try OptionValues.choice(arguments, "color", ["auto", "always", "never"])
  }

  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure) {
    self.run = run
    let screen: DoctorScreen
    do throws(SystemError) {
      screen = try DoctorScreen(
        isJSON: isJSON, isQuiet: isQuiet, color: color, eventLoop: run.eventLoop,
        onFailure: { run.end($0) })
    } catch {
      throw .system(error)
    }
    self.screen = screen
    let walkPlan = WalkPlan(
      settings: connection.settings, echoTopic: plan.echoes ? plan.echoTopic ?? Self.privateTopic() : nil,
      idle: plan.idle, answerTimeout: plan.timeout, maximumProbes: plan.probes, now: .now,
      diagnoses: run.diagnoses, command: DoctorWords.words(run.arguments, run.settings))
    let examination = Examination(
      walkPlan, eventLoop: run.eventLoop,
      onChange: { screen.update($0.report, waiting: $0.step.rawValue) },
      onEnd: { [unowned self] in walked($0, connection.settings) })
    self.examination = examination
    screen.begin(examination.walk.report)
    examination.start()
  }

  /// Nobody else is on it, and nobody could have guessed it.
  private static func privateTopic() -> String {
    let random = UInt64.random(in: .min ... .max)
    let digits = String(random, radix: 16)
    return "mqttws-doctor/" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  func stop() {
    guard !isStopping else { return }
    isStopping = true
    examination?.stop()
    idleExamination?.stop()
    guard let run, let screen, let report = examination?.walk.report else { return }
    screen.end(report) { run.end(.ok) }
  }

  // MARK: - The end

  private func walked(_ report: Report, _ settings: ConnectionSettings) {
    guard let run, report.verdict?.diagnosis == nil, let limit = plan.idleLimit else { return end(report) }
    let isFixed = run.settings.text(.clientIdentifier).map { !$0.contains("{random}") } ?? false
    let idle = IdleExamination(
      IdleProbe(limit: limit, connections: isFixed ? 1 : 6), settings, eventLoop: run.eventLoop
    ) { [unowned self] finding in
      var report = report
      report.idle = finding
      end(report)
    }
    idleExamination = idle
    screen?.update(report, waiting: "idle probe")
    idle.start()
  }

  private func end(_ report: Report) {
    guard let run, let screen, !isStopping else { return }
    screen.end(report) {
      guard var diagnosis = report.verdict?.diagnosis else { run.end(.ok) }
      // The report has shown it.
      diagnosis.isEvidenceEssential = false
      run.end(diagnosis)
    }
  }
}
