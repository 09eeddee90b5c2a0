import Glibc
import Support
import Testing

/// Signals in every phase of a run: it ends by that signal, within the time that cleaning up may take.
@Suite(.ownThread)
struct SignalTests {
  /// 200 ms are the promise; the rest is for a machine that is busy with other tests.
  private static let patience = Duration.seconds(2)

  private let program: Mqttws

  init() throws { program = try Mqttws() }

  enum Phase: String, CaseIterable, Sendable {
    case handshakingTLS, upgrading, awaitingConnAck, subscribed, publishing, closing
  }

  /// A server that goes along as far as the phase, says so, and is silent from then on.
  private func peer(_ phase: Phase) throws -> (ScriptedPeer, reached: Monitor<Bool>) {
    let reached = Monitor(false)
    let peer = try ScriptedPeer { connection in
      try Self.accompany(connection, to: phase)
      reached.withLock { $0 = true }
      try connection.readToEnd()
    }
    return (peer, reached)
  }

  private static func accompany(_ connection: PeerConnection, to phase: Phase) throws {
    if phase == .handshakingTLS {
      _ = try connection.read(1)
      return
    }
    if phase == .upgrading {
      _ = try connection.readRequest()
      return
    }
    try connection.upgrade()
    _ = try connection.readPacket()
    if phase == .awaitingConnAck { return }
    // Receive Maximum 2.
    try connection.sendFrame([0x20, 6, 0, 0, 3, 0x21, 0, 2])
    _ = try connection.readPacket()
    switch phase {
    case .subscribed: try connection.sendFrame([0x90, 4, 0, 1, 0, 1])
    case .publishing: _ = try connection.readPacket()
    case .closing:
      try connection.sendFrame([0x40, 2, 0, 1])
      _ = try connection.readPacket()
    default: break
    }
  }

  private func words(_ phase: Phase, _ port: UInt16) -> [String] {
    let url = "\(phase == .handshakingTLS ? "wss" : "ws")://127.0.0.1:\(port)/mqtt"
    return switch phase {
    case .publishing: ["pub", url, "-t", "a", "-m", "x", "-q", "1", "--repeat", "5"]
    case .closing: ["pub", url, "-t", "a", "-m", "x", "-q", "1"]
    default: ["sub", url, "-t", "a", "-q", "1"]
    }
  }

  @Test(arguments: Phase.allCases, [SIGINT, SIGTERM])
  func endsTheRun(_ phase: Phase, _ signal: Int32) throws {
    let (peer, reached) = try peer(phase)
    let child = try program.command(words(phase, peer.port)).start()
    try #require(reached.wait(until: .after(.seconds(30))) { $0 ? true : nil } != nil)
    let start = ContinuousClock.now
    child.signal(signal)
    let result = try child.wait()
    #expect(result.status == .signalled(signal))
    #expect(ContinuousClock.now - start < Self.patience)
    #expect(result.errorText == (phase == .publishing ? "mqttws: 2 messages not acknowledged\n" : ""))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
  func saysGoodbye(_ signal: Int32) throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      _ = try connection.readPacket()
      try connection.sendFrame([0x90, 4, 0, 1, 0, 0])
      #expect(try connection.readPacket() == [0xE0, 0])
    }
    let child = try program.startSubscriber("ws://127.0.0.1:\(peer.port)/mqtt", "-t", "a")
    child.signal(signal)
    #expect(try child.wait().status == .signalled(signal))
    try peer.waitForEnd()
    #expect(peer.failures.isEmpty, "\(peer.failures)")
  }

  enum Input: String, CaseIterable, Sendable { case pipe, terminal, fifo }

  @Test(arguments: Input.allCases, ["-l", "-s"])
  func endsTheRunThatWaitsForInput(_ input: Input, _ option: String) throws {
    let broker = try RunningServe(program)
    var words = ["pub", broker.url, "-t", "a", option]
    let fifo = program.home.file("fifo")
    if input == .fifo {
      #expect(mkfifo(fifo, 0o600) == 0)
      words = ["pub", broker.url, "-t", "a", "-f", fifo]
    }
    var command = try program.command(words)
    command.input = input == .terminal ? .terminal : .pipe
    let child = try command.start()
    // A process that blocks every terminating signal has started to wait for them.
    try child.waitUntilItWaitsForSignals()
    child.signal(SIGTERM)
    #expect(try child.wait(within: Self.patience).status == .signalled(SIGTERM))
  }

  @Test func endsTheRunWhoseOutputIsFull() throws {
    let broker = try RunningServe(program)
    let fifo = program.home.file("full")
    #expect(mkfifo(fifo, 0o600) == 0)
    let descriptor = open(fifo, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    var command = try program.command(["sub", broker.url, "-t", "a", "--ready-fd", "3"])
    command.output = .file(fifo)
    command.capturesExtra = true
    let child = try command.start()
    try child.waitForOutput(on: .extra) { !$0.isEmpty }
    let flood = ["pub", broker.url, "-t", "a", "-m", String(repeating: "x", count: 10_000), "--repeat", "50"]
    #expect(try program.command(flood).run().status == .exited(0))
    child.signal(SIGINT)
    #expect(try child.wait(within: Self.patience).status == .signalled(SIGINT))
  }

  /// What is published without end leaves room for signals too.
  @Test func endsTheRunThatPublishesWithoutEnd() throws {
    let broker = try RunningServe(program)
    let listener = try program.startSubscriber(broker.url, "-t", "a", "-C", "1")
    let child = try program.start("pub", broker.url, "-t", "a", "-m", "x", "--repeat", "1000000000")
    #expect(try listener.wait().status == .exited(0))
    child.signal(SIGTERM)
    #expect(try child.wait(within: Self.patience).status == .signalled(SIGTERM))
  }

  @Test func aSecondOneNeedsNoCleanUp() throws {
    let (peer, reached) = try peer(.subscribed)
    let child = try program.command(words(.subscribed, peer.port)).start()
    try #require(reached.wait(until: .after(.seconds(30))) { $0 ? true : nil } != nil)
    child.signal(SIGTERM)
    child.signal(SIGINT)
    let status = try child.wait(within: Self.patience).status
    #expect(status == .signalled(SIGINT) || status == .signalled(SIGTERM))
  }

  /// `nohup` and background jobs of shells ignore signals on purpose.
  @Test func ignoredOnesStayIgnored() throws {
    let broker = try RunningServe(program)
    let ready = program.home.file("ready")
    let result = try program.shell(
      """
      trap '' HUP
      $MQTTWS sub \(broker.url) -t a -W 2 --ready-file \(ready) &
      until [ -e \(ready) ]; do :; done
      kill -HUP $!; wait $!; echo $?
      """)
    #expect(result.outputLines == ["27"])
  }
}

extension ChildProcess {
  /// Until SIGTERM is blocked, which it is from shortly before the event loop runs.
  func waitUntilItWaitsForSignals() throws {
    let deadline = Deadline.after(.seconds(30))
    while !deadline.hasPassed {
      let status = try runTool("cat", ["/proc/\(processIdentifier)/status"])
      let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
      let mask = lines.first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last.map(String.init) ?? ""
      if let bits = UInt64(mask, radix: 16), bits & (1 << UInt64(SIGTERM - 1)) != 0 { return }
      poll(nil, 0, 10)
    }
    throw DeadlineExceeded("SIGTERM is not blocked\n\(report())")
  }
}
