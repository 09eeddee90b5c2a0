import Glibc
import Synchronization

/// The terminal as it was before the screen took it, and how to give it back: from any thread, from a
/// signal handler, once.
///
/// Everything a handler needs is computed beforehand. `borrow` and `giveBack` may alternate, as suspending
/// does; whoever finds the terminal already given back does nothing.
package enum TerminalState {
  /// What `giveBack` needs.
  private struct Memory {
    var output: CInt = -1
    var modes = termios()
    var bytes = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    var errors = CapturedErrors()
  }

  /// Invariant, in place of the lock that a signal handler cannot take: the screen's thread writes, in `remember`
  /// and `borrow`, only while `borrowed` is false, and nobody else looks before having turned `borrowed` from
  /// true to false, which one alone can.
  nonisolated(unsafe) private static var memory = Memory()
  private static let borrowed = Atomic(false)

  /// Whether the screen has the terminal now.
  package static var isBorrowed: Bool { borrowed.load(ordering: .acquiring) }

  /// - Parameters:
  ///   - modes: of the line discipline, as they were found.
  ///   - bytes: what leaves the alternate screen, shows the cursor and turns reports off.
  static func remember(output: CInt, modes: termios, bytes: [UInt8], errors: CapturedErrors) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    memory.bytes.deallocate()
    memory = Memory(output: output, modes: modes, bytes: copy, errors: errors)
  }

  /// From here on an end of the process gives the terminal back.
  static func borrow() {
    memory.errors.begin()
    borrowed.store(true, ordering: .releasing)
    TerminalGuard.tell(.borrowed)
  }

  /// Gives the terminal back if the screen has it; calls nothing that a signal handler may not.
  ///
  /// What is still unread goes too: reports of the mouse would end up at the shell's prompt.
  package static func giveBack() {
    guard borrowed.exchange(false, ordering: .acquiringAndReleasing) else { return }
    // A terminal that nobody reads must not keep the process from its end.
    var poller = pollfd(fd: memory.output, events: Int16(POLLOUT), revents: 0)
    if poll(&poller, 1, 200) == 1 {
      var rest = UnsafeRawBufferPointer(memory.bytes)
      while rest.count > 0, let start = rest.baseAddress {
        let count = write(memory.output, start, rest.count)
        guard count > 0 else { break }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
    tcflush(memory.output, TCIFLUSH)
    tcsetattr(memory.output, TCSANOW, &memory.modes)
    TerminalGuard.tell(.givenBack)
    memory.errors.end()
  }
}
