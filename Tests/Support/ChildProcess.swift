import Glibc

/// A running child whose captured output is read all the time, so it never blocks on us. It dies with the last
/// reference to it, and with the test process at the latest.
package final class ChildProcess: Sendable {
  package enum Stream: Int, Sendable { case output = 1, errors, extra }

  private struct State {
    var buffers: [Int: [UInt8]] = [:]
    var open: Set<Int> = []
    var consumed: [Int: Int] = [:]
    var status: ExitStatus?
    var usage = rusage()
    var ended: ContinuousClock.Instant?

    mutating func nextLine(_ stream: Int) -> String? {
      guard let bytes = buffers[stream] else { return nil }
      let start = consumed[stream] ?? 0
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      consumed[stream] = end + 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  package let command: Command
  package let processIdentifier: pid_t
  private let started = ContinuousClock.now
  private let state: Monitor<State>
  private let input: Monitor<Int32?>
  /// The master side, when any stream is a terminal; -1 else.
  private let terminal: Int32

  init(_ command: Command) throws {
    self.command = command
    let plan = try DescriptorPlan(command)
    defer { plan.closeChildSides() }
    processIdentifier = try spawn(
      command.executable, [command.executable] + command.arguments,
      environment: command.environment.map { "\($0.key)=\($0.value)" }, directory: command.directory,
      descriptors: plan.child)
    try Undertaker.shared.remember(group: processIdentifier)
    state = Monitor(State(open: Set(plan.captured.keys)))
    input = Monitor(plan.input)
    terminal = plan.terminal
    for (stream, descriptor) in plan.captured { try Self.read(descriptor, stream, into: state) }
    try Self.waitForExit(of: processIdentifier, state)
    if case .bytes(let bytes) = command.input {
      let input = self.input
      try startThread {
        // A child that stops reading early is its own affair; its exit status tells.
        if let descriptor = input.withLock({ $0 }) { try? writeAll(bytes, to: descriptor) }
        Self.close(input)
      }
    }
  }

  deinit {
    kill()
    if case .bytes = command.input { return }
    Self.close(input)
  }

  // MARK: Input

  /// Writes to the child's input pipe or terminal; blocks while that is full.
  package func write(_ bytes: some Sequence<UInt8>) throws {
    guard let descriptor = input.withLock({ $0 }) else {
      throw SystemError("write to \(command.line)", EPIPE)
    }
    try writeAll(Array(bytes), to: descriptor)
  }

  package func write(_ text: String) throws { try write(text.utf8) }

  package func closeInput() { Self.close(input) }

  package func resizeTerminal(rows: UInt16, columns: UInt16) throws {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try checked("TIOCSWINSZ") { ioctl(terminal, UInt(TIOCSWINSZ), &size) }
  }

  // MARK: Output

  /// All it has written so far.
  package func snapshot(_ stream: Stream = .output) -> [UInt8] {
    state.withLock { $0.buffers[stream.rawValue] ?? [] }
  }

  /// Waits for the next line (without its newline) that `matches`; the lines before it are passed over.
  @discardableResult
  package func line(
    on stream: Stream = .output, within time: Duration = .seconds(30),
    where matches: (String) -> Bool = { _ in true }
  ) throws -> String {
    var isOver = false
    let line: String? = state.wait(until: .after(time)) { state in
      while let line = state.nextLine(stream.rawValue) {
        if matches(line) { return line }
      }
      isOver = !state.open.contains(stream.rawValue)
      return isOver ? "" : nil
    }
    if let line, !isOver { return line }
    throw DeadlineExceeded("\(isOver ? "end of" : "no such line on") \(stream)\n\(report())")
  }

  /// Waits until `matches` holds for all bytes of the stream so far.
  package func waitForOutput(
    on stream: Stream = .output, within time: Duration = .seconds(30), where matches: ([UInt8]) -> Bool
  ) throws {
    let found: Bool? = state.wait(until: .after(time)) { state in
      if matches(state.buffers[stream.rawValue] ?? []) { return true }
      return state.open.contains(stream.rawValue) ? nil : false
    }
    if found != true { throw DeadlineExceeded("\(stream) is not what was waited for\n\(report())") }
  }

  // MARK: End

  /// To the whole process group unless `groupToo` is false.
  package func signal(_ signal: Int32, groupToo: Bool = false) {
    state.withLock { state in
      if state.status == nil { _ = Glibc.kill(groupToo ? -processIdentifier : processIdentifier, signal) }
    }
  }

  package func kill() { signal(SIGKILL, groupToo: true) }

  package var hasEnded: Bool { state.withLock { $0.status != nil } }

  /// Waits for the end; past the deadline the child is killed and this throws, with what it wrote.
  @discardableResult
  package func wait(within time: Duration = .seconds(60)) throws -> ProcessResult {
    let deadline = Deadline.after(time)
    let result: ProcessResult? = state.wait(until: deadline) { state in
      guard let status = state.status, state.open.isEmpty else { return nil }
      return ProcessResult(
        status: status, output: state.buffers[1] ?? [], errors: state.buffers[2] ?? [],
        extra: state.buffers[3] ?? [], userTime: Duration(state.usage.ru_utime),
        systemTime: Duration(state.usage.ru_stime), maximumResidentBytes: state.usage.ru_maxrss * 1024,
        duration: started.duration(to: state.ended ?? ContinuousClock.now))
    }
    if let result { return result }
    kill()
    throw DeadlineExceeded("still running after \(time)\n\(report())")
  }

  /// The command and the tail of what it wrote, for failures.
  package func report() -> String {
    state.withLock { state in
      let tails = state.buffers.sorted { $0.key < $1.key }.map { stream, bytes in
        "--- descriptor \(stream), \(bytes.count) bytes\n\(String(decoding: bytes.suffix(2000), as: UTF8.self))"
      }
      return "\(command.line): \(state.status?.description ?? "running")\n\(tails.joined(separator: "\n"))"
    }
  }

  // MARK: The threads

  private static func read(_ descriptor: Int32, _ stream: Int, into state: Monitor<State>) throws {
    try startThread {
      while let chunk = try? readSome(descriptor), !chunk.isEmpty {
        state.withLock { $0.buffers[stream, default: []] += chunk }
      }
      Glibc.close(descriptor)
      state.withLock { _ = $0.open.remove(stream) }
    }
  }

  private static func waitForExit(of pid: pid_t, _ state: Monitor<State>) throws {
    try startThread {
      var information = siginfo_t()
      _ = try? checked("waitid") { waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) }
      state.withLock { state in
        // While it is a zombie its group number is nobody else's: what it left behind goes now.
        Glibc.kill(-pid, SIGKILL)
        var status: Int32 = 0
        _ = try? checked("wait4") { wait4(pid, &status, 0, &state.usage) }
        state.status = ExitStatus(waitStatus: status)
        state.ended = ContinuousClock.now
      }
      Undertaker.shared.forget(group: pid)
    }
  }

  private static func close(_ input: Monitor<Int32?>) {
    input.withLock { descriptor in
      if let open = descriptor { Glibc.close(open) }
      descriptor = nil
    }
  }
}
