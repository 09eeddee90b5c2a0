import Presentation
import Text

/// A diagnosis as lines of an overlay: cause, hint, origin and evidence, wrapped.
enum ErrorText {
  static func lines(_ diagnosis: Diagnosis, columns: Int, asciiOnly: Bool) -> [String] {
    var lines = wrapped(diagnosis.cause, columns)
    if !diagnosis.hint.isEmpty { lines += [""] + wrapped(diagnosis.hint, columns) }
    if let url = diagnosis.url { lines += [""] + wrapped(url, columns) }
    let evidence = diagnosis.evidenceLines(asciiOnly: asciiOnly)
    if !evidence.isEmpty { lines += [""] + evidence.flatMap { wrapped($0, columns) } }
    return lines
  }

  /// At blanks where there are some. Columns are counted in scalars of the sanitised text.
  static func wrapped(_ text: String, _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in Sanitiser.line(text).split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      if !line.isEmpty, Sanitiser.columns(of: line) + 1 + Sanitiser.columns(of: word) > columns {
        lines.append(line)
        line = ""
      }
      while Sanitiser.columns(of: word) > columns, columns > 1 {
        lines.append(String(word.prefix(columns / 2)))
        word = String(word.dropFirst(columns / 2))
      }
      line += line.isEmpty ? word : " \(word)"
    }
    lines.append(line)
    return lines
  }
}
