import Client
import MQTTPackets
import Presentation
import Text
import WebSocketTransport

/// A report as people read it, piece by piece as it grows. Every line is safe for a terminal.
package struct ReportText: Sendable {
  package var asciiOnly: Bool
  package var isColoured: Bool

  package init(asciiOnly: Bool, isColoured: Bool) {
    self.asciiOnly = asciiOnly
    self.isColoured = isColoured
  }

  package func heading(_ report: Report) -> String { safe("examining \(report.target)") }

  package func lines(_ result: StepResult) -> [String] {
    let time = result.time.map(Human.duration) ?? ""
    let first = mark(result.mark) + " " + Self.column(result.step.rawValue, time) + safe(result.summary)
    return [first] + result.details.map { Self.indent + safe($0) }
  }

  package func lines(_ certificates: [CertificateRow]) -> [String] {
    guard !certificates.isEmpty else { return [] }
    let table =
      [["subject", "issuer", "valid until", "days left"]]
      + certificates.map { row in
        [
          row.subject, row.issuer, row.notAfter.map { String("\($0)".prefix(10)) } ?? "?",
          row.daysLeft.map(String.init) ?? "?",
        ].map { Self.cut(safe($0)) }
      }
    let widths = (0..<3).map { column in table.map { Sanitiser.columns(of: $0[column]) }.max() ?? 0 }
    return table.map { row in
      var line = Self.indent
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: max(width - Sanitiser.columns(of: cell), 0) + 2)
      }
      return line + row[3]
    }
  }

  package func line(_ limits: [Limit]) -> String {
    Self.indent + safe("limits: " + limits.map { Self.words($0) }.joined(separator: ", "))
  }

  package func line(_ probe: ProbeRow) -> String {
    mark(probe.isBetter ? .ok : .failed) + " " + Self.column("  try", Human.duration(probe.time))
      + safe("\(probe.title): \(probe.outcome)")
  }

  package func lines(_ idle: IdleFinding) -> [String] {
    let isCut = if case .cut = idle.ending { true } else { false }
    return [mark(isCut ? .warning : .ok) + " " + Self.column("idle probe", "") + safe(idle.summary)]
      + (idle.hint.map { [Self.indent + safe($0)] } ?? [])
  }

  /// - Parameter includesDiagnosis: false where the error line follows on the same screen.
  package func ending(_ report: Report, includesDiagnosis: Bool) -> [String] {
    guard let verdict = report.verdict else { return [] }
    var lines: [String] = []
    if let diagnosis = verdict.diagnosis {
      if includesDiagnosis {
        lines.append(
          safe("verdict: \(diagnosis.layer.rawValue): \(diagnosis.cause) — \(diagnosis.hint)"))
      }
    } else {
      let warnings = report.warnings.count
      let with = warnings == 0 ? "" : ", with \(Human.plural(warnings, "warning"))"
      let cut =
        if case .cut(let after, _)? = report.idle?.ending {
          ", but silence is cut after \(Human.duration(after))"
        } else { "" }
      lines.append("verdict: every step works\(with)\(cut) (\(Human.duration(report.time)))")
    }
    if let command = verdict.command { lines.append(safe("this works: \(command)")) }
    if !report.snippet.isEmpty { lines += [""] + report.snippet.map(safe) }
    return lines
  }

  /// What stands below a step while it waits; without a line end.
  package func progress(_ step: String, _ time: Duration) -> String {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    let tenths = (seconds * 10).rounded(.down) / 10
    return "\(asciiOnly ? "..." : "…") \(step), \(tenths) s"
  }

  // MARK: Pieces

  private static let indent = String(repeating: " ", count: 23)

  private static func column(_ name: String, _ time: String) -> String {
    name + String(repeating: " ", count: max(12 - name.count, 0))
      + String(repeating: " ", count: max(7 - time.count, 0)) + time + "  "
  }

  private static func cut(_ text: String) -> String {
    text.unicodeScalars.count > 48
      ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(47))) + "…" : text
  }

  private func safe(_ text: String) -> String { Diagnosis.safe(text, asciiOnly: asciiOnly) }

  private func mark(_ mark: StepResult.Mark) -> String {
    let (symbol, plain, colour) =
      switch mark {
      case .ok: ("✓", "+", "32")
      case .warning: ("!", "!", "33")
      case .failed: ("✗", "x", "31")
      case .skipped: ("-", "-", "2")
      }
    let text = asciiOnly ? plain : symbol
    return isColoured ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
  }

  private static func words(_ limit: Limit) -> String {
    switch (limit.name, limit.value) {
    case ("keep-alive", .number(0)): "no keep-alive"
    case ("keep-alive", .number(let seconds)): "keep-alive \(seconds) s"
    case ("receive-maximum", .number(let count)): "receive maximum \(Human.grouped(count))"
    case ("maximum-qos", .number(let qos)): "QoS up to \(qos)"
    case ("maximum-packet-size", .number(let size)): "packets up to \(Human.bytes(size))"
    case ("topic-alias-maximum", .number(let count)): "\(Human.grouped(count)) topic aliases"
    case ("session-expiry", .number(let seconds)): "session kept \(Human.duration(.seconds(seconds)))"
    case ("assigned-client-id", .text(let name)): "client identifier '\(name)'"
    case (let name, .flag(let isOn)): (isOn ? "" : "no ") + name.map { $0 == "-" ? " " : String($0) }.joined()
    case (let name, .number(let number)): "\(name) \(number)"
    case (let name, .text(let text)): "\(name) \(text)"
    }
  }
}
