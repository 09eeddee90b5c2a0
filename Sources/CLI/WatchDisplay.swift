import CursesTerminal
import Glibc
import MQTTSession
import Presentation
import TUI

/// The screen's side of `watch`: keys and messages into the model, its frames onto the terminal.
///
/// Lives on a thread of its own, which alone calls curses.
final class WatchDisplay {
  /// What came is taken in for so long before frames and ticks have their turn.
  private static let longestIntake: Duration = .milliseconds(16)

  private let plan: WatchPlan
  private let mailbox: WatchMailbox
  let screen: Screen
  private var capabilities: Capabilities
  private var model: Model
  private var clock: FrameClock
  private var intake = WatchIntake()
  private var events: [Event] = []
  private var nextTick = MonotonicTime(nanoseconds: 0)
  private var pasteSince: MonotonicTime?
  private var isOver = false
  /// What is being exported to.
  private var exported: OutputFile?
  /// To the event loop: a command for the connection, and that the mailbox has room again.
  private let send: (Command) -> Void
  private let tellRoom: () -> Void

  init(
    _ plan: WatchPlan, _ configuration: Model.Configuration, mailbox: WatchMailbox, screen: Screen,
    send: @escaping (Command) -> Void, tellRoom: @escaping () -> Void
  ) {
    self.plan = plan
    self.mailbox = mailbox
    self.screen = screen
    self.send = send
    self.tellRoom = tellRoom
    capabilities = plan.capabilities
    capabilities.colours = screen.colours
    clock = FrameClock(framesPerSecond: plan.framesPerSecond)
    var workspace = Workspace()
    workspace.store = Store(budget: plan.memory)
    workspace.zoneOffset = WallTime.now.zoneOffset
    model = Model(configuration, size: screen.size, workspace: workspace)
  }

  /// Until the user or the mailbox ends it; the terminal is given back then.
  func run() {
    clock.changed(urgently: true)
    // What was so before the screen was there, a recording for one, counts for the first key.
    takeMail()
    while !isOver {
      draw()
      wait()
      readKeys()
      // What a key does is seen before what else came is taken in.
      if clock.isUrgent { draw() }
      takeMail()
      tick()
    }
    screen.leave()
  }

  // MARK: - Time

  private func update(_ event: Event) {
    let commands = model.update(event, at: .now, wall: .now)
    for command in commands { perform(command) }
  }

  /// Once a second for what shows time, and at once again while the model has work to go on with.
  private func tick() {
    let now = MonotonicTime.now
    guard now >= nextTick || model.hasMoreWork || model.wakesAt.map({ now >= $0 }) ?? false else { return }
    if now >= nextTick { nextTick = now + .seconds(1) }
    // Summer time may begin while the screen is open.
    model.zoneOffset = WallTime.now.zoneOffset
    update(.tick)
    clock.changed(urgently: false)
  }

  private func draw() {
    guard let due = clock.due, MonotonicTime.now >= due, !isOver else { return }
    let start = MonotonicTime.now
    screen.draw(render(model, size: screen.size, capabilities: capabilities))
    clock.drew(from: start, to: .now)
    screen.trimErrors()
    tellSync()
  }

  private func tellSync() {
    guard let descriptor = plan.syncDescriptor, intake.isEmpty, !isReadable(screen.input),
      !isReadable(mailbox.descriptor)
    else { return }
    // Nothing to a terminal, so that it may go there too: in the stream it ends a frame.
    var byte: UInt8 = 0
    write(descriptor, &byte, 1)
  }

  private func isReadable(_ descriptor: CInt) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, 0) > 0
  }

  /// Until a key, the mailbox, or the next frame or tick.
  private func wait() {
    guard !isOver else { return }
    var deadline = model.hasMoreWork ? MonotonicTime.now : nextTick
    if let due = clock.due { deadline = min(deadline, due) }
    if let due = model.wakesAt { deadline = min(deadline, due) }
    // Data waits for the next frame; only between frames does it wake this thread.
    let dataDue = clock.dataDue
    if !intake.isEmpty {
      deadline = .now
    } else if dataDue > MonotonicTime.now {
      deadline = min(deadline, dataDue)
    } else if !mailbox.await() {
      return
    }
    let rest = deadline.duration(since: MonotonicTime.now)
    let milliseconds = rest <= .zero ? 0 : CInt(clamping: Int64((rest / .milliseconds(1)).rounded(.up)))
    var pollers = [
      pollfd(fd: screen.input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&pollers, 2, milliseconds) > 0 else { return }
    let broken = Int16(POLLHUP | POLLERR | POLLNVAL)
    // A terminal that is gone is what SIGHUP tells of; without one of a shell's, this is it. (It may well be
    // called readable too: of its end.)
    if pollers[0].revents & broken != 0 {
      kill(getpid(), SIGHUP)
      isOver = true
    }
  }

  // MARK: - In

  private func readKeys() {
    events.removeAll(keepingCapacity: true)
    screen.readEvents(into: &events)
    endPaste()
    for event in events where !isOver {
      // In raw mode the terminal makes no signal of it.
      if case .key(let key) = event, key == .control("\\") {
        kill(getpid(), SIGQUIT)
      } else {
        update(event)
      }
    }
    if !events.isEmpty { clock.changed(urgently: true) }
  }

  /// A paste whose end never comes must not swallow keys for ever.
  private func endPaste() {
    guard screen.isPasting else {
      pasteSince = nil
      return
    }
    let since = pasteSince ?? .now
    pasteSince = since
    if MonotonicTime.now.duration(since: since) > .seconds(2) { screen.endPaste(into: &events) }
  }

  /// Takes in what came, as long as neither a key nor a frame has waited for it too long.
  private func takeMail() {
    if intake.isEmpty { openMail() }
    let end = MonotonicTime.now + Self.longestIntake
    while !isOver, let event = intake.next() {
      update(event)
      clock.changed(urgently: false)
      guard !isReadable(screen.input), MonotonicTime.now < end else { break }
    }
    guard intake.isEmpty else { return }
    if intake.content.wasFull { tellRoom() }
    intake.removeAll()
  }

  private func openMail() {
    intake.take(from: mailbox)
    let content = intake.content
    guard !content.isEmpty else { return }
    if content.isClosing {
      isOver = true
      return
    }
    for number in content.signals { take(signal: number) }
    for event in content.events { update(event) }
    clock.changed(urgently: false)
  }

  private func take(signal number: CInt) {
    switch number {
    case SIGTSTP: screen.suspend()
    case SIGCONT: screen.recover()
    default: break
    }
    screen.matchSize()
    update(.resize(screen.size))
    clock.changed(urgently: true)
  }

  // MARK: - Out

  private func perform(_ command: Command) {
    switch command {
    case .quit:
      isOver = true
      send(.quit)
    case .suspend:
      screen.suspend()
      screen.matchSize()
      update(.resize(screen.size))
    case .redraw: screen.redraw()
    case .setMouse(let isOn): screen.setMouse(isOn: isOn)
    case .copy(let bytes, let what): copy(bytes, what)
    case .export(let part): export(part)
    case .edit(let bytes, let purpose): edit(bytes, purpose)
    case .readFile(let path): read(path)
    default: send(command)
    }
  }

  private func answer(_ body: () throws(CommandFailure) -> CommandResult) {
    do throws(CommandFailure) {
      update(.result(try body()))
    } catch {
      update(.result(.failed(error.diagnosis.cause)))
    }
  }

  /// Parts that follow a failure are let go.
  private func export(_ part: ExportPart) {
    do throws(CommandFailure) {
      if part.isFirst {
        exported = try OutputFile.create(part.path ?? WatchFiles.name("mqttws", part.suffix), replaces: false)
      }
      guard let file = exported else { return }
      if let error = part.bytes.withUnsafeBytes({ writeAll($0, to: file.descriptor) }) {
        exported = nil
        _ = close(file.descriptor)
        throw file.failure(error.errno)
      }
      guard part.isLast else { return }
      exported = nil
      try file.close()
      update(.result(.saved(what: part.what, destination: file.path)))
    } catch {
      update(.result(.failed(error.diagnosis.cause)))
    }
  }

  private func copy(_ bytes: [UInt8], _ what: String) {
    if let sequence = WatchFiles.clipboardSequence(bytes) {
      screen.sendSequence(sequence)
      return update(.result(.saved(what: what, destination: "clipboard")))
    }
    answer { () throws(CommandFailure) in
      .saved(what: what, destination: try WatchFiles.saveTemporary(bytes))
    }
  }

  private func read(_ path: String) {
    do throws(SystemError) {
      update(.result(.fileRead(path: path, bytes: try WatchFiles.read(path))))
    } catch {
      update(.result(.failed("'\(path)': \(error.text)")))
    }
  }

  // MARK: - The editor

  private func edit(_ bytes: [UInt8], _ purpose: EditPurpose) {
    let path: String
    do throws(CommandFailure) {
      path = try WatchFiles.saveTemporary(bytes)
    } catch {
      return update(.result(.failed(error.diagnosis.cause)))
    }
    defer { unlink(path) }
    screen.leave()
    let outcome = runEditor(path)
    screen.return()
    update(.resize(screen.size))
    switch outcome {
    case .failure(let error): update(.result(.failed("\(error.operation): \(error.text)")))
    case .success(false): update(.result(.failed("the editor failed: nothing was changed")))
    case .success(true):
      guard purpose == .publishForm else { return }
      do throws(SystemError) {
        update(.result(.edited(bytes: try WatchFiles.read(path), purpose: purpose)))
      } catch {
        update(.result(.failed("what the editor wrote: \(error.text)")))
      }
    }
  }

  /// Messages are taken in meanwhile: the broker need not wait for an editor.
  private func runEditor(_ path: String) -> Result<Bool, SystemError> {
    let editor: WatchEditor
    do throws(SystemError) {
      editor = try WatchEditor(path)
    } catch {
      return .failure(error)
    }
    while true {
      if let outcome = editor.outcome { return .success(outcome) }
      var poller = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      _ = mailbox.await()
      poll(&poller, 1, intake.isEmpty ? 50 : 0)
      takeMail()
      if isOver { return .success(false) }
    }
  }
}
