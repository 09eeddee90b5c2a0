import Client
import MQTTPackets
import Presentation
import Text
import WebSocketTransport

/// A report as one JSON document.
package enum ReportJSON {
  /// One line, without its end. Foreign text is escaped so that no terminal acts on it.
  package static func text(_ report: Report) -> String {
    var writer = JSONWriter(escaping: .terminal)
    writer.beginObject()
    writer.field("target", report.target)
    writer.field("exit", Int((report.verdict?.diagnosis?.status ?? .ok).rawValue))
    writer.field("ms", milliseconds(report.time))
    writer.key("steps")
    list(report.steps, &writer, write)
    if !report.certificates.isEmpty {
      writer.key("certificates")
      list(report.certificates, &writer, write)
    }
    if !report.limits.isEmpty {
      writer.key("limits")
      writer.beginObject()
      for limit in report.limits { write(limit, &writer) }
      writer.endObject()
    }
    if !report.probes.isEmpty {
      writer.key("probes")
      list(report.probes, &writer, write)
    }
    if let idle = report.idle { write(idle, &writer) }
    if let verdict = report.verdict { write(verdict, &writer) }
    if !report.snippet.isEmpty { writer.field("snippet", report.snippet.joined(separator: "\n")) }
    writer.endObject()
    return writer.text
  }

  private static func list<Element>(
    _ elements: [Element], _ writer: inout JSONWriter, _ write: (Element, inout JSONWriter) -> Void
  ) {
    writer.beginArray()
    for element in elements { write(element, &writer) }
    writer.endArray()
  }

  private static func write(_ result: StepResult, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("step", result.step.rawValue)
    writer.field("status", result.mark.rawValue)
    if let time = result.time { writer.field("ms", milliseconds(time)) }
    writer.field("summary", result.summary)
    if !result.details.isEmpty {
      writer.key("details")
      list(result.details, &writer) { $1.value($0) }
    }
    writer.endObject()
  }

  private static func write(_ row: CertificateRow, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("subject", row.subject)
    writer.field("issuer", row.issuer)
    writer.key("names")
    list(row.names, &writer) { $1.value($0) }
    if let start = row.notBefore { writer.field("not_before", "\(start)") }
    if let end = row.notAfter { writer.field("not_after", "\(end)") }
    if let days = row.daysLeft { writer.field("days_left", days) }
    writer.endObject()
  }

  private static func write(_ limit: Limit, _ writer: inout JSONWriter) {
    switch limit.value {
    case .number(let number): writer.field(limit.name, number)
    case .flag(let isOn): writer.field(limit.name, isOn)
    case .text(let text): writer.field(limit.name, text)
    }
  }

  private static func write(_ row: ProbeRow, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("try", row.title)
    writer.field("better", row.isBetter)
    writer.field("ms", milliseconds(row.time))
    writer.field("outcome", row.outcome)
    writer.endObject()
  }

  private static func write(_ idle: IdleFinding, _ writer: inout JSONWriter) {
    writer.key("idle_probe")
    writer.beginObject()
    if case .cut(let after, let by) = idle.ending {
      writer.field("cut_after_ms", milliseconds(after))
      writer.field("cut_by", by)
    }
    if let survived = idle.survived { writer.field("survived_ms", milliseconds(survived)) }
    writer.field("summary", idle.summary)
    if let hint = idle.hint { writer.field("hint", hint) }
    writer.endObject()
  }

  private static func write(_ verdict: Verdict, _ writer: inout JSONWriter) {
    writer.key("verdict")
    writer.beginObject()
    writer.field("healthy", verdict.diagnosis == nil)
    if let diagnosis = verdict.diagnosis {
      writer.field("layer", diagnosis.layer.rawValue)
      writer.field("code", diagnosis.status.name)
      writer.field("cause", diagnosis.cause)
      writer.field("hint", diagnosis.hint)
      if let reason = diagnosis.mqttReason { writer.field("mqtt_reason", Int(reason)) }
      if let status = diagnosis.httpStatus { writer.field("http_status", status) }
    }
    if let finding = verdict.finding { writer.field("finding", finding) }
    if let command = verdict.command { writer.field("command", command) }
    writer.endObject()
  }

  private static func milliseconds(_ time: Duration) -> Double {
    let microseconds = (time / .microseconds(1)).rounded()
    return microseconds / 1000
  }
}
