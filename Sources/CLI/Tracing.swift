import Client
import Glibc
import MQTTSession
import NIOCore
import Options
import Presentation

/// Carries out `-d`, `--trace-json` and `--pcap` for one run. Confined to the event loop.
///
/// Writes at once, from the event loop: a trace that ends before what it should explain is worth little,
/// and a run may end at any event.
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
    /// nil for stderr.
    var file: OutputFile?
  }

  private var sinks: [Sink] = []
  private var output: [UInt8] = []
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
      sinks.append(Sink(encoder: .lines(lines), file: nil))
    }
    let replaces = arguments.isOn("force")
    if let path = arguments.value("trace-json") {
      let file = try OutputFile.create(path, replaces: replaces)
      sinks.append(Sink(encoder: .json(TraceJSON(monotonic: monotonic, wall: wall)), file: file))
    }
    if let path = arguments.value("pcap") {
      let file = try OutputFile.create(path, replaces: replaces)
      let capture = CaptureEncoder(
        monotonic: monotonic, wall: wall, includesSecrets: arguments.isOn("include-secrets"))
      if let error = CaptureEncoder.header.withUnsafeBytes({ writeAll($0, to: file.descriptor) }) {
        throw file.failure(error.errno)
      }
      sinks.append(Sink(encoder: .capture(capture), file: file))
    }
  }

  /// What the options ask for and makes no sense.
  static func check(_ arguments: ParsedArguments) throws(CommandFailure) {
    if arguments.isOn("include-secrets"), !arguments.contains("pcap") {
      throw .usage("--include-secrets is about --pcap", hint: "add --pcap FILE")
    }
    if arguments.isOn("force"),
      !["pcap", "trace-json", "record", "junit"].contains(where: arguments.contains)
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
      output.removeAll(keepingCapacity: true)
      sinks[index].encoder.append(event, to: &output)
      let file = sinks[index].file
      guard let error = output.withUnsafeBytes({ writeAll($0, to: file?.descriptor ?? STDERR_FILENO) })
      else { continue }
      // Who reads no more of stderr is told nothing more.
      if let file { return onFailure(file.failure(error.errno)) }
    }
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
