import Bench
import Glibc
import NIOCore
import Presentation

/// The files that are written while the load runs: time series and histogram log.
final class BenchFiles {
  private final class Output {
    let file: OutputFile
    let writer: OutputWriter
    private var sequence: UInt64 = 0

    init(
      _ file: OutputFile, _ eventLoop: any EventLoop, onFailure: @escaping @Sendable (SystemError) -> Void
    ) throws(SystemError) {
      self.file = file
      writer = try OutputWriter(
        descriptor: file.descriptor, eventLoop: eventLoop, onWritten: { _ in }, onFailure: onFailure)
    }

    func write(_ text: String) {
      sequence += 1
      var bytes = Array(text.utf8)
      _ = writer.append(&bytes, sequence: sequence)
    }
  }

  private let eventLoop: any EventLoop
  private let onFailure: (CommandFailure) -> Void
  private let csvFile: OutputFile?
  private let hlogFile: OutputFile?
  private var csv: Output?
  private var hlog: Output?
  private var hasHeader = false
  /// Seconds of the runs before this one, for a series that goes on over several.
  private var earlier = 0.0
  private var end = 0.0

  /// Creates the files, before anything connects.
  static func create(
    _ request: BenchRequest
  ) throws(CommandFailure) -> (csv: OutputFile?, hlog: OutputFile?) {
    let csv = try request.csv.map { path throws(CommandFailure) in
      try OutputFile.create(path, replaces: request.replacesFiles)
    }
    let hlog = try request.hlog.map { path throws(CommandFailure) in
      try OutputFile.create(path, replaces: request.replacesFiles)
    }
    return (csv, hlog)
  }

  init(
    _ files: (csv: OutputFile?, hlog: OutputFile?), on eventLoop: any EventLoop,
    onFailure: @escaping (CommandFailure) -> Void
  ) {
    self.eventLoop = eventLoop
    self.onFailure = onFailure
    (csvFile, hlogFile) = files
  }

  func start() throws(CommandFailure) {
    csv = try output(csvFile)
    hlog = try output(hlogFile)
    csv?.write(TimeSeries.csvHeader)
  }

  private func output(_ file: OutputFile?) throws(CommandFailure) -> Output? {
    guard let file else { return nil }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    do throws(SystemError) {
      return try Output(file, eventLoop) { error in bound.value.onFailure(file.failure(error.errno)) }
    } catch {
      throw .system(error)
    }
  }

  func record(_ interval: LoadInterval) {
    var point = interval.point
    point.start += earlier
    end = point.start + point.length
    csv?.write(TimeSeries.csv(point))
    guard let hlog else { return }
    if !hasHeader {
      hlog.write(HistogramLog.header(version: CommandLineTool.version, start: interval.startedAt))
      hasHeader = true
    }
    let start = Double(interval.startedAt) / 1e9 + interval.point.start
    for (histogram, tag) in [(interval.corrected, nil), (interval.raw, "raw")] where !histogram.isEmpty {
      hlog.write(HistogramLog.line(histogram, tag: tag, start: start, length: point.length))
    }
  }

  /// A run has ended; the next one's times follow on.
  func runEnded() { earlier = end }

  /// Calls `done` once all is on disk.
  func finish(_ done: @escaping () -> Void) {
    let outputs = [csv, hlog].compactMap { $0 }
    guard outputs.allSatisfy(\.writer.isDrained) else {
      eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(5)) { self.finish(done) }
      return
    }
    for output in outputs {
      output.writer.close()
      do throws(CommandFailure) {
        try output.file.close()
      } catch {
        return onFailure(error)
      }
    }
    done()
  }
}
