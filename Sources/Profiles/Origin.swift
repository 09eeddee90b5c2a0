/// Where a value came from.
package enum Origin: Equatable, Sendable {
  case builtIn
  /// `extends` makes the profile that holds the line another one than the profile that was asked for.
  case profile(name: String, file: String, line: Int)
  /// The name of the variable.
  case environment(String)
  /// A flag as typed, or `TARGET` for the positional argument.
  case flag(String)
  /// A layer that a command put in, such as the address of the broker it started.
  case command(String)

  /// "host came from …".
  package var description: String {
    switch self {
    case .builtIn: "the built-in default"
    case .profile(let name, let file, let line): "profile \(name), \(file.lastPathComponent):\(line)"
    case .environment(let name): "the environment (\(name))"
    case .flag("TARGET"): "the command line"
    case .flag(let flag): "the command line (\(flag))"
    case .command(let name): name
    }
  }

  package var isCommandLine: Bool {
    if case .flag = self { true } else { false }
  }

  package var isProfile: Bool {
    if case .profile = self { true } else { false }
  }
}

extension String {
  var lastPathComponent: Substring {
    self[(lastIndex(of: "/").map { index(after: $0) } ?? startIndex)...]
  }
}
