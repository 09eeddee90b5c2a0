import Client
import Options
import Presentation
import Profiles

/// What ends a command with an error, ready to be told.
struct CommandFailure: Error {
  var diagnosis: Diagnosis

  init(_ diagnosis: Diagnosis) { self.diagnosis = diagnosis }

  /// A command line that cannot be what the user meant.
  static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(DiagnosisTable().usage(message, hint: hint))
  }

  static func usage(_ error: UsageError) -> CommandFailure {
    CommandFailure(DiagnosisTable().diagnosis(.usage(error)))
  }

  static func settings(_ error: SettingsError) -> CommandFailure {
    CommandFailure(DiagnosisTable().diagnosis(error))
  }

  static func system(_ error: SystemError) -> CommandFailure {
    CommandFailure(DiagnosisTable().system(error.errno, error.operation))
  }
}
