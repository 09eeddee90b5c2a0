import Presentation
import Testing

@testable import Doctor

@Suite struct ReportTests {
  @Test func nothingForeignActsOnATerminal() {
    let text = ReportText(asciiOnly: false, isColoured: false)
    let evil = "\u{1b}]0;x\u{7}\u{202e}"
    let result = StepResult(.upgrade, .failed, .milliseconds(3), evil, details: [evil])
    let lines =
      text.lines(result) + [text.line(ProbeRow(title: evil, isBetter: true, outcome: evil, time: .zero))]
    for scalar in lines.joined().unicodeScalars { #expect(scalar.value >= 0x20 && scalar.value != 0x202e) }
    #expect(lines.first?.hasPrefix("\u{2717} upgrade") == true)
    #expect(!ReportJSON.text(report(evil)).unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e })
  }

  private func report(_ text: String) -> Report {
    var report = Report(target: text)
    report.steps = [StepResult(.connect, .ok, nil, text, details: [text])]
    report.limits = [Limit("assigned-client-id", .text(text))]
    report.verdict = Verdict(diagnosis: Diagnosis(.mqtt, .protocolError, text, text), command: text)
    return report
  }

  @Test func plainASCIIOutsideUTF8() {
    let text = ReportText(asciiOnly: true, isColoured: false)
    let lines =
      text.lines(StepResult(.tcp, .ok, .milliseconds(3), "\u{e4}\u{2026}"))
      + text.ending(report("\u{2014}"), includesDiagnosis: true)
    #expect(lines.joined().unicodeScalars.allSatisfy { $0.value < 0x7f })
    #expect(lines.first?.hasPrefix("+ tcp") == true)
    #expect(text.progress("tls", .milliseconds(1250)) == "... tls, 1.2 s")
  }

  @Test func coloursOnlyTheMark() {
    let text = ReportText(asciiOnly: false, isColoured: true)
    let line = text.lines(StepResult(.tls, .warning, nil, "x")).first ?? ""
    #expect(line.hasPrefix("\u{1b}[33m!\u{1b}[0m tls"))
  }

  @Test func theErrorLineIsNotPrintedTwice() {
    let text = ReportText(asciiOnly: false, isColoured: false)
    #expect(text.ending(report("x"), includesDiagnosis: false) == ["this works: x"])
    #expect(text.ending(report("x"), includesDiagnosis: true).first == "verdict: mqtt: x — x")
  }
}
