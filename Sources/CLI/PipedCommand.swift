import Glibc
import NIOCore
import Synchronization

/// `--decode-command`: a shell command that reads a payload and writes what it stands for. One at a time,
/// with a bound on its time and its output.
final class PipedCommand: Sendable {
  struct Limits: Sendable {
    var time = TimeAmount.seconds(10)
    var outputSize = 16 << 20
  }

  /// Why there is no output, in words that follow the name of the option.
  struct Failure: Error, Equatable {
    var text: String
  }

  private let command: String
  private let limits: Limits
  /// What runs now.
  private let running = Mutex<ShellProcess?>(nil)

  init(_ command: String, limits: Limits = Limits()) { (self.command, self.limits) = (command, limits) }

  /// Blocks until the command has ended: for a thread of its own.
  func output(for input: ByteBuffer) -> Result<[UInt8], Failure> {
    do throws(SystemError) {
      return try run(input)
    } catch {
      return .failure(Failure(text: "cannot be run: \(error.text)"))
    }
  }

  /// Ends what runs now, with all it started.
  func kill() { running.withLock { $0?.signal(SIGKILL) } }

  private func run(_ input: ByteBuffer) throws(SystemError) -> Result<[UInt8], Failure> {
    let standardInput = try Pipe(weWrite: true)
    let standardOutput = try Pipe(weWrite: false)
    let process = try ShellProcess.start(
      command, input: standardInput.readEnd, output: standardOutput.writeEnd)
    running.withLock { $0 = process }
    standardInput.closeReadEnd()
    standardOutput.closeWriteEnd()
    let result = transfer(input, standardInput, standardOutput)
    // Nobody is to hold on to what belongs to this payload.
    if case .failure = result { process.signal(SIGKILL) }
    process.wait()
    let end = running.withLock { running in
      process.signal(SIGKILL)
      running = nil
      return process.reap()
    }
    if case .success = result, let failure = end.failure { return .failure(Failure(text: failure)) }
    return result
  }

  /// Writes and reads at once: a command may answer before it has read everything.
  private func transfer(
    _ input: ByteBuffer, _ standardInput: Pipe, _ standardOutput: Pipe
  ) -> Result<[UInt8], Failure> {
    let deadline = NIODeadline.now() + limits.time
    var input = input
    var output: [UInt8] = []
    if input.readableBytes == 0 { standardInput.closeWriteEnd() }
    while true {
      // A descriptor of -1 is passed over.
      var waiting = [
        pollfd(fd: standardInput.writeEnd, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: standardOutput.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      let rest = (deadline - NIODeadline.now()).nanoseconds / 1_000_000
      guard rest > 0 else {
        return .failure(Failure(text: "took longer than \(limits.time.nanoseconds / 1_000_000_000) s"))
      }
      guard poll(&waiting, 2, CInt(clamping: rest)) > 0 else { continue }
      if waiting[0].revents != 0 { write(&input, to: standardInput) }
      if waiting[1].revents != 0 {
        guard read(from: standardOutput, into: &output) else { return .success(output) }
        guard output.count <= limits.outputSize else {
          return .failure(Failure(text: "wrote more than \(limits.outputSize >> 20) MiB"))
        }
      }
    }
  }

  /// A command that stops reading early is its own affair; its exit code tells.
  private func write(_ input: inout ByteBuffer, to pipe: Pipe) {
    let count = input.withUnsafeReadableBytes { Glibc.write(pipe.writeEnd, $0.baseAddress, $0.count) }
    if count > 0 { input.moveReaderIndex(forwardBy: count) }
    let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
    if isBroken || input.readableBytes == 0 { pipe.closeWriteEnd() }
  }

  /// False at the end.
  private func read(from pipe: Pipe, into output: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { block in
      let count = Glibc.read(pipe.readEnd, block.baseAddress, block.count)
      if count > 0 { output.append(contentsOf: block[..<count]) }
      return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }
  }
}

/// A pipe whose ends close with it. Our ends never block; the command gets the others.
private final class Pipe {
  private(set) var readEnd: CInt = -1
  private(set) var writeEnd: CInt = -1

  init(weWrite: Bool) throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(errno: errno, operation: "pipe") }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(weWrite ? writeEnd : readEnd, F_SETFL, O_NONBLOCK)
  }

  deinit {
    closeReadEnd()
    closeWriteEnd()
  }

  func closeReadEnd() {
    if readEnd >= 0 { close(readEnd) }
    readEnd = -1
  }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }
}
