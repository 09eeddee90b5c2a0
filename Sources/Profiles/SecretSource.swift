/// Where a secret is, so that it is only read when it is needed, and read anew at each connect.
package enum SecretSource: Equatable, Sendable {
  case literal(String)
  case file(String)
  /// The name of a variable.
  case environment(String)
  /// Run with /bin/sh; the first line that it prints.
  case command(String)

  /// For people; never holds the secret itself.
  package var description: String {
    switch self {
    case .literal: "(set, hidden)"
    case .file(let path): "(from file: \(path))"
    case .environment(let name): "(from variable: \(name))"
    case .command(let command): "(from command: \(command))"
    }
  }
}
