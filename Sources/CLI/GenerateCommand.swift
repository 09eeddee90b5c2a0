import Glibc
import Options
import Presentation
import TUI

/// `mqttws generate DIRECTORY`: writes the completions, manual pages and list of keys that are kept in the repository.
/// It is not listed: users have the results.
enum GenerateCommand {
  /// Of the manual pages; changes with their contents only.
  private static let date = "2026-11-22"

  static func run(_ words: [String]) -> Never {
    guard words.count == 2 else {
      Exit.failed(CommandFailure.usage("generate takes one directory").diagnosis, Console())
    }
    let program = Program.definition
    let root = words[1]
    for directory in [root, "\(root)/completions", "\(root)/docs", "\(root)/docs/man"] {
      mkdir(directory, 0o755)
    }
    write(BashCompletion.script(for: program), to: "\(root)/completions/mqttws.bash")
    write(ZshCompletion.script(for: program), to: "\(root)/completions/_mqttws")
    write(FishCompletion.script(for: program), to: "\(root)/completions/mqttws.fish")
    write(ManPage.text(for: program, date: date), to: "\(root)/docs/man/mqttws.1")
    write(KeyManual.text, to: "\(root)/docs/keys.md")
    for command in program.commands {
      let page = ManPage.text(for: command, program: program, date: date)
      write(page, to: "\(root)/docs/man/mqttws-\(command.name).1")
    }
    Exit.now(.ok)
  }

  private static func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { Exit.failed(DiagnosisTable().uncreatable(path, errno: errno), Console()) }
    defer { close(file) }
    if let error = StandardOutput.write(text, to: file) {
      Exit.failed(DiagnosisTable().failedWrite(path, errno: error.errno), Console())
    }
  }
}
