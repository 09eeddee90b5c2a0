import Glibc

/// The built program under test, in a home of its own: no variable, profile or terminal of whoever runs the tests
/// reaches it.
package struct Mqttws: Sendable {
  package let home: TemporaryDirectory
  /// Added to the environment of every run.
  package var environment: [String: String] = [:]

  package init() throws { home = try TemporaryDirectory() }

  /// The binary beside the test bundle, or the one named by `TEST_MQTTWS` (a release build, say).
  package static func binary() throws -> String {
    if let named = environmentVariable("TEST_MQTTWS") { return named }
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = try checked("readlink /proc/self/exe") { readlink("/proc/self/exe", &buffer, buffer.count) }
    let own = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return own.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/mqttws"
  }

  package func command(_ arguments: [String], input: Command.Input = .none) throws -> Command {
    var command = try Command(Self.binary(), arguments)
    command.environment["HOME"] = home.path
    command.environment["XDG_CONFIG_HOME"] = "\(home.path)/.config"
    command.environment["SWIFT_BACKTRACE"] = "enable=no"
    command.environment.merge(environment) { _, new in new }
    command.input = input
    return command
  }

  /// Runs it to its end.
  package func run(
    _ arguments: String..., input: Command.Input = .none, within time: Duration = .seconds(60)
  ) throws -> ProcessResult {
    try command(arguments, input: input).run(within: time)
  }

  package func start(_ arguments: String..., input: Command.Input = .none) throws -> ChildProcess {
    try command(arguments, input: input).start()
  }

  /// Starts `sub` and returns once all its subscriptions are acknowledged (by way of `--ready-fd`).
  package func startSubscriber(_ arguments: String...) throws -> ChildProcess {
    try startSubscriber(arguments)
  }

  package func startSubscriber(_ arguments: [String]) throws -> ChildProcess {
    var command = try command(["sub"] + arguments + ["--ready-fd", "3"])
    command.capturesExtra = true
    let child = try command.start()
    try child.waitForOutput(on: .extra) { !$0.isEmpty }
    return child
  }

  /// Runs a bash script in which `$MQTTWS` is the binary: for pipes and redirections.
  package func shell(_ script: String, within time: Duration = .seconds(60)) throws -> ProcessResult {
    var command = try command([])
    command.environment["MQTTWS"] = command.executable
    command.executable = try findExecutable("bash")
    command.arguments = ["-c", script]
    return try command.run(within: time)
  }
}
