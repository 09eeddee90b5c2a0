import Glibc
import Options
import Presentation
import Text

/// Words to the user on stderr: notes, warnings and the one line of an error.
struct Console {
  var isQuiet = false
  /// The final error is a JSON object.
  var isJSON = false
  /// `-d`: errors come with the facts behind them.
  var showsEvidence = false
  /// stderr is not known to show UTF-8.
  var asciiOnly = !Terminal.isUTF8
  private let live = LiveLine()

  init() {}

  /// For the time before the words of the command line are taken apart, and for what is wrong with them.
  init(words: [String]) {
    let options = words.prefix { $0 != "--" }
    isQuiet = options.contains("--quiet")
    isJSON = options.contains("--json")
  }

  init(_ arguments: ParsedArguments) {
    isQuiet = arguments.isOn("quiet")
    isJSON = arguments.isOn("json")
    showsEvidence = arguments.contains("debug")
  }

  /// Something worth knowing that is no error.
  func note(_ text: String) {
    if !isQuiet { write("mqttws: \(Sanitiser.line(text, asciiOnly: asciiOnly))\n") }
  }

  /// How far long work is: on a terminal a line that the next words replace.
  func progress(_ text: String) {
    if isQuiet { return }
    guard Terminal.isTerminal(STDERR_FILENO) else { return note(text) }
    live.isShown = true
    StandardError.write("\r\(text.prefix(Terminal.columns(STDERR_FILENO) - 1))\u{1B}[K")
  }

  /// Takes the live line away.
  func endProgress() { write("") }

  /// A line about the run as a whole, for people who look at a terminal.
  func summarise(_ text: String) {
    if !isQuiet, !isJSON { write("\(Sanitiser.line(text, asciiOnly: asciiOnly))\n") }
  }

  /// Something that went wrong and does not end the run.
  func warn(_ diagnosis: Diagnosis) {
    if !isQuiet { write(diagnosis.line(asciiOnly: asciiOnly) + "\n") }
  }

  /// The last words of a run that failed.
  func report(_ diagnosis: Diagnosis) {
    if isJSON { return write(diagnosis.json(showsEvidence: showsEvidence) + "\n") }
    if diagnosis.isEvidenceEssential || showsEvidence {
      for line in diagnosis.evidenceLines(asciiOnly: asciiOnly) { write(line + "\n") }
    }
    write(diagnosis.line(asciiOnly: asciiOnly) + "\n")
  }

  private func write(_ text: String) {
    let text = live.isShown ? "\r\u{1B}[K" + text : text
    live.isShown = false
    if !text.isEmpty { StandardError.write(text) }
  }

  /// Whether a line without an end stands on the terminal; shared by the copies of a console.
  private final class LiveLine {
    var isShown = false
  }
}

/// What everything on stderr goes through, so that nobody who reads it slowly holds up a connection, and lines
/// stay in order.
enum StandardError {
  static let output = PatientOutput(descriptor: STDERR_FILENO) { count in
    "mqttws: \(Human.plural(Int(clamping: count), "event")) left out here: stderr was not read\n"
  }

  static func write(_ text: String) { output.write(text.utf8) }
}

/// Small texts on stdout, such as help.
enum StandardOutput {
  /// Prints `text`, or ends the process as a failed write does.
  static func print(_ text: String, _ console: Console = Console()) {
    if let error = write(text, to: 1) { Exit.outputFailed(error, console) }
  }

  static func write(_ text: String, to descriptor: CInt) -> SystemError? {
    var text = text
    return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
  }
}

/// What is known of the terminal without asking it.
enum Terminal {
  static func isTerminal(_ descriptor: CInt) -> Bool { isatty(descriptor) == 1 }

  /// How wide it is; 80 where nothing says.
  static func columns(_ descriptor: CInt) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether TERM names something that may have a screen.
  static var hasType: Bool { variable("TERM") ?? "dumb" != "dumb" }

  /// By the locale's variables, in their order of precedence.
  static let isUTF8: Bool = {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = variable(name) else { continue }
      let locale = value.uppercased()
      return locale.hasSuffix("UTF-8") || locale.hasSuffix("UTF8")
    }
    return false
  }()

  /// `--color`, then NO_COLOR, then whether `descriptor` is a terminal that knows colours.
  static func usesColour(_ choice: String?, _ descriptor: CInt) -> Bool {
    switch choice {
    case "always": true
    case "never": false
    default: isTerminal(descriptor) && variable("NO_COLOR") == nil && variable("TERM") ?? "dumb" != "dumb"
    }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
