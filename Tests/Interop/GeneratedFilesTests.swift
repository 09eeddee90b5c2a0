import Support
import Testing

/// The generated completions and man pages are what the shells and man can read.
@Suite(.ownThread)
struct GeneratedFilesTests {
  @Test(arguments: [
    ("completions/mqttws.bash", ["bash", "-n"]), ("completions/_mqttws", ["zsh", "-n"]),
    ("completions/mqttws.fish", ["fish", "--no-execute"]),
  ])
  func theShellParsesIts(_ file: String, _ checker: [String]) throws {
    let result = try Command(checker[0], checker.dropFirst() + [repository(file)]).run()
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.errorText == "")
  }

  @Test func bashCompletesCommandsAndOptions() throws {
    func complete(_ words: String...) throws -> [String] {
      let list = words.map { "'\($0)'" }.joined(separator: " ")
      let script = """
        source '\(repository("completions/mqttws.bash"))'
        function=$(complete -p mqttws | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=(\(list)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
        "$function" mqttws "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let result = try Command("bash", ["-c", script]).run()
      #expect(result.errorText == "")
      return result.outputLines.map { String($0.prefix { $0 != " " }) }
    }
    #expect(Set(try complete("mqttws", "")).isSuperset(of: ["pub", "sub", "serve", "profile"]))
    #expect(try complete("mqttws", "sub", "--ready-f").contains("--ready-fd"))
    #expect(try complete("mqttws", "sub", "--format", "j") == ["json"])
  }

  @Test func everyManPageIsWellFormed() throws {
    let pages = try Command("find", [repository("docs/man"), "-name", "*.1"]).run().outputLines
    #expect(pages.count >= 4)
    for page in pages {
      let result = try Command("mandoc", ["-T", "lint", "-W", "warning", page]).run()
      #expect(result.status == .exited(0), "\(result.outputText)")
    }
  }
}

/// A path inside the repository.
func repository(_ path: String, here: String = #filePath) -> String {
  here.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/\(path)"
}
