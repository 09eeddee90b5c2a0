/// A program with all it is started with: what the child gets is what stands here, nothing of the test's own
/// environment or descriptors.
package struct Command: Sendable {
  package enum Input: Sendable {
    case none
    case bytes([UInt8])
    case file(String)
    /// The test writes with `ChildProcess.write` and ends it with `closeInput`.
    case pipe
    case closed
    case terminal

    package static func text(_ text: String) -> Input { .bytes(Array(text.utf8)) }
  }

  package enum Output: Sendable {
    case captured
    case file(String)
    case closed
    /// All terminal streams of a child are one terminal; it is captured as `Stream.output`.
    case terminal
  }

  package var executable: String
  package var arguments: [String]
  package var environment: [String: String]
  package var directory: String?
  package var input: Input = .none
  package var output: Output = .captured
  package var errors: Output = .captured
  /// Captures descriptor 3 as well (for `--ready-fd 3`).
  package var capturesExtra = false
  package var terminalRows: UInt16 = 24
  package var terminalColumns: UInt16 = 80

  /// A name without a slash is looked up; the environment starts with no more than a PATH and a plain locale.
  package init(_ executable: String, _ arguments: [String] = []) throws {
    self.executable = executable.contains("/") ? executable : try findExecutable(executable)
    self.arguments = arguments
    environment = [
      "PATH": "\(environmentVariable("PATH") ?? "/usr/bin:/bin"):/usr/local/sbin:/usr/sbin:/sbin",
      "LC_ALL": "C.UTF-8",
    ]
  }

  /// As one would type it, for failures.
  package var line: String {
    ([executable] + arguments).map {
      $0.contains { " \t\n'\"#$&*;<>?()".contains($0) } || $0.isEmpty ? "'\($0)'" : $0
    }
    .joined(separator: " ")
  }

  package func start() throws -> ChildProcess { try ChildProcess(self) }

  /// Runs it to its end; past the deadline it is killed and this throws.
  @discardableResult
  package func run(within time: Duration = .seconds(60)) throws -> ProcessResult {
    try start().wait(within: time)
  }
}

/// Runs a tool that has to succeed and returns its standard output.
@discardableResult
package func runTool(_ name: String, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
  var command = try Command(name, arguments)
  command.input = .bytes(input)
  let result = try command.run()
  guard result.status == .exited(0) else {
    throw ToolFailed(description: "\(command.line): \(result.status)\n\(result.errorText)")
  }
  return result.output
}

package struct ToolFailed: Error, CustomStringConvertible {
  package let description: String
}
