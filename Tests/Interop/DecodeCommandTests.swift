import Glibc
import Support
import Testing

/// `sub --decode-command`: payloads on their way through a program.
@Suite(.ownThread)
struct DecodeCommandTests {
  private let program: Mqttws

  init() throws { program = try Mqttws() }

  /// Publishes with these commands, `pub` being a function, and prints what `sub` with these options does.
  private func run(_ options: String, _ publish: String) throws -> ProcessResult {
    try program.shell(
      """
      cd "$HOME"
      mkfifo url
      "$MQTTWS" serve --port 0 --ready-fd 3 3>url >/dev/null 2>&1 &
      trap "kill $!" EXIT
      read -r MQTTWS_URL <url
      export MQTTWS MQTTWS_URL
      cat >publish <<'END'
      pub() { "$MQTTWS" pub -t "$@"; }
      \(publish)
      END
      rm -f url
      "$MQTTWS" sub -t '#' -W 30 \(options) --then '. ./publish'
      """)
  }

  @Test func payloadsAreDecodedInOrder() throws {
    let result = try run(
      "-q 1 -C 4 --decode-command 'gunzip'",
      "for i in 1 2 3; do echo \"number $i\" | gzip | pub a -q 1 -s; done; pub a -q 1 -n; pub a -q 1 -m end")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText == "number 1\n\nnumber 2\n\nnumber 3\n\n", "the empty one prints nothing")
  }

  @Test func aFailureIsToldAndTheMessagePrintedAsItCame() throws {
    let result = try run(
      "-C 2 --decode-command 'gunzip 2>/dev/null'", "pub a -m plain; echo ok | gzip | pub b -s")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText == "plain\nok\n\n")
    #expect(
      result.errorText.contains("mqttws: --decode-command: for 'a' it ended with exit code 1"),
      "\(result.errorText)")
  }

  @Test func expressionsSeeWhatWasDecoded() throws {
    let result = try run(
      "--filter 'json.t > 21' --expect 'json.t == 22' --decode-command \"sed s/x/t/\"",
      "pub a -m '{\"x\":1}'; pub a -m '{\"x\":22}'")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText == "{\"t\":22}\n")
  }

  @Test func largePayloadsPassThroughAProgramThatAnswersAtOnce() throws {
    let result = try run("-C 1 -N --decode-command 'cat'", "head -c 3000000 /dev/zero | pub a -s")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.output.count == 3_000_000)
  }

  @Test func endlessOutputIsCutOff() throws {
    let result = try run("-C 1 --decode-command 'cat /dev/zero'", "pub a -m x")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText == "x\n")
    #expect(result.errorText.contains("it wrote more than 16 MiB"), "\(result.errorText)")
  }

  @Test func aRunThatEndsTakesTheCommandAlong() throws {
    let result = try program.shell(
      """
      cd "$HOME"
      "$MQTTWS" sub @demo -t 'sensor/#' -W 2 --decode-command 'echo $$ >number; sleep 1000'
      """)
    #expect(result.status == .exited(27), "\(result.errorText)")
    let text = String(decoding: try readFile(program.home.file("number")), as: UTF8.self)
    #expect(try hasEnded(#require(pid_t(text.prefix { $0 != "\n" }))))
  }

  @Test func aRecordingIsOfWhatCame() throws {
    let result = try program.run("sub", "@demo", "-t", "a", "--record", "r", "--decode-command", "cat")
    #expect(result.status == .exited(64))
    #expect(result.errorText.contains("--record keeps payloads as they came"))
  }
}
