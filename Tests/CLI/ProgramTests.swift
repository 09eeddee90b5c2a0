import Glibc
import Support
import Testing

/// The built program as a process: what only the system can tell about it.
@Suite(.ownThread)
struct ProgramTests {
  private let program: Mqttws

  init() throws { program = try Mqttws() }

  // MARK: - Arguments

  @Test func secretsAreHiddenFromOtherProcesses() throws {
    let peer = try ScriptedPeer { try $0.readToEnd() }
    let child = try program.start(
      "sub", "ws://user:hunter1@127.0.0.1:\(peer.port)/mqtt", "-t", "topic", "-P", "hunter2",
      "--key-password=hunter3", "--header", "Authorization: Bearer hunter4", "-phunter5")
    let result = try child.wait()
    #expect(result.status == .exited(64), "a port that is none: told after the words were read")
    let running = try program.start(
      "sub", "ws://user:hunter1@127.0.0.1:\(peer.port)/mqtt", "-t", "topic", "-P", "hunter2",
      "--key-password=hunter3", "--header", "Authorization: Bearer hunter4")
    try peer.waitForConnection()
    let words = try arguments(of: running)
    #expect(!words.joined(separator: " ").contains("hunter"), "\(words)")
    #expect(words.contains("topic"))
    #expect(words.contains("--key-password=*******"))
    #expect(words.contains("ws://************@127.0.0.1:\(peer.port)/mqtt"))
  }

  private func arguments(of child: ChildProcess) throws -> [String] {
    let path = "/proc/\(child.processIdentifier)/cmdline"
    let bytes = try runTool("cat", [path])
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aPayloadMayHaveAnyBytesAndNothingElse() throws {
    let broker = try RunningServe(program)
    let subscriber = try program.startSubscriber(broker.url, "-t", "bytes", "-C", "2", "-N")
    let both = try program.shell(
      """
      $MQTTWS pub \(broker.url) -t bytes -m $'\\xff\\x01\\x80' &&
      $MQTTWS pub \(broker.url) -t bytes --message=$'\\xc3('
      """)
    #expect(both.status == .exited(0))
    #expect(try subscriber.wait().output == [0xFF, 0x01, 0x80, 0xC3, 0x28])
    let topic = try program.shell("$MQTTWS pub \(broker.url) -t $'a\\xff' -m x")
    #expect(topic.status == .exited(64))
    #expect(topic.errorLines.count == 1)
    #expect(topic.errorText.contains("is not UTF-8"))
  }

  @Test(arguments: [["pub", "--json", "--nope"], ["sub", "--nope", "--json"]])
  func wrongWordsAreToldInJSONToo(_ words: [String]) throws {
    let result = try program.command(words).run()
    #expect(result.status == .exited(64))
    #expect(result.errorText.hasPrefix("{\"layer\":\"usage\",\"exit\":64,"))
  }

  // MARK: - Input

  @Test(arguments: ["-s", "-l"])
  func aClosedInputIsAnError(_ option: String) throws {
    let broker = try RunningServe(program)
    let result = try program.run("pub", broker.url, "-t", "a", option, input: .closed)
    #expect(result.status == .exited(66))
    #expect(result.errorText.hasPrefix("mqttws: input: standard input: bad file descriptor"))
  }

  @Test func anEmptyInputIsNoMessage() throws {
    let broker = try RunningServe(program)
    let whole = try program.run("pub", broker.url, "-t", "a", "-s", input: .text(""))
    #expect(whole.status == .exited(65))
    #expect(whole.errorText.contains("nothing came — -n publishes an empty payload"))
    #expect(try program.run("pub", broker.url, "-t", "a", "-l", input: .text("")).status == .exited(0))
  }

  @Test func aFileThatCannotBeReadIsToldBeforeAnythingIsConnected() throws {
    let peer = try ScriptedPeer { try $0.readToEnd() }
    for path in ["/nowhere", program.home.path] {
      let result = try program.run("pub", "ws://127.0.0.1:\(peer.port)/mqtt", "-t", "a", "-f", path)
      #expect(result.status == .exited(66))
    }
    #expect(peer.connections.isEmpty)
  }

  @Test func aSlowServerGetsAllOfALargeMessage() throws {
    let pause = Monitor(false)
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 3, 0, 0, 0])
      // Reads on only when the program has had far more time than its close handshake takes.
      _ = pause.wait(until: .after(.seconds(3))) { $0 ? true : nil }
      #expect(try connection.readPacket().count > 20_000_000)
      #expect(try connection.readPacket() == [0xE0, 0])
    }
    let path = try program.home.write("large", [UInt8](repeating: 0x78, count: 20_000_000))
    let result = try program.run("pub", "ws://127.0.0.1:\(peer.port)/mqtt", "-t", "a", "-f", path)
    #expect(result.status == .exited(0))
    try peer.waitForEnd()
    #expect(peer.failures.isEmpty, "\(peer.failures)")
  }

  // MARK: - Output

  @Test func aReaderThatGoesAwayWhileNothingComesIsNoticed() throws {
    let broker = try RunningServe(program)
    let result = try program.shell(
      "{ $MQTTWS sub \(broker.url) -t a; echo $? >&2; } | true", within: .seconds(20))
    #expect(result.errorText == "141\n")
  }

  @Test func theTimeIsOverWhileStandardOutputIsFull() throws {
    let broker = try RunningServe(program)
    let fifo = program.home.file("full")
    #expect(mkfifo(fifo, 0o600) == 0)
    // Keeps it open for both ends, and never reads.
    let descriptor = open(fifo, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    var command = try program.command([
      "sub", broker.url, "-t", "a", "--max-time", "2", "--ready-fd", "3",
    ])
    command.output = .file(fifo)
    command.capturesExtra = true
    let child = try command.start()
    try child.waitForOutput(on: .extra) { !$0.isEmpty }
    let flood = try program.command([
      "pub", broker.url, "-t", "a", "-m", String(repeating: "x", count: 10_000), "--repeat", "50",
    ])
    #expect(try flood.run().status == .exited(0))
    let result = try child.wait(within: .seconds(20))
    #expect(result.status == .exited(124))
    #expect(result.errorText.hasPrefix("mqttws: time: --max-time 2 is over"))
  }
}

/// `mqttws serve` on a free port, for as long as there is a reference to it.
final class RunningServe: Sendable {
  let url: String
  private let child: ChildProcess

  init(_ program: Mqttws) throws {
    var command = try program.command(["serve", "-p", "0", "--quiet", "--ready-fd", "3"])
    command.capturesExtra = true
    child = try command.start()
    url = try child.line(on: .extra)
  }
}

extension ScriptedPeer {
  func waitForConnection() throws {
    let deadline = Deadline.after(.seconds(30))
    while connections.isEmpty {
      if deadline.hasPassed { throw DeadlineExceeded("no connection") }
      poll(nil, 0, 10)
    }
  }
}
