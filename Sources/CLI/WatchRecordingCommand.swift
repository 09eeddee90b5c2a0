import CursesTerminal
import Glibc
import MQTTPackets
import NIOCore
import NIOPosix
import Options
import Presentation
import TUI
import Text

/// `mqttws watch FILE`: a recording in the views of a live connection, without one.
///
/// The main thread is an event loop for signals and commands; the file is read by a thread of its own.
final class WatchRecordingCommand {
  private let eventLoop: any EventLoop
  private let mailbox: WatchMailbox
  private let console: Console
  private let path: String
  private var endingSignal: CInt?
  private let reading: Reading

  /// Whether the word is a file and not a target.
  static func isRecording(_ word: String) -> Bool {
    guard !word.hasPrefix("@"), !word.contains("://") else { return false }
    var status = stat()
    return stat(word, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  static func run(_ path: String, _ arguments: ParsedArguments) -> Never {
    let console = Console(arguments)
    do throws(CommandFailure) {
      var plan = try WatchOptions.plan(arguments)
      plan.keys = try WatchOptions.keys()
      plan.isReadOnly = true
      guard plan.recording == nil, plan.filters.isEmpty else {
        throw .usage("-t and --record need a connection", hint: "'\(path)' is a recording: leave them out")
      }
      if let option = ["debug", "trace-json", "pcap"].first(where: arguments.contains) {
        throw .usage(
          "--\(option) needs a connection", hint: "'\(path)' is a recording: leave it out")
      }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw CommandFailure(DiagnosisTable().unreadableInput(path, errno: errno, option: "the path"))
      }
      let usesLines = plan.usesLines
      if !usesLines { SignalSource.blockTerminal() }
      SignalSource.block()
      let (finalPlan, usesScreen) = (plan, !usesLines)
      MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { eventLoop in
        do throws(SystemError) {
          let mailbox = try WatchMailbox()
          let reading = Reading(descriptor, mailbox)
          let command = WatchRecordingCommand(path, eventLoop, mailbox, reading, Console(arguments))
          try command.start(finalPlan, usesScreen: usesScreen)
        } catch {
          Exit.failed(CommandFailure.system(error).diagnosis, Console())
        }
      }
      Exit.now(.software)
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private init(
    _ path: String, _ eventLoop: any EventLoop, _ mailbox: WatchMailbox, _ reading: Reading,
    _ console: Console
  ) {
    self.path = path
    self.eventLoop = eventLoop
    self.mailbox = mailbox
    self.reading = reading
    self.console = console
  }

  private func start(_ plan: WatchPlan, usesScreen: Bool) throws(SystemError) {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    try SignalSource.start(on: eventLoop) { number in
      bound.value.endingSignal = number
      bound.value.mailbox.close()
    }
    let configuration = Model.Configuration(
      target: path, version: CommandLineTool.version, isReadOnly: true, keys: plan.keys,
      isMouseOn: plan.usesMouse)
    let (eventLoop, mailbox, reading) = (eventLoop, mailbox, reading)
    mailbox.add(.connection(.ended(nil)))
    try WatchScreenThread.start(
      plan, configuration, mailbox, usesScreen: usesScreen, send: { Self.answer($0, mailbox) },
      tellRoom: { reading.room.signal() }, left: { eventLoop.execute { bound.value.end() } })
    try BackgroundThread.start { reading.run() }
  }

  /// What needs a connection has none here.
  private static func answer(_ command: Command, _ mailbox: WatchMailbox) {
    if command != .quit { mailbox.add(.note(Note(.warning, "a recording has no connection"))) }
  }

  private func end() -> Never {
    if let endingSignal { SignalSource.die(of: endingSignal) }
    let count = reading.messages.load(ordering: .relaxed)
    console.summarise("\(path): \(Human.plural(count, "message"))")
    Exit.now(.ok)
  }
}
