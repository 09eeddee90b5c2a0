import Glibc

/// A foreign server as a child process on given ports: started, ready, stopped, killed and started again.
package final class Server: Sendable {
  private let command: Command
  private let ports: [UInt16]
  private let process: Monitor<ChildProcess?> = Monitor(nil)

  /// Starts it and returns once every port accepts.
  init(_ command: Command, ports: [UInt16]) throws {
    self.command = command
    self.ports = ports
    try start()
  }

  deinit { kill() }

  package func start(within time: Duration = .seconds(30)) throws {
    let child = try command.start()
    process.withLock { $0 = child }
    let deadline = Deadline.after(time)
    while !ports.allSatisfy(Port.accepts) {
      if child.hasEnded { throw ServerFailed(description: "ended at once: \(child.report())") }
      if deadline.hasPassed {
        throw DeadlineExceeded("not every port of \(ports) accepts: \(child.report())")
      }
      // Nothing tells when a foreign server listens.
      pause(.milliseconds(10))
    }
  }

  /// Asks it to end (SIGTERM) and waits until it has.
  package func stop() throws { try end(SIGTERM) }

  /// Ends it as a crash would.
  package func kill() { _ = try? end(SIGKILL) }

  /// What it logged.
  package var log: String { process.withLock { $0?.report() ?? "not running" } }

  package var processIdentifier: pid_t? { process.withLock { $0?.processIdentifier } }

  private func end(_ signal: Int32) throws {
    let child = process.withLock { process in
      defer { process = nil }
      return process
    }
    child?.signal(signal, groupToo: signal == SIGKILL)
    try child?.wait(within: .seconds(20))
  }
}

package struct ServerFailed: Error, CustomStringConvertible {
  package let description: String
}

/// Tries again with other ports when another process took one between the choice and the start.
func withFreshPorts<Result>(_ body: () throws -> Result) throws -> Result {
  for _ in 0..<4 {
    do { return try body() } catch let error as ServerFailed where error.description.contains("in use") {
      continue
    }
  }
  return try body()
}
