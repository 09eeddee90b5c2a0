import Presentation

/// A line in the message area. Its text may have foreign parts.
package struct Note: Sendable, Equatable {
  package enum Level: Sendable, Equatable, CaseIterable {
    case information, warning, error

    package var name: String {
      switch self {
      case .information: "INFO"
      case .warning: "WARN"
      case .error: "ERROR"
      }
    }

    package var role: Role {
      switch self {
      case .information: .information
      case .warning: .warning
      case .error: .error
      }
    }
  }

  package var level: Level
  package var text: String

  package init(_ level: Level, _ text: String) {
    self.level = level
    self.text = text
  }
}
