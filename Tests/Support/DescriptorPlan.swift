import Glibc

/// The child's descriptors for a command, and our ends of them.
struct DescriptorPlan {
  private(set) var child: [ChildDescriptor] = []
  /// Stream number → where we read it.
  private(set) var captured: [Int: Int32] = [:]
  private(set) var input: Int32?
  private(set) var terminal: Int32 = -1
  private var childSides: [Int32] = []
  private var terminalName = ""

  init(_ command: Command) throws {
    try addInput(command)
    try addOutput(1, command.output, command)
    try addOutput(2, command.errors, command)
    if command.capturesExtra { try addOutput(3, .captured, command) }
  }

  /// To be called once the child has been started, or was not.
  func closeChildSides() { childSides.forEach { _ = close($0) } }

  private mutating func addInput(_ command: Command) throws {
    switch command.input {
    case .none: child.append(.file("/dev/null", O_RDONLY))
    case .file(let path): child.append(.file(path, O_RDONLY))
    case .closed: child.append(.closed)
    case .bytes, .pipe:
      let pipe = try Pipe()
      child.append(.inherited(pipe.reading))
      childSides.append(pipe.reading)
      input = pipe.writing
    case .terminal:
      try openTerminal(command)
      child.append(.file(terminalName, O_RDWR))
      input = try checked("dup") { fcntl(terminal, F_DUPFD_CLOEXEC, 3) }
    }
  }

  private mutating func addOutput(_ stream: Int, _ output: Command.Output, _ command: Command) throws {
    switch output {
    case .file(let path): child.append(.file(path, O_WRONLY | O_CREAT))
    case .closed: child.append(.closed)
    case .captured:
      let pipe = try Pipe()
      child.append(.inherited(pipe.writing))
      childSides.append(pipe.writing)
      captured[stream] = pipe.reading
    case .terminal:
      if terminal < 0 { try openTerminal(command) }
      child.append(.file(terminalName, O_RDWR))
    }
  }

  private mutating func openTerminal(_ command: Command) throws {
    var child: Int32 = -1
    var size = winsize(
      ws_row: command.terminalRows, ws_col: command.terminalColumns, ws_xpixel: 0, ws_ypixel: 0)
    var name = [CChar](repeating: 0, count: 128)
    try checked("openpty") { openpty(&terminal, &child, &name, nil, &size) }
    _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
    _ = fcntl(child, F_SETFD, FD_CLOEXEC)
    terminalName = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    captured[1] = terminal
    // Open until the child has it: a terminal that nobody has open reads as gone.
    childSides.append(child)
  }
}
