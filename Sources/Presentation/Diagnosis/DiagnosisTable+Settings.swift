import Client
import Glibc
import MQTTPackets
import Profiles
import Text

/// What the user said: command line, profile file, topics, files.
extension DiagnosisTable {
  package func diagnosis(_ error: SettingsError) -> Diagnosis {
    switch error {
    case .usage(let error): usage(error.message, hint: error.hint)
    case .profile(let error): diagnosis(error)
    }
  }

  /// A command line that cannot be what the user meant.
  package func usage(_ message: String, hint: String? = nil) -> Diagnosis {
    Diagnosis(.usage, .usage, message, hint ?? "--help shows the options")
  }

  package func diagnosis(_ error: ProfileError) -> Diagnosis {
    Diagnosis(.profile, .configuration, error.message, error.hint)
  }

  /// `setting` is the option the text was given with: `-t`, `--will-topic`.
  package func diagnosis(_ error: TopicError, option: String = "-t") -> Diagnosis {
    let text = Self.quoted(error.text)
    let hint =
      switch error.reason {
      case .empty: "is a shell variable unset?"
      case .wildcardInName: "+ and # are for subscribing: publish to one topic"
      case .multiLevelNotLast: "# is only for the last level"
      case .wildcardNotAlone: "a wildcard fills a whole level: a/+/b, a/#"
      case .shareNameEmpty, .shareNameWildcard, .shareWithoutFilter: "write $share/NAME/FILTER"
      case .tooLong, .nullCharacter: "shorten or change it"
      }
    return Diagnosis(
      .usage, .usage, "\(option) \(text) \(error.reason.words) (byte \(error.position + 1))", hint)
  }

  // MARK: Files and streams

  /// A payload or other input that cannot be read.
  package func unreadableInput(_ path: String, errno code: Int32, option: String) -> Diagnosis {
    Diagnosis(
      .input, .noInput, "\(Self.quoted(path)): \(Self.errorText(code).lowercased())", "check \(option)")
  }

  /// Input that was read and is not what it should be.
  package func badInput(_ source: String, _ problem: String, hint: String) -> Diagnosis {
    Diagnosis(.input, .data, "\(source): \(problem)", hint)
  }

  /// An output file that cannot be created.
  package func uncreatable(_ path: String, errno code: Int32) -> Diagnosis {
    Diagnosis(
      .output, .cannotCreate, "\(Self.quoted(path)): \(Self.errorText(code).lowercased())",
      code == EEXIST ? "--force replaces it" : "check the path")
  }

  /// A failed write to `target`, such as `stdout`. A closed pipe is no error to print: 141, quietly.
  package func failedWrite(_ target: String, errno code: Int32) -> Diagnosis {
    let hint =
      switch code {
      case ENOSPC: "the disk is full: output is incomplete"
      case EDQUOT: "the quota is used up: output is incomplete"
      default: "output is incomplete"
      }
    return Diagnosis(
      .output, code == EPIPE ? .brokenPipe : .io,
      "writing to \(target) failed: \(Self.errorText(code).lowercased())",
      hint)
  }

  /// A defect that was noticed in time.
  package func internalError(_ what: String) -> Diagnosis {
    Diagnosis(.system, .software, "a defect of mqttws: \(what)", "please report it")
  }
}
