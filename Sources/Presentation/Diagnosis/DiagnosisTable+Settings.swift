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
    let (cause, hint) = words(error)
    let name = error.file.split(separator: "/").last.map(String.init) ?? error.file
    let place = [error.line, error.column].compactMap(\.self).map { ":\($0)" }.joined()
    return Diagnosis(
      .profile, .configuration, error.file.isEmpty ? cause : "\(name)\(place): \(cause)", hint)
  }

  private func words(_ error: ProfileError) -> (cause: String, hint: String) {
    switch error.cause {
    case .unreadable(let code):
      (Self.errorText(code).lowercased(), "check the file, or name another with MQTTWS_CONFIG")
    case .notRegular: ("this is no regular file", "name a file with MQTTWS_CONFIG")
    case .tooLarge(let limit): ("the file is larger than \(Human.bytes(limit))", "is it the profile file?")
    case .exposed(let key, _):
      (
        "the file holds a secret (\(key)) and others can read it",
        "chmod 600 \(Self.quoted(error.file))"
          + (key.hasSuffix("password") ? ", or use \(key)-file, \(key)-env or \(key)-command" : "")
      )
    case .invalidUTF8: ("the file is not UTF-8", "save it as UTF-8")
    case .nulCharacter: ("the file holds a NUL byte", "is it the profile file?")
    case .syntax(let text): (text, "correct this line; mqttws help profiles shows an example")
    default: contentWords(error)
    }
  }

  private func contentWords(_ error: ProfileError) -> (cause: String, hint: String) {
    switch error.cause {
    case .unknownKey(let key, let nearest):
      (
        "unknown key \(Self.quoted(key))",
        nearest.map { "did you mean \($0)?" } ?? "mqttws help profiles lists the keys"
      )
    case .badValue(let key, let expected, let found):
      ("\(key) is \(Self.quoted(found))", "it takes \(expected)")
    case .badHeader(let name, let reason): ("header \(Self.quoted(name)): \(reason)", "change headers")
    case .badURL(let error): (URLErrorText.describe(error), URLErrorText.hint(error) ?? "change url")
    case .unknownProfile(let name, let nearest, let known):
      (
        "no profile \(Self.quoted(name))",
        nearest.map { "did you mean @\($0)?" }
          ?? (known.isEmpty
            ? "the file has no profile; @demo is built in"
            : "there are \(known.prefix(8).map { "@\($0)" }.joined(separator: ", ")) and @demo")
      )
    case .noProfiles(let asked):
      (
        "no profile \(Self.quoted(asked)): there is no profile file",
        "mqttws profile path says where it is looked for"
      )
    case .circular(let names):
      ("extends goes in a circle: \(names.joined(separator: " → "))", "change extends")
    case .conflict(let first, let second):
      ("\(first) and \(second) exclude each other", "leave out one of them")
    case .reservedName(let name): ("the name \(Self.quoted(name)) is reserved", "rename the profile")
    case .notStorable(let key): ("\(key) cannot be stored", "give --\(key) on the command line, each time")
    case .unsupported(let key, let value):
      ("\(key) = \(Self.quoted(value)) is not supported yet", "leave it out")
    case .missingTarget(let profile):
      ("profile \(profile) does not say where to connect", "add url = \"wss://…\"")
    case .incomplete(let key, let needs): ("\(key) needs \(needs)", "add \(needs)")
    default: ("the file is not usable", "mqttws help profiles shows an example")
    }
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
