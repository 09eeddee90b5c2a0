import Glibc

/// A TCP server that plays a script on every connection: for what no real server can be made to do.
package final class ScriptedPeer: Sendable {
  package typealias Script = @Sendable (PeerConnection) throws -> Void

  private struct State {
    var connections: [PeerConnection] = []
    var running = 0
    var isStopped = false
    /// -1 once closed, so that nobody touches a number that is somebody else's by then.
    var listener: Int32 = -1
    var failures: [any Error] = []
  }

  package let port: UInt16
  private let state = Monitor(State())

  /// The script runs on a thread of its own for each connection; at its end the connection is closed. What it
  /// throws is kept in `failures`.
  package init(_ script: @escaping Script) throws {
    port = try Port.free()
    let name = SocketName.ipv4(port)
    let listener = try name.socket()
    state.withLock { $0.listener = listener }
    var on: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    try checked("bind to \(port)") { name.withAddress { bind(listener, $0, $1) } }
    try checked("listen") { listen(listener, 64) }
    let state = self.state
    try startThread { Self.accept(on: listener, script, state) }
  }

  deinit {
    state.withLock { state in
      state.isStopped = true
      state.connections.forEach { $0.interrupt() }
      // Wakes the thread in accept, which closes it.
      if state.listener >= 0 { _ = shutdown(state.listener, Int32(SHUT_RDWR)) }
    }
  }

  /// All connections so far, in the order they came.
  package var connections: [PeerConnection] { state.withLock { $0.connections } }
  package var failures: [any Error] { state.withLock { $0.failures } }

  /// Waits until this many connections have come and every script has ended.
  package func waitForEnd(connections count: Int = 1, within time: Duration = .seconds(30)) throws {
    let done: Bool? = state.wait(until: .after(time)) {
      $0.connections.count >= count && $0.running == 0 ? true : nil
    }
    if done == nil {
      throw DeadlineExceeded("\(connections.count) of \(count) connections, or a script runs on")
    }
  }

  private static func accept(on listener: Int32, _ script: @escaping Script, _ state: Monitor<State>) {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      if descriptor < 0 && errno == EINTR { continue }
      guard descriptor >= 0 else { break }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      let connection = PeerConnection(descriptor)
      let isStopped = state.withLock { state in
        if !state.isStopped {
          state.connections.append(connection)
          state.running += 1
        }
        return state.isStopped
      }
      if isStopped { break }
      do {
        try startThread { play(script, connection, state) }
      } catch { state.withLock { $0.failures.append(error) } }
    }
    state.withLock { state in
      close(listener)
      state.listener = -1
    }
  }

  private static func play(_ script: Script, _ connection: PeerConnection, _ state: Monitor<State>) {
    var failure: (any Error)?
    do { try script(connection) } catch { failure = error }
    connection.close()
    state.withLock { state in
      if let failure { state.failures.append(failure) }
      state.running -= 1
    }
  }
}
