import Client
import Text

/// What the user hears about an error: layer, cause, hint, exit status, and the facts behind them.
///
/// Texts hold what peers and files supplied; they are sanitised when they are rendered, and only then.
package struct Diagnosis: Equatable, Sendable {
  /// The setting that has to do with it, and where its value came from.
  package struct Origin: Equatable, Sendable {
    package var setting: String
    package var text: String

    package init(setting: String, text: String) {
      self.setting = setting
      self.text = text
    }
  }

  package var layer: Layer
  package var status: ExitStatus
  package var cause: String
  /// What to do about it; every error has one.
  package var hint: String
  package var origin: Origin?
  /// Lines to print before the error: with `-d`, or always where `isEvidenceEssential`.
  package var evidence: [String] = []
  package var isEvidenceEssential = false
  package var mqttReason: UInt8?
  package var reasonName: String?
  package var httpStatus: Int?
  /// Without secrets.
  package var url: String?

  package init(_ layer: Layer, _ status: ExitStatus, _ cause: String, _ hint: String) {
    self.layer = layer
    self.status = status
    self.cause = cause
    self.hint = hint
  }
}

extension Diagnosis {
  /// `mqttws: <layer>: <cause> — <hint>`, with ` - ` where the terminal is not in UTF-8. No line end.
  package func line(asciiOnly: Bool = false) -> String {
    var text = "mqttws: \(layer.rawValue): \(cause)"
    let advice = [hint] + (origin.map { ["\($0.setting) came from \($0.text)"] } ?? [])
    text += (asciiOnly ? " - " : " — ") + advice.joined(separator: "; ")
    return Self.safe(text, asciiOnly: asciiOnly)
  }

  /// The evidence, each line safe and indented.
  package func evidenceLines(asciiOnly: Bool = false) -> [String] {
    evidence.map { "  " + Self.safe($0, asciiOnly: asciiOnly) }
  }

  /// The object that `--json` prints in place of the line; itself one line.
  package func json(showsEvidence: Bool = false) -> String {
    var writer = JSONWriter(escaping: .terminal)
    writer.beginObject()
    writer.field("layer", layer.rawValue)
    writer.field("exit", Int(status.rawValue))
    writer.field("code", status.name)
    writer.field("cause", cause)
    writer.field("hint", hint)
    if let mqttReason { writer.field("mqtt_reason", Int(mqttReason)) }
    if let reasonName { writer.field("reason_name", reasonName) }
    if let httpStatus { writer.field("http_status", httpStatus) }
    if let url { writer.field("url", url) }
    if let origin {
      writer.field("setting", origin.setting)
      writer.field("origin", origin.text)
    }
    if !evidence.isEmpty, showsEvidence || isEvidenceEssential {
      writer.key("evidence")
      writer.beginArray()
      for line in evidence { writer.value(line) }
      writer.endArray()
    }
    writer.endObject()
    return writer.text
  }

  /// One line on which nothing acts, in plain ASCII where the terminal is not in UTF-8.
  package static func safe(_ text: String, asciiOnly: Bool) -> String {
    guard asciiOnly else { return Sanitiser.line(text) }
    // Our own typography has plain forms; all else above ASCII is shown by its number.
    var plain = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "…": plain += "..."
      case "—": plain += "-"
      case "“", "”": plain += "\""
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return Sanitiser.line(plain, asciiOnly: true)
  }
}
