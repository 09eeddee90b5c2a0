import Doctor
import Glibc
import NIOCore
import Presentation

/// Shows a report as it grows: lines on stdout, and on a terminal what is being waited for.
///
/// Lives on the event loop. Everything goes through the writer's thread, so that a reader who takes nothing
/// holds up neither the examination nor its end.
final class DoctorScreen {
  /// A step that takes no longer is shown when it is done.
  private static let patience = Duration.milliseconds(300)

  let text: ReportText
  private let writer: OutputWriter
  private let eventLoop: any EventLoop
  private let isJSON: Bool
  private let showsProgress: Bool
  private var shown = (steps: 0, probes: 0, certificates: false, limits: false)
  private var waiting: (what: String, since: NIODeadline)?
  private var ticker: RepeatedTask?
  private var isProgressShown = false
  private var whenDrained: (() -> Void)?

  init(
    isJSON: Bool, isQuiet: Bool, color: String?, eventLoop: any EventLoop,
    onFailure: @escaping (SystemError) -> Void
  ) throws(SystemError) {
    let isTerminal = Terminal.isTerminal(STDOUT_FILENO)
    text = ReportText(
      asciiOnly: isTerminal && !Terminal.isUTF8, isColoured: Terminal.usesColour(color, STDOUT_FILENO))
    self.isJSON = isJSON
    self.eventLoop = eventLoop
    showsProgress = isTerminal && !isJSON && !isQuiet
    let relay = WriterRelay()
    let bound = NIOLoopBound(relay, eventLoop: eventLoop)
    writer = try OutputWriter(
      descriptor: STDOUT_FILENO, eventLoop: eventLoop, onWritten: { _ in bound.value.onWritten() },
      onFailure: { bound.value.onFailure($0) })
    relay.onFailure = onFailure
    relay.onWritten = { [weak self] in self?.written() }
  }

  // MARK: - As it grows

  func begin(_ report: Report) {
    guard !isJSON else { return }
    write([text.heading(report)])
    guard showsProgress else { return }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    ticker = eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) {
      _ in
      bound.value.tick()
    }
  }

  /// - Parameter waiting: what comes next.
  func update(_ report: Report, waiting what: String) {
    if waiting?.what != what { waiting = (what, .now()) }
    guard !isJSON else { return }
    var lines: [String] = []
    for result in report.steps.dropFirst(shown.steps) {
      lines += text.lines(result)
      if result.step == .tls { showCertificates(report, &lines) }
      if result.step == .connect, !report.limits.isEmpty { lines.append(text.line(report.limits)) }
    }
    shown.steps = report.steps.count
    // Those of a server that was not trusted come from a probe.
    if shown.steps > 0, report.steps.contains(where: { $0.step == .tls }) { showCertificates(report, &lines) }
    lines += report.probes.dropFirst(shown.probes).map(text.line)
    shown.probes = report.probes.count
    if !lines.isEmpty { write(lines) }
  }

  private func showCertificates(_ report: Report, _ lines: inout [String]) {
    guard !shown.certificates, !report.certificates.isEmpty else { return }
    shown.certificates = true
    lines += text.lines(report.certificates)
  }

  /// The rest of the report; `then` is called once everything is written.
  func end(_ report: Report, then: @escaping () -> Void) {
    ticker?.cancel()
    ticker = nil
    var lines: [String] = []
    if isJSON {
      lines = [ReportJSON.text(report)]
    } else {
      if let idle = report.idle { lines += text.lines(idle) }
      // On one screen the error line that follows is the verdict.
      let isOneScreen = Terminal.isTerminal(STDOUT_FILENO) && Terminal.isTerminal(STDERR_FILENO)
      lines += text.ending(report, includesDiagnosis: !isOneScreen)
    }
    whenDrained = then
    write(lines)
  }

  // MARK: - Writing

  private func tick() {
    guard let waiting else { return }
    let time = Duration.nanoseconds((NIODeadline.now() - waiting.since).nanoseconds)
    guard time >= Self.patience, writer.isDrained else { return }
    append("\r\u{1b}[K" + text.progress(waiting.what, time))
    isProgressShown = true
  }

  private func write(_ lines: [String]) {
    let erasure = isProgressShown ? "\r\u{1b}[K" : ""
    isProgressShown = false
    append(erasure + lines.map { $0 + "\n" }.joined())
  }

  private func append(_ text: String) {
    var bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return written() }
    _ = writer.append(&bytes, sequence: 0)
  }

  private func written() {
    guard writer.isDrained, let whenDrained else { return }
    self.whenDrained = nil
    whenDrained()
  }
}

/// Lets the writer be made before the one who hears from it.
private final class WriterRelay {
  var onWritten: () -> Void = {}
  var onFailure: (SystemError) -> Void = { _ in }
}
