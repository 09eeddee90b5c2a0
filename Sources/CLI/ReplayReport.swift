import Glibc
import NIOCore
import Presentation
import Text

/// What the user hears of a replay: how far it is, and at the end what it was.
///
/// Lives on the event loop.
final class ReplayReport {
  /// Where nobody watches, a line now and then.
  private static let pace = Terminal.isTerminal(STDERR_FILENO) ? TimeAmount.milliseconds(250) : .seconds(60)

  private let run: CommandRun
  private let input: ReplayInput
  var publisher: Publisher?
  private var timer: RepeatedTask?
  private var startedAt: NIODeadline
  private var last: (time: NIODeadline, messages: UInt64)

  init(_ run: CommandRun, _ input: ReplayInput) {
    self.run = run
    self.input = input
    startedAt = run.eventLoop.now
    last = (startedAt, 0)
  }

  func start() {
    let bound = NIOLoopBound(self, eventLoop: run.eventLoop)
    timer = run.eventLoop.scheduleRepeatedTask(initialDelay: Self.pace, delay: Self.pace) { _ in
      bound.value.tellProgress()
    }
  }

  private func tellProgress() {
    let now = run.eventLoop.now
    let seconds = Double((now - last.time).nanoseconds) / 1e9
    let rate = Double(input.tally.messages - last.messages) / max(seconds, 0.001)
    last = (now, input.tally.messages)
    run.console.progress(RunSummary.progress(counters, rate: rate, in: elapsed))
  }

  private var counters: RunCounters {
    var counters = RunCounters()
    counters.messages = Int(clamping: input.tally.messages)
    counters.payloadBytes = input.tally.payloadBytes
    counters.failed = Int(clamping: publisher?.tally.failed ?? 0)
    return counters
  }

  private var elapsed: Duration { .nanoseconds((run.eventLoop.now - startedAt).nanoseconds) }

  /// The summary, on stderr, and as a document for a program.
  func finish() {
    timer?.cancel()
    let tally = input.tally
    for note in notes(tally) { run.console.note(note) }
    var words = [RunSummary.sent(counters, in: elapsed)]
    if tally.passes > 1 { words.append("\(tally.passes) passes") }
    if tally.drift.count > 0 {
      let times = [("p50", 0.5), ("p99", 0.99), ("max", 1)].map { name, share in
        "\(name) \(Human.duration(.nanoseconds(Int64(clamping: tally.drift.percentile(share)))))"
      }
      words.append("late by " + times.joined(separator: ", "))
    }
    run.console.note(words.joined(separator: ", "))
    if run.console.isJSON { StandardOutput.print(document(tally) + "\n", run.console) }
  }

  private func notes(_ tally: ReplayInput.Tally) -> [String] {
    var notes: [String] = []
    if let messages = tally.cutOffAfter {
      let whole = Human.plural(Int(clamping: messages), "message")
      notes.append("the recording ends in the middle of a line, after \(whole)")
    }
    if tally.gaps > 0 {
      let missing =
        tally.missing > 0 ? ", at least \(Human.grouped(Int(clamping: tally.missing))) missing" : ""
      notes.append("the recording has \(Human.plural(tally.gaps, "gap"))\(missing)")
    }
    if tally.withoutProperties > 0 {
      let messages = Human.plural(Int(clamping: tally.withoutProperties), "message")
      notes.append("MQTT 3.1.1 has no properties: those of \(messages) were left out")
    }
    return notes
  }

  private func document(_ tally: ReplayInput.Tally) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("messages", Int(clamping: tally.messages))
    writer.field("failed", counters.failed)
    writer.field("payload_bytes", tally.payloadBytes)
    writer.field("passes", tally.passes)
    writer.field("gaps", tally.gaps)
    writer.field("missing", Int(clamping: tally.missing))
    writer.field("cut_off", tally.cutOffAfter != nil)
    writer.field("seconds", elapsed / .seconds(1))
    if tally.drift.count > 0 {
      writer.key("late_ms")
      writer.beginObject()
      for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        writer.field(name, Double(tally.drift.percentile(share)) / 1e6)
      }
      writer.endObject()
    }
    writer.endObject()
    return writer.text
  }
}
