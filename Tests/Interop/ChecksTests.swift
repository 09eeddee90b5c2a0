import Glibc
import Support
import Testing

/// The checks of `sub` as scripts use them, and the script of docs/ci.md as it stands there.
@Suite(.ownThread)
struct ChecksTests {
  private let program: Mqttws

  init() throws { program = try Mqttws() }

  private func script() throws -> String {
    let page = try Command("cat", [repository("docs/ci.md")]).run().outputText
    let blocks = page.split(separator: "```sh\n", maxSplits: 1, omittingEmptySubsequences: false)
    return String(try #require(blocks.last).prefix { $0 != "`" })
  }

  /// Runs it with these lines in front.
  private func run(_ lines: String) throws -> ProcessResult {
    try program.shell("\(lines)\n\(try script())")
  }

  @Test(arguments: 1...5)
  func theScriptOfTheManualPasses(_ round: Int) throws {
    let report = program.home.file("report\(round).xml")
    let result = try run("JUNIT=\(report)")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputLines.count == 2)
    #expect(result.outputLines.first?.contains(#""payload":"{\"t\":21.5}""#) ?? false)
    let xml = try Command("cat", [report]).run().outputText
    #expect(xml.contains(#"tests="3" failures="0" errors="0""#), "\(xml)")
  }

  @Test func theScriptOfTheManualFailsWithWhatCameInstead() throws {
    let report = program.home.file("failed.xml")
    let short = try script().replacing("-W 20", with: "-W 3")
    let result = try program.shell("JUNIT=\(report)\nexport OK=false\n\(short)")
    #expect(result.status == .exited(1), "\(result.errorText)")
    let page = try Command("cat", [repository("docs/ci.md")]).run().outputText
    for line in result.errorLines { #expect(page.contains(line), "\(line)") }
    #expect(result.errorLines.count == 7)
    let xml = try Command("cat", [report]).run().outputText
    #expect(xml.contains(#"tests="3" failures="1" errors="0""#), "\(xml)")
  }

  /// Each way to fail has its own status, and a report.
  @Test func waysToFail() throws {
    let cases: [(options: String, status: Int32, report: String?)] = [
      ("ws://127.0.0.1:1/mqtt --expect retain -W 5", 69, #"errors="1""#),
      ("--expect retain -W 5 --then 'exit 3'", 1, #"<failure message="ended with exit code 3">"#),
      ("--expect retain -W 0.2", 1, #"<failure message="no message came">"#),
      ("--expect 'retain ==' -W 5", 64, nil), ("--then true -W 0.5", 27, #"failures="0" errors="0""#),
      ("--expect retain -W 60 --max-time 0.3", 1, #"failures="1""#),
    ]
    for (index, test) in cases.enumerated() {
      let report = program.home.file("way\(index).xml")
      let target = test.options.hasPrefix("ws:") ? "" : "@demo "
      let result = try program.shell("\"$MQTTWS\" sub \(target)\(test.options) -t a --junit \(report)")
      #expect(result.status == .exited(test.status), "\(test.options): \(result.errorText)")
      let xml = try Command("cat", [report]).run().outputText
      #expect(test.report.map(xml.contains) ?? xml.isEmpty, "\(test.options): \(xml)")
    }
  }

  @Test func theReportIsANewFile() throws {
    let report = try program.home.write("report.xml", "keep")
    let words = ["sub", "@demo", "-t", "a", "--expect-count", "0", "-W", "0.2", "--junit", report]
    #expect(try program.command(words).run().status == .exited(73))
    #expect(try Command("cat", [report]).run().outputText == "keep")
    #expect(try program.command(words + ["--force"]).run().status == .exited(0))
    let full = words.dropLast() + ["/dev/full", "--force"]
    #expect(try program.command(Array(full)).run().status == .exited(74))
  }

  /// The command and what it started are gone when the run has ended.
  @Test(arguments: ["-W 2 --expect retain", "-W 60 --max-time 2"])
  func theCommandEndsWithTheRun(_ options: String) throws {
    let file = program.home.file("numbers")
    let result = try program.shell(
      """
      "$MQTTWS" sub @demo -t a \(options) --then 'echo $$ >\(file); sleep 1000 & echo $! >>\(file); wait'
      """)
    #expect([1, 124].contains { result.status == .exited($0) }, "\(result.errorText)")
    let processes = String(decoding: try readFile(file), as: UTF8.self).split(separator: "\n").compactMap {
      pid_t($0)
    }
    #expect(processes.count == 2)
    for process in processes { #expect(try hasEnded(process)) }
  }

  @Test func whatTheCommandPrintsGoesToStderr() throws {
    let result = try program.shell(
      "\"$MQTTWS\" sub @demo -t a --expect-count 0 -W 0.5 --then 'echo out; echo err >&2; cat'")
    #expect(result.status == .exited(0))
    #expect(result.outputText == "")
    #expect(result.errorText == "out\nerr\n")
  }
}
