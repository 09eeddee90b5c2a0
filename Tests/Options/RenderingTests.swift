import Testing

@testable import Options

/// Everything that needs quoting somewhere.
private let nasty = CommandDefinition(
  "sub", "subscribe and print",
  description: [
    "It is long enough to be wrapped around the eightieth column, surely and certainly so.", "Two.",
  ],
  synopsis: "[TARGET] -t TOPIC [options]",
  positionals: [PositionalDefinition("TARGET", "a URL or @NAME", completion: .command("echo '@lab'"))],
  options: [
    OptionDefinition(
      "topic", letters: "t", .one("TOPIC"), repeatable: true, section: "Input",
      "it's [x] a:b \\ $HOME `x`", details: ".dot first. And \"quotes\" — dash.", common: true),
    OptionDefinition(
      "qos", letters: "q", .one("QOS"), section: "Input", "quality of service", default: "0",
      completion: .values(["0", "1", "2"])),
    OptionDefinition(
      "cafile", .one("FILE"), section: "TLS", "certificates", environment: "X_CAFILE", completion: .file),
    OptionDefinition("capath", .one("DIR"), section: "TLS", "directory", completion: .directory),
    OptionDefinition("keylog", .optional("FILE"), section: "TLS", "key log", completion: .file),
    OptionDefinition("reconnect", negatable: true, showsNegation: true, section: "Input", "do not reconnect"),
    OptionDefinition("secret", section: "Input", "not shown", hidden: true),
    OptionDefinition("a-name-that-fills-its-column", .one("X"), section: "TLS", "explained"),
  ],
  examples: [Example("mqttws sub @demo -t 'sensor/#'", "live sensors")])

private let program = ProgramDefinition(
  name: "mqttws", summary: "MQTT over WebSocket", description: ["Text."], version: "1.2.3",
  commands: [nasty, CommandDefinition("profile", "list profiles", synopsis: "list")])

@Suite struct HelpTests {
  @Test func fullHelpListsEverythingBySection() {
    #expect(
      HelpRenderer.text(for: nasty, program: "mqttws", detail: .full) == #"""
        mqttws sub: subscribe and print

        usage: mqttws sub [TARGET] -t TOPIC [options]

        It is long enough to be wrapped around the eightieth column, surely and
        certainly so.

        Two.

          TARGET                  a URL or @NAME

        Input:
          -t, --topic TOPIC       it's [x] a:b \ $HOME `x`
          -q, --qos QOS           quality of service [0]
              --no-reconnect      do not reconnect

        TLS:
              --cafile FILE       certificates
              --capath DIR        directory
              --keylog[=FILE]     key log
              --a-name-that-fills-its-column X
                                  explained

        Examples:
          # live sensors
          mqttws sub @demo -t 'sensor/#'

        --cafile and the other connection settings can also stand in a profile or in the
        environment (X_CAFILE). Details: man mqttws-sub

        """#)
  }

  @Test func shortHelpListsTheCommonOptions() {
    let text = HelpRenderer.text(for: nasty, program: "mqttws", detail: .short)
    #expect(text.contains("--topic"))
    #expect(!text.contains("--qos"))
    #expect(text.hasSuffix("All options: mqttws sub --help; details: man mqttws-sub\n"))
  }

  @Test func theProgramListsItsCommands() {
    let text = HelpRenderer.text(for: program)
    #expect(text.contains("  sub       subscribe and print\n  profile   list profiles\n"))
  }

  @Test func longWordsStayWhole() {
    let word = String(repeating: "x", count: 100)
    #expect(HelpRenderer.wrap("a \(word) b", indent: 2) == ["a", "  \(word)", "  b"])
    #expect(HelpRenderer.wrap("", indent: 2).isEmpty)
  }
}

@Suite struct ManPageTests {
  @Test func textIsQuotedForRoff() {
    let page = ManPage.text(for: nasty, program: program, date: "2026-01-31")
    let lines = page.split(separator: "\n")
    #expect(lines.contains(#".TH MQTTWS\-SUB 1 2026-01-31 "mqttws 1.2.3" "User Commands""#))
    #expect(lines.contains(#"\fB\-t\fR, \fB\-\-topic\fR \fITOPIC\fR"#))
    #expect(page.contains(#"It\(aqs [x] a:b \e $HOME \(gax\(ga."#))
    #expect(page.contains(#"\(dqquotes\(dq \[u2014] dash."#))
    #expect(page.contains("Variable: X_CAFILE."))
    #expect(page.contains(#"The opposite is \-\-reconnect."#))
    #expect(!page.contains("not shown"))
    // No line of text may begin a macro.
    let macros = ["TH", "SH", "SS", "TP", "PP", "\\\""]
    for line in lines where line.first == "." {
      #expect(macros.contains { line.dropFirst().hasPrefix($0) }, "\(line)")
    }
  }

  static let escapes: [(String, String)] = [
    (".x", "\\&.x"), ("'x", "\\(aqx"), ("a-b", "a\\-b"), ("\\n", "\\en"), ("é", "\\[u00E9]"),
    ("🦉", "\\[u1F989]"),
  ]

  @Test(arguments: escapes) func quotes(_ text: String, _ expected: String) {
    #expect(ManPage.escape(text) == expected)
  }
}

@Suite struct CompletionTests {
  @Test func bashKnowsValuesFilesAndTargets() {
    let script = BashCompletion.script(for: program)
    #expect(script.contains("-q|--qos) COMPREPLY=($(compgen -W \"0 1 2\" -- \"$cur\")); return ;;"))
    #expect(script.contains("--cafile) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;"))
    #expect(script.contains("compgen -W \"--topic --qos --cafile --capath --keylog --no-reconnect"))
    #expect(script.contains("compgen -W \"$(echo '@lab')\""))
    #expect(!script.contains("--secret"))
  }

  @Test func zshQuotesSummaries() {
    let script = ZshCompletion.script(for: program)
    #expect(script.hasPrefix("#compdef mqttws\n"))
    #expect(script.contains(#"'*--topic=[it'\''s \[x\] a\:b \\ $HOME `x`]:TOPIC: '"#))
    #expect(script.contains("'(-q --qos)-q+[quality of service]:QOS:(0 1 2)'"))
    #expect(script.contains("'(--keylog)--keylog=-[key log]::FILE:_files'"))
    #expect(!script.contains("--secret"))
  }

  @Test func fishQuotesSummaries() {
    let script = FishCompletion.script(for: program)
    #expect(script.contains(#" -s t -l topic -x -d 'it\'s [x] a:b \\ $HOME `x`'"#))
    #expect(script.contains(" -l cafile -r -F -d 'certificates'"))
    #expect(script.contains(" -l no-reconnect -d "))
    #expect(!script.contains("-l secret"))
  }
}
