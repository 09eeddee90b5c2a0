import Bench
import Client
import Expression
import Glibc
import LoopbackBroker
import MQTTPackets
import NIOCore
import NIOPosix
import Options
import Presentation
import Profiles
import Text
import WebSocketTransport

/// `mqttws bench`: runs of load one after the other, and their report. Lives on the event loop, which is
/// the main thread.
final class BenchCommand {
  private let arguments: ParsedArguments
  private let request: BenchRequest
  private let targets: [BenchTarget]
  private let baseline: LoadResult?
  private let console: Console
  private let eventLoop: any EventLoop
  private let files: BenchFiles
  private let tracing: Tracing?
  private var progress: BenchProgress
  private var steps: BenchSteps
  private var current: LoadRun?
  private var demo: LoopbackBroker?
  private var endingSignal: CInt?
  private var isOutOfTime = false
  private var isStopping = false

  static func run(_ words: [String]) -> Never {
    var console = Console(words: words)
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, BenchOptions.definition)
      console = Console(arguments)
      if arguments.positionals.first?.text == "merge" { try BenchMerge.run(arguments, console) }
      ProcessArguments.hideSecrets(arguments)
      try ProcessArguments.checkEncoding(arguments)
      let request = try BenchRequest(arguments) { name in getenv(name).map { String(cString: $0) } }
      let targets = try targets(arguments)
      try check(request, targets)
      try check(arguments, targets)
      let baseline = try request.baseline.map { path throws(CommandFailure) in
        try BenchResultFile.read(path, option: "--baseline")
      }
      let files = try BenchFiles.create(request)
      let tracing = try Tracing(arguments) { [console] in Exit.failed($0.diagnosis, console) }
      SignalSource.block()
      MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { [console] eventLoop in
        BenchCommand(arguments, request, targets, baseline, files, tracing, console, eventLoop).start()
      }
      Exit.now(.software)
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private init(
    _ arguments: ParsedArguments, _ request: BenchRequest, _ targets: [BenchTarget], _ baseline: LoadResult?,
    _ files: (csv: OutputFile?, hlog: OutputFile?), _ tracing: Tracing?, _ console: Console,
    _ eventLoop: any EventLoop
  ) {
    self.arguments = arguments
    self.request = request
    self.targets = targets
    self.baseline = baseline
    self.tracing = tracing
    self.console = console
    self.eventLoop = eventLoop
    progress = BenchProgress(console)
    steps = BenchSteps(request, targets: targets.count)
    self.files = BenchFiles(files, on: eventLoop) { Exit.failed($0.diagnosis, console) }
  }

  // MARK: - Before the loop

  private static func targets(_ arguments: ParsedArguments) throws(CommandFailure) -> [BenchTarget] {
    let environment = Environment.current()
    guard !arguments.positionals.isEmpty else { return [try BenchTarget(arguments, nil, environment)] }
    var targets: [BenchTarget] = []
    for target in arguments.positionals { targets.append(try BenchTarget(arguments, target, environment)) }
    return targets
  }

  private static func check(_ request: BenchRequest, _ targets: [BenchTarget]) throws(CommandFailure) {
    if targets.count > 1, request.search != nil || request.rates.count > 1 {
      throw .usage("a sweep takes one target", hint: "give one target, or one rate")
    }
    try request.checkConditions(usesTLS: targets.allSatisfy(\.usesTLS))
    for target in targets {
      try ProcessLimits.makeRoom(
        connections: request.plan.clients, socketsEach: target.isDemo ? 2 : 1, isOneAddress: target.isAddress)
    }
  }

  /// What the command line asks for and the settings do not allow.
  private static func check(
    _ arguments: ParsedArguments, _ targets: [BenchTarget]
  ) throws(CommandFailure) {
    try Tracing.check(arguments)
    try PropertyOptions.check(
      arguments, of: "bench", sends: [.packet(.connect), .packet(.publish), .packet(.subscribe), .will])
    let will = try PropertyOptions.properties(of: .will, arguments)
    for settings in targets.map(\.settings) {
      try PropertyOptions.checkWill(will, settings)
      guard settings.text(.protocolVersion) == "3.1.1" else { continue }
      let origin = settings.origin(of: .protocolVersion).description
      try PropertyOptions.checkVersion3(arguments, origin: origin)
    }
  }

  // MARK: - On the loop

  private func start() {
    showNotes()
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    do throws(SystemError) {
      try SignalSource.start(on: eventLoop) { signal in
        bound.value.endingSignal = signal
        bound.value.stop()
      }
    } catch {
      Exit.failed(CommandFailure.system(error).diagnosis, console)
    }
    do throws(CommandFailure) {
      try startTimeLimit()
      try files.start()
    } catch {
      Exit.failed(error.diagnosis, console)
    }
    if targets.contains(where: \.isDemo) { startDemo() } else { prepare() }
  }

  /// Each once; an option for TLS is of use as long as one target has it.
  private func showNotes() {
    var shown: Set<String> = []
    for note in targets.flatMap(\.settings.notes) {
      if case .unusedWithoutTLS = note, targets.contains(where: \.usesTLS) { continue }
      let text = SettingsNoteText.text(note)
      if shown.insert(text).inserted { console.note(text) }
    }
  }

  private func startTimeLimit() throws(CommandFailure) {
    guard let limit = try OptionValues.duration(arguments, "max-time") else { return }
    eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
      self.isOutOfTime = true
      self.stop()
    }
  }

  private func startDemo() {
    LoopbackBroker.start(simulatesDevices: true, on: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let broker):
        self.demo = broker
        if let url = try? WebSocketURL(parsing: "ws://127.0.0.1:\(broker.port)/mqtt") {
          for target in self.targets where target.isDemo { target.supplyDemo(url) }
        }
        self.prepare()
      case .failure(let error): Exit.failed(ListenerDiagnosis.diagnosis(error), self.console)
      }
    }
  }

  private func prepare() {
    let qos = QoS(rawValue: request.plan.qos) ?? .atMostOnce
    do throws(CommandFailure) {
      let needs = try PropertyOptions.needs(arguments, highestQoS: qos, reconnects: true)
      for target in targets { try target.prepare(needs, shard: request.shard) }
    } catch {
      Exit.failed(error.diagnosis, console)
    }
    runNext()
  }

  private func runNext() {
    guard !isStopping, let step = steps.next, let load = targets[step.target].load else { return finish() }
    let target = targets[step.target]
    let run = LoadRun(step.plan, target: load, eventLoop: eventLoop, environment: environment(target)) {
      self.ended($0, step, target)
    }
    if !progress.isQuiet {
      run.onProgress = { progress in
        self.progress.show(
          progress, title: step.title, now: Int64(clamping: NIODeadline.now().uptimeNanoseconds))
      }
    }
    run.onInterval = { self.files.record($0) }
    if let tracing { run.trace = { tracing.observe($0) } }
    current = run
    run.start()
  }

  private func environment(_ target: BenchTarget) -> LoadEnvironment {
    LoadEnvironment(
      run: .random(in: 1 ... .max), seed: .random(in: .min ... .max), startAt: request.startAt,
      wallClock: { WallTime.now.nanoseconds }, cpuTime: Self.cpuTime,
      describe: { target.diagnoses.diagnosis($0).cause })
  }

  private static func cpuTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private func ended(_ outcome: LoadRun.Outcome, _ step: BenchSteps.Step, _ target: BenchTarget) {
    current = nil
    progress.clear()
    switch outcome {
    case .failed(let error):
      _ = finishTrace()
      if let endingSignal { SignalSource.die(of: endingSignal) }
      Exit.failed(target.diagnoses.diagnosis(error), console)
    case .done(let result):
      files.runEnded()
      steps.record(result, of: step)
      // The loop has other things to do before the next one: sockets of this run close.
      eventLoop.assumeIsolated().execute { self.runNext() }
    }
  }

  // MARK: - The end

  private func stop() {
    guard !isStopping else { return }
    isStopping = true
    guard let current else { return finish() }
    current.stop()
    // A broker that does not answer the goodbye does not keep us.
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(150)) { current.abandon() }
  }

  private func finish() {
    files.finish { self.report() }
  }

  /// - Returns: what could not be written.
  private func finishTrace() -> CommandFailure? {
    let isHurried = endingSignal != nil || isOutOfTime
    return tracing?.finish(within: isHurried ? Exit.graceForOutput : nil, console)
  }

  private func report() -> Never {
    let traceFailure = finishTrace()
    guard let last = steps.results.last?.result else { leave(.ok) }
    let report = BenchResultReport(
      request, steps, console: console, baseline: baseline.map { ($0, request.baseline ?? "") })
    StandardOutput.print(report.text(last), console)
    if let diagnosis = report.failure, endingSignal == nil, !isOutOfTime { Exit.failed(diagnosis, console) }
    if let traceFailure, endingSignal == nil, !isOutOfTime { Exit.failed(traceFailure.diagnosis, console) }
    leave(.ok)
  }

  private func leave(_ status: ExitStatus) -> Never {
    if let endingSignal { SignalSource.die(of: endingSignal) }
    guard isOutOfTime else { Exit.now(status) }
    let limit = arguments.value("max-time") ?? ""
    Exit.failed(
      Diagnosis(.time, .maximumTime, "--max-time \(limit) is over", "allow more, or a shorter --duration"),
      console)
  }
}
