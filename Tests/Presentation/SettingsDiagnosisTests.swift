import Client
import Glibc
import MQTTPackets
import Profiles
import Testing
import WebSocketTransport

@testable import Presentation

struct SettingsDiagnosisTests {
  private func line(_ cause: ProfileError.Cause) -> String {
    let error = ProfileError(cause, file: "/home/u/profiles.toml", at: TOMLPosition(line: 3, column: 5))
    let diagnosis = DiagnosisTable().diagnosis(error)
    #expect(diagnosis.status == .configuration)
    return diagnosis.line()
  }

  static let profilesRows: [(ProfileError.Cause, String)] = [
    (
      ProfileError.Cause.unknownKey("usrname\u{1B}", nearest: "username"),
      "unknown key 'usrname\\e' — did you mean username?"
    ),
    (.unknownKey("x", nearest: nil), "unknown key 'x' — mqttws help profiles lists the keys"),
    (
      .badValue(key: "port", expected: "a number from 1 to 65535", found: "'x'", hint: nil),
      "port needs a number from 1 to 65535, found 'x' — change port"
    ),
    (.badHeader(name: "a b", reason: "is no header name"), "header 'a b' is no header name — change headers"),
    (.badURL(WebSocketURLError(.emptyHost, at: 5)), "the URL has no host — change url"),
    (
      .unknownProfile("lap", nearest: "lab", known: ["lab"]), "there is no profile 'lap' — did you mean @lab?"
    ),
    (
      .unknownProfile("x", nearest: nil, known: ["lab", "prod"]),
      "there is no profile 'x' — the file has @lab, @prod; @demo is built in"
    ),
    (
      .unknownProfile("x", nearest: nil, known: []),
      "there is no profile 'x' — the file has no profile; @demo is built in"
    ),
    (
      .circular(["a", "b", "a"]), "profiles extend each other in a circle: a → b → a — change extends"
    ),
    (
      .conflict("password", "password-file"),
      "password and password-file exclude each other — keep one of them"
    ),
    (.reservedName("demo"), "the name 'demo' is reserved for the built-in @demo — rename the profile"),
    (
      .notStorable("insecure"),
      "insecure cannot be stored — give --insecure for one run, or trust the server with cafile"
    ),
    (
      .unsupported(key: "auth", value: "x"), "auth = 'x' is not supported by this version — leave it out"
    ),
    (
      .missingTarget(profile: "lab"),
      "profile lab names no url and no host — add url = \"wss://…\", or give -h"
    ),
    (.incomplete("key", needs: "cert"), "key needs cert — add cert"),
    (
      .exposed(key: "password", mode: 0o644),
      "holds a secret (password) and others can read it (mode 644) — run chmod 600 /home/u/profiles.toml, or use password-file, password-env or password-command"
    ),
    (
      .syntax("expected a value"),
      "expected a value — correct this line; mqttws help profiles shows an example"
    ),
    (.tooLarge(limit: 1 << 20), "is larger than 1048576 bytes — is it the profile file?"),
    (.invalidUTF8, "a byte that is no UTF-8 — save the file as UTF-8"),
    (.nulCharacter, "a NUL character — is it the profile file?"),
    (.notRegular, "is no regular file — check the file, or name another with MQTTWS_CONFIG"),
    (
      .unreadable(errno: EACCES),
      "cannot be read: Permission denied — check the file, or name another with MQTTWS_CONFIG"
    ),
  ]

  @Test(arguments: profilesRows)
  func profiles(cause: ProfileError.Cause, text: String) {
    #expect(line(cause) == "mqttws: profile: /home/u/profiles.toml:3:5: " + text)
  }

  @Test func noProfileFile() {
    let diagnosis = DiagnosisTable().diagnosis(ProfileError(.noProfiles(asked: "lab"), file: ""))
    #expect(
      diagnosis.line()
        == "mqttws: profile: there is no profile 'lab', for there is no profile file — mqttws profile path says where it is looked for; a URL and @demo need none"
    )
  }

  @Test func usage() {
    let diagnosis = DiagnosisTable().usage("'lab' is no target", hint: "did you mean @lab?")
    #expect(diagnosis.line() == "mqttws: usage: 'lab' is no target — did you mean @lab?")
    #expect(diagnosis.line(asciiOnly: true) == "mqttws: usage: 'lab' is no target - did you mean @lab?")
    #expect(diagnosis.status == .usage)
    #expect(DiagnosisTable().usage("x").line() == "mqttws: usage: x — --help shows the options")
  }

  static let topicsRows: [(String, TopicError.Reason, Int, String)] = [
    (
      "a/#", TopicError.Reason.wildcardInName, 2,
      "contains a wildcard (byte 3) — + and # are for subscribing: publish to one topic"
    ),
    ("", .empty, 0, "is empty (byte 1) — is a shell variable unset?"),
    ("#/b", .multiLevelNotLast, 0, "has # before its last level (byte 1) — # is only for the last level"),
    (
      "a+", .wildcardNotAlone, 1,
      "has a wildcard that is not a whole level (byte 2) — a wildcard fills a whole level: a/+/b, a/#"
    ),
    ("$share//x", .shareNameEmpty, 7, "has an empty share name (byte 8) — write $share/NAME/FILTER"),
    ("a\u{0}", .nullCharacter, 1, "contains U+0000 (byte 2) — shorten or change it"),
  ]

  @Test(arguments: topicsRows)
  func topics(topic: String, reason: TopicError.Reason, position: Int, text: String) {
    let diagnosis = DiagnosisTable().diagnosis(TopicError(topic, reason, at: position))
    let shown = topic.contains("\u{0}") ? "a\\x00" : topic
    #expect(diagnosis.line() == "mqttws: usage: -t '\(shown)' \(text)")
    #expect(diagnosis.status == .usage)
  }

  @Test func files() {
    let table = DiagnosisTable()
    #expect(
      table.unreadableInput("x\n", errno: ENOENT, option: "-f").line()
        == "mqttws: input: 'x\\n': no such file or directory — check -f")
    #expect(table.unreadableInput("x", errno: ENOENT, option: "-f").status == .noInput)
    #expect(table.badInput("stdin", "line 3 is too long", hint: "cut it").status == .data)
    #expect(
      table.uncreatable("/x", errno: EEXIST).line()
        == "mqttws: output: '/x': file exists — --force replaces it")
    #expect(table.uncreatable("/x", errno: EACCES).status == .cannotCreate)
    #expect(
      table.failedWrite("stdout", errno: ENOSPC).line()
        == "mqttws: output: writing to stdout failed: no space left on device — the disk is full: output is incomplete"
    )
    #expect(table.failedWrite("stdout", errno: ENOSPC).status == .io)
    #expect(table.failedWrite("stdout", errno: EPIPE).status == .brokenPipe)
    #expect(table.internalError("x").status == .software)
  }

  @Test func linesAreSafeAndSingle() {
    var diagnosis = Diagnosis(.mqtt, .protocolError, "a\nb\u{1B}[2J é “x”…", "h\u{202E}")
    diagnosis.origin = .init(setting: "host", text: "p\n")
    #expect(diagnosis.line() == "mqttws: mqtt: a\\nb\\e[2J é “x”… — h\\u{202E}; host came from p\\n")
    #expect(
      diagnosis.line(asciiOnly: true)
        == "mqttws: mqtt: a\\nb\\e[2J \\u{00E9} \"x\"... - h\\u{202E}; host came from p\\n")
    #expect(diagnosis.json().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
  }

  @Test func evidenceInJSON() {
    var diagnosis = Diagnosis(.mqtt, .protocolError, "c", "h")
    diagnosis.evidence = ["one", "two"]
    #expect(!diagnosis.json().contains("evidence"))
    #expect(diagnosis.json(showsEvidence: true).hasSuffix(#","evidence":["one","two"]}"#))
  }
}

struct RunSummaryTests {
  private func counters(_ change: (inout RunCounters) -> Void) -> RunCounters {
    var counters = RunCounters()
    change(&counters)
    return counters
  }

  @Test func received() {
    let full = counters {
      $0.messages = 12_345
      $0.payloadBytes = 1 << 20
      $0.wireBytes = 1_237_319
      $0.reconnections = 2
      $0.lost = 3
      $0.filtered = 7
    }
    #expect(
      RunSummary.received(full, in: .seconds(862))
        == "12,345 messages, 7 filtered out, 1 MiB payload (+18% on the wire), 14m22s, 14/s, 2 reconnections, 3 LOST"
    )
    #expect(RunSummary.received(RunCounters(), in: .milliseconds(5)) == "0 messages, 0 B payload, 5ms")
    let empty = counters {
      $0.messages = 1
      $0.wireBytes = 10
    }
    #expect(RunSummary.received(empty, in: .seconds(2)) == "1 message, 0 B payload (10 B on the wire), 2s")
  }

  @Test func sent() {
    let some = counters {
      $0.messages = 1000
      $0.acknowledged = 997
      $0.failed = 3
      $0.payloadBytes = 2048
    }
    #expect(
      RunSummary.sent(some, in: .seconds(2))
        == "1,000 messages sent, 997 acknowledged, 3 failed, 2 KiB payload, 2s, 500/s")
  }

  @Test func progress() {
    let some = counters {
      $0.messages = 1200
      $0.payloadBytes = 2048
    }
    #expect(
      RunSummary.progress(some, rate: 340, in: .milliseconds(3500)) == "1.2k messages, 340/s, 2 KiB, 3s")
    #expect(
      RunSummary.progress(some, of: 20_000, rate: 340, in: .seconds(3))
        == "1.2k of 20k (6%), 340/s, 2 KiB, 3s, 56s to go")
    #expect(RunSummary.progress(some, rate: .nan, in: .zero) == "1.2k messages, 0/s, 2 KiB, 0s")
    #expect(RunSummary.progress(some, rate: .infinity, in: .zero).contains("9E/s"))
  }
}
