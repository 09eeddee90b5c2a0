import Glibc
import Support
import Testing

/// The tools the other suites stand on: child processes.
@Suite(.ownThread)
struct SupportProcessTests {
  @Test func capturesOutputErrorsStatusAndUse() throws {
    var command = try Command("bash", ["-c", "cat; echo err >&2; echo three >&3; exit 7"])
    command.input = .text("one\ntwo\n")
    command.capturesExtra = true
    let result = try command.run()
    #expect(result.status == .exited(7))
    #expect(result.outputLines == ["one", "two"])
    #expect(result.errorLines == ["err"])
    #expect(result.extra == Array("three\n".utf8))
    #expect(result.maximumResidentBytes > 100_000)
  }

  @Test func passesNothingButWhatIsGiven() throws {
    setenv("MQTTWS_URL", "ws://elsewhere", 1)
    defer { unsetenv("MQTTWS_URL") }
    let result = try Command("bash", ["-c", "echo ${MQTTWS_URL-unset}; ls -l /proc/self/fd | wc -l"]).run()
    // Descriptors 0, 1, 2, the listing's own, and the line with the total.
    #expect(result.outputLines == ["unset", "5"])
  }

  @Test func reportsASignalAndSendsOne() throws {
    let child = try Command("sleep", ["1000"]).start()
    child.signal(SIGTERM)
    #expect(try child.wait().status == .signalled(SIGTERM))
  }

  @Test func killsTheWholeGroupAtTheDeadline() throws {
    let child = try Command("bash", ["-c", "sleep 1000 & echo $!; wait"]).start()
    let grandchild = try #require(pid_t(try child.line()))
    #expect(throws: DeadlineExceeded.self) { try child.wait(within: .milliseconds(50)) }
    #expect(try child.wait().status == .signalled(SIGKILL))
    #expect(kill(grandchild, 0) == -1 || isZombie(grandchild))
  }

  @Test func streamsLinesAndTakesInputMeanwhile() throws {
    var command = try Command("bash", ["-c", "while read -r line; do echo \"got $line\"; done"])
    command.input = .pipe
    let child = try command.start()
    try child.write("one\n")
    try child.line { $0 == "got one" }
    try child.write("two\nthree\n")
    try child.line { $0 == "got three" }
    child.closeInput()
    #expect(try child.wait().status == .exited(0))
  }

  @Test func theEndOfTheStreamIsNoLine() throws {
    let child = try Command("echo", ["one"]).start()
    #expect(throws: DeadlineExceeded.self) { try child.line { $0 == "two" } }
  }

  @Test func closedStreamsAreClosed() throws {
    var command = try Command("bash", ["-c", "echo out || exit 9"])
    command.output = .closed
    #expect(try command.run().status == .exited(9))
  }

  @Test func aTerminalIsATerminalOfItsSize() throws {
    var command = try Command(
      "bash", ["-c", "test -t 0 && test -t 1 && test -t 2 && stty size && read -r a && echo \"<$a>\""])
    (command.input, command.output, command.errors) = (.terminal, .terminal, .terminal)
    (command.terminalRows, command.terminalColumns) = (12, 34)
    let child = try command.start()
    try child.line { $0.hasPrefix("12 34") }
    try child.write("hello\r")
    try child.line { $0.hasPrefix("<hello>") }
    #expect(try child.wait().status == .exited(0))
  }

  @Test func aTemporaryDirectoryGoesWithItsLastReference() throws {
    var path = ""
    do {
      let directory = try TemporaryDirectory()
      path = directory.path
      try directory.write("file", "text")
      #expect(try readFile(directory.file("file")) == Array("text".utf8))
    }
    let deadline = Deadline.after(.seconds(10))
    while access(path, F_OK) == 0 && !deadline.hasPassed { poll(nil, 0, 5) }
    #expect(access(path, F_OK) == -1)
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    guard let status = try? readFile("/proc/\(pid)/stat") else { return true }
    return String(decoding: status, as: UTF8.self).contains(") Z ")
  }
}
