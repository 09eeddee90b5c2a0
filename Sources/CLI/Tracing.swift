import Client
import Glibc
import MQTTSession
import NIOCore
import Options
import Presentation
import Text
import WebSocketTransport

/// Carries out `-d`, `--trace-json`, `--pcap` and `--bundle` for one run. Confined to the event loop.
///
/// Writes at once, as long as somebody reads: a trace that ends before what it should explain is worth little,
/// and a run may end at any event. It never waits: what a slow reader leaves no room for is left out.
final class Tracing {
  private enum Encoder {
    case lines(TraceLines)
    case json(TraceJSON)
    /// One for each source.
    case capture([CaptureEncoder])
    case bundle(BundleEncoder)

    mutating func append(_ event: TraceEvent, from source: Int, to output: inout [UInt8]) {
      switch self {
      case .lines(var lines):
        lines.append(event, from: source, to: &output)
        self = .lines(lines)
      case .json(var json):
        json.append(event, from: source, to: &output)
        self = .json(json)
      case .capture(var captures):
        while captures.count <= source, let first = captures.first { captures.append(first.renewed()) }
        captures[source].append(event, to: &output)
        self = .capture(captures)
      case .bundle(var bundle):
        bundle.append(event, from: source, to: &output)
        self = .bundle(bundle)
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
    let isAsked = level > 0 || Self.files.contains(where: arguments.contains)
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
      try add(
        Sink(encoder: .capture([capture]), output: output, file: file), header: CaptureEncoder.header)
    }
    if let path = arguments.value("bundle") {
      let file = try OutputFile.create(path, replaces: replaces)
      let output = PatientOutput(descriptor: file.descriptor) { "{\"trace\":{\"left_out\":\($0)}}\n" }
      let bundle = BundleEncoder(monotonic: monotonic, wall: wall)
      try add(
        Sink(encoder: .bundle(bundle), output: output, file: file),
        header: BundleEncoder.header(versions: Self.versions, created: wall))
    }
  }

  private func add(_ sink: Sink, header: [UInt8]) throws(CommandFailure) {
    sinks.append(sink)
    sink.output.write(header)
    if let failure = sink.failure { throw failure }
  }

  private static var versions: [(name: String, version: String)] {
    var system = utsname()
    uname(&system)
    func text<Value>(_ value: Value) -> String {
      withUnsafeBytes(of: value) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return [
      ("mqttws", CommandLineTool.version),
      ("system", "\(text(system.sysname)) \(text(system.release)) \(text(system.machine))"),
      ("tls", TLSLibrary.version),
    ]
  }

  /// The last line of the bundle, if one is written; `report` is a JSON document in one line.
  func conclude(report: String) {
    for sink in sinks {
      guard case .bundle = sink.encoder else { continue }
      sink.output.write(BundleEncoder.ending(report: report))
      if let failure = sink.failure { return onFailure(failure) }
    }
  }

  /// What the options ask for and makes no sense.
  static func check(_ arguments: ParsedArguments) throws(CommandFailure) {
    if arguments.isOn("include-secrets"), !arguments.contains("pcap") {
      throw .usage("--include-secrets is about --pcap", hint: "add --pcap FILE")
    }
    if arguments.isOn("force"),
      !(files + ["record", "junit", "hlog", "csv"]).contains(where: arguments.contains)
    {
      throw .usage("--force replaces a file", hint: "add one that is written, such as --pcap FILE")
    }
    for (index, name) in files.enumerated() {
      for other in files.dropFirst(index + 1) where arguments.contains(name) {
        guard arguments.value(name) == arguments.value(other) else { continue }
        throw .usage("--\(name) and --\(other) name the same file", hint: "name two files")
      }
    }
  }

  /// Options that name one.
  private static let files = ["pcap", "trace-json", "bundle"]

  private static func layout(_ level: Int, _ arguments: ParsedArguments) -> TraceLayout {
    TraceLayout(
      level: level, width: Terminal.width(STDERR_FILENO),
      usesColour: Terminal.usesColour(arguments.value("color"), STDERR_FILENO), asciiOnly: !Terminal.isUTF8)
  }

  /// - Parameter source: from 0; connections that live side by side have one each.
  func observe(_ event: TraceEvent, from source: Int = 0) {
    for index in sinks.indices {
      piece.removeAll(keepingCapacity: true)
      sinks[index].encoder.append(event, from: source, to: &piece)
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
