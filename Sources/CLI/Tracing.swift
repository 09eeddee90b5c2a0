import Client
import Glibc
import MQTTSession
import NIOCore
import Options
import Presentation
import Text

/// Carries out `-d`, `--trace-json` and `--pcap` for one run. Confined to the event loop.
///
/// Writes at once, as long as somebody reads: a trace that ends before what it should explain is worth little,
/// and a run may end at any event. It never waits: what a slow reader leaves no room for is left out.
final class Tracing {
  private enum Encoder {
    case lines(TraceLines)
    case json(TraceJSON)
    case capture(CaptureEncoder)

    mutating func append(_ event: TraceEvent, to output: inout [UInt8]) {
      switch self {
      case .lines(var lines):
        lines.append(event, to: &output)
        self = .lines(lines)
      case .json(var json):
        json.append(event, to: &output)
        self = .json(json)
      case .capture(var capture):
        capture.append(event, to: &output)
        self = .capture(capture)
      }
    }
  }

  private struct Sink {
    var encoder: Encoder
    let output: PatientOutput
    /// nil for stderr.
    var file: OutputFile?

    /// Who reads no more of stderr is told nothing more.
    var failure: CommandFailure? {
      guard let error = output.failure, file != nil || error.errno != EPIPE else { return nil }
      return file?.failure(error.errno)
        ?? CommandFailure(DiagnosisTable().failedWrite("stderr", errno: error.errno))
    }
  }

  private var sinks: [Sink] = []
  private var piece: [UInt8] = []
  private let onFailure: (CommandFailure) -> Void

  /// nil when nothing of it is asked for.
  init?(_ arguments: ParsedArguments, onFailure: @escaping (CommandFailure) -> Void) throws(CommandFailure) {
    let level = min(arguments.count("debug"), 3)
    let isAsked = level > 0 || arguments.contains("trace-json") || arguments.contains("pcap")
    guard isAsked else { return nil }
    self.onFailure = onFailure
    let monotonic = MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
    let wall = WallTime.now
    if level > 0 {
      let lines = TraceLines(Self.layout(level, arguments), monotonic: monotonic, wall: wall)
      sinks.append(Sink(encoder: .lines(lines), output: StandardError.output, file: nil))
    }
    let replaces = arguments.isOn("force")
    if let path = arguments.value("trace-json") {
      let file = try OutputFile.create(path, replaces: replaces)
      let output = PatientOutput(descriptor: file.descriptor) { "{\"left_out\":\($0)}\n" }
      let encoder = Encoder.json(TraceJSON(monotonic: monotonic, wall: wall))
      sinks.append(Sink(encoder: encoder, output: output, file: file))
    }
    if let path = arguments.value("pcap") {
      let file = try OutputFile.create(path, replaces: replaces)
      let output = PatientOutput(descriptor: file.descriptor) { _ in "" }
      let capture = CaptureEncoder(
        monotonic: monotonic, wall: wall, includesSecrets: arguments.isOn("include-secrets"))
      let sink = Sink(encoder: Encoder.capture(capture), output: output, file: file)
      sinks.append(sink)
      output.write(CaptureEncoder.header)
      if let failure = sink.failure { throw failure }
    }
  }

  /// What the options ask for and makes no sense.
  static func check(_ arguments: ParsedArguments) throws(CommandFailure) {
    if arguments.isOn("include-secrets"), !arguments.contains("pcap") {
      throw .usage("--include-secrets is about --pcap", hint: "add --pcap FILE")
    }
    if arguments.isOn("force"),
      !["pcap", "trace-json", "record", "junit", "hlog", "csv"].contains(where: arguments.contains)
    {
      throw .usage("--force replaces a file", hint: "add one that is written, such as --pcap FILE")
    }
    if let pcap = arguments.value("pcap"), pcap == arguments.value("trace-json") {
      throw .usage("--pcap and --trace-json name the same file", hint: "name two files")
    }
  }

  private static func layout(_ level: Int, _ arguments: ParsedArguments) -> TraceLayout {
    TraceLayout(
      level: level, width: Terminal.width(STDERR_FILENO),
      usesColour: Terminal.usesColour(arguments.value("color"), STDERR_FILENO), asciiOnly: !Terminal.isUTF8)
  }

  func observe(_ event: TraceEvent) {
    for index in sinks.indices {
      piece.removeAll(keepingCapacity: true)
      sinks[index].encoder.append(event, to: &piece)
      if piece.isEmpty { continue }
      sinks[index].output.write(piece)
      if let failure = sinks[index].failure { return onFailure(failure) }
    }
  }

  /// The run is over: writes what still waits, for so many milliseconds.
  /// - Returns: what could not be written, when that is not known yet.
  func finish(within milliseconds: Int?, _ console: Console) -> CommandFailure? {
    var failure: CommandFailure?
    for sink in sinks {
      sink.output.finish(within: milliseconds)
      failure = failure ?? sink.failure
      if let file = sink.file, sink.output.leftOut > 0 {
        let count = Human.plural(Int(clamping: sink.output.leftOut), "event")
        console.note("'\(file.path)' lacks \(count): its reader was too slow")
      }
    }
    return failure
  }
}

extension Terminal {
  /// Columns; nil for what is no terminal.
  static func width(_ descriptor: CInt) -> Int? {
    var size = winsize()
    guard isTerminal(descriptor), ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}
