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
  static var allowsPlainMQTT: Bool { true }

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
    let walkPlan = try walkPlan(run, connection.settings)
    let examination = Examination(
      walkPlan, eventLoop: run.eventLoop, tracer: run.tracer(),
      onChange: { screen.update($0.report, waiting: $0.step.rawValue) },
      onEnd: { [unowned self] in walked($0, walkPlan) })
    self.examination = examination
    screen.begin(examination.walk.report)
    examination.start()
  }

  private func walkPlan(
    _ run: CommandRun, _ settings: ConnectionSettings
  ) throws(CommandFailure) -> WalkPlan {
    var walkPlan = WalkPlan(
      settings: settings, echoTopic: plan.echoes ? plan.echoTopic ?? Self.privateTopic() : nil,
      idle: plan.idle, answerTimeout: plan.timeout, maximumProbes: plan.probes, now: .now,
      diagnoses: run.diagnoses, command: DoctorWords.words(run.arguments, run.settings))
    walkPlan.username = run.settings.text(.username)
    walkPlan.hasPassword = run.settings.password != nil
    guard let guise = plan.guise else { return walkPlan }
    let (dressed, appearance) = try DoctorGuise.apply(guise, to: settings, run.settings)
    walkPlan.settings = dressed
    walkPlan.appearance = appearance
    var context = walkPlan.diagnoses.context
    context.version = dressed.session.version
    walkPlan.diagnoses = DiagnosisTable(context)
    if let origin = dressed.transport.origin,
      !walkPlan.command.options.contains(where: { $0.name == "origin" })
    {
      walkPlan.command.options.append(.init("origin", .text("--origin"), .text(origin)))
    }
    return walkPlan
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
    run.concludeBundle(ReportJSON.text(report))
    screen.end(report) { run.end(.ok) }
  }

  // MARK: - The end

  private func walked(_ report: Report, _ walkPlan: WalkPlan) {
    guard let run, report.verdict?.diagnosis == nil, let limit = plan.idleLimit else {
      return end(report, walkPlan)
    }
    let isFixed = run.settings.text(.clientIdentifier).map { !$0.contains("{random}") } ?? false
    let idle = IdleExamination(
      IdleProbe(limit: limit, connections: isFixed ? 1 : 6), walkPlan.settings, eventLoop: run.eventLoop,
      tracer: { run.tracer(source: $0) }
    ) { [unowned self] finding in
      var report = report
      report.idle = finding
      end(report, walkPlan)
    }
    idleExamination = idle
    screen?.update(report, waiting: "idle probe")
    idle.start()
  }

  private func end(_ report: Report, _ walkPlan: WalkPlan) {
    guard let run, let screen, !isStopping else { return }
    var report = report
    if let snippet = plan.snippet { report.snippet = snippet.lines(report, walkPlan) }
    run.concludeBundle(ReportJSON.text(report))
    screen.end(report) {
      guard var diagnosis = report.verdict?.diagnosis else { run.end(.ok) }
      // The report has shown it.
      diagnosis.isEvidenceEssential = false
      run.end(diagnosis)
    }
  }
}
