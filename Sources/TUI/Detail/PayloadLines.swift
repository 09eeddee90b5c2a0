import Text

/// How a payload is shown.
package enum PayloadForm: CaseIterable, Sendable {
  case json, text, hex, base64, cbor, messagePack

  package var name: String {
    switch self {
    case .json: "json"
    case .text: "text"
    case .hex: "hex"
    case .base64: "base64"
    case .cbor: "cbor"
    case .messagePack: "msgpack"
    }
  }
}

/// The lines of a payload in a form, a bounded number of them.
enum PayloadLines {
  static let maximumLines = 20_000
  private static let maximumBytes = 1 << 20
  /// Deeper levels are not indented further.
  private static let maximumIndent = 40

  /// What the payload seems to be.
  static func form(of message: StoredMessage) -> PayloadForm {
    let payload = message.payload
    if !message.isTruncated, payload.withUnsafeBytes({ PayloadValue.decode($0) }) != nil { return .json }
    return PayloadText.isText(payload, isCut: message.isTruncated) ? .text : .hex
  }

  /// The payload as a tree of values, if the form is one that has them and the payload is of that form.
  static func value(of message: StoredMessage, as form: PayloadForm) -> JSONValue? {
    guard !message.isTruncated else { return nil }
    return message.payload.withUnsafeBytes { bytes in
      switch form {
      case .json: try? JSONParser.parse(bytes, limit: maximumBytes)
      case .cbor: try? CBOR.decode(bytes, limit: maximumBytes)
      case .messagePack: try? MessagePack.decode(bytes, limit: maximumBytes)
      case .text, .hex, .base64: nil
      }
    }
  }

  static func lines(of message: StoredMessage, as form: PayloadForm, columns: Int) -> [DetailLine] {
    var lines: [DetailLine] = []
    switch form {
    case .json, .cbor, .messagePack:
      guard let value = value(of: message, as: form) else {
        let reason = message.isTruncated ? "the middle is not kept" : "not \(form.name)"
        return [note("(\(reason); x shows it otherwise)")]
      }
      append(value, label: [], path: ValuePath(), indent: 0, trailing: "", to: &lines)
    case .text: lines = text(message.payload)
    case .hex: lines = hex(message, columns: columns)
    case .base64: lines = base64(message.payload, columns: columns)
    }
    if message.payloadLength == 0 { return [note("(empty payload)")] }
    if message.isTruncated {
      let kept = Human.bytes(message.storedLength)
      lines.insert(
        note("truncated for view: \(kept) of \(Human.bytes(message.payloadLength)), head and tail"), at: 0)
    }
    if lines.count >= maximumLines { lines.append(note("(more lines are not shown)")) }
    return lines
  }

  private static func note(_ text: String) -> DetailLine {
    DetailLine(parts: [.init(text: text, role: .secondary)])
  }

  // MARK: Values

  private static func append(
    _ value: JSONValue, label: [DetailLine.Part], path: ValuePath, indent: Int, trailing: String,
    to lines: inout [DetailLine]
  ) {
    guard lines.count < maximumLines else { return }
    var line = DetailLine(indent: min(indent, maximumIndent), parts: label, path: path)
    let end = DetailLine.Part(text: trailing, role: .plain)
    switch value {
    case .object(let members) where !members.isEmpty:
      line.parts.append(.init(text: "{", role: .plain))
      lines.append(line)
      for (index, member) in members.enumerated() {
        let label = [
          DetailLine.Part(text: quoted(member.key), role: .name), .init(text: ": ", role: .plain),
        ]
        append(
          member.value, label: label, path: path.appending(.key(member.key)), indent: indent + 1,
          trailing: index + 1 < members.count ? "," : "", to: &lines)
      }
      lines.append(DetailLine(indent: line.indent, parts: [.init(text: "}" + trailing, role: .plain)]))
    case .array(let values) where !values.isEmpty:
      line.parts.append(.init(text: "[", role: .plain))
      lines.append(line)
      for (index, element) in values.enumerated() {
        append(
          element, label: [], path: path.appending(.index(index)), indent: indent + 1,
          trailing: index + 1 < values.count ? "," : "", to: &lines)
      }
      lines.append(DetailLine(indent: line.indent, parts: [.init(text: "]" + trailing, role: .plain)]))
    default:
      let (text, role) = scalar(value)
      line.parts.append(.init(text: text, role: role))
      if !trailing.isEmpty { line.parts.append(end) }
      if case .number = value { line.isNumber = true }
      lines.append(line)
    }
  }

  private static func scalar(_ value: JSONValue) -> (String, Role) {
    switch value {
    case .null: ("null", .literal)
    case .bool(let flag): (flag ? "true" : "false", .literal)
    case .number(let number): (number.text, .number)
    case .string(let text): (quoted(text), .string)
    case .array: ("[]", .plain)
    case .object: ("{}", .plain)
    }
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    JSONString.append(text, escaping: .required, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Bytes

  /// Bytes that are not UTF-8 become escapes, so that nothing is lost.
  private static func text(_ payload: [UInt8]) -> [DetailLine] {
    payload.split(separator: 0x0A, maxSplits: maximumLines, omittingEmptySubsequences: false).map { line in
      let line = line.last == 0x0D ? line.dropLast() : line
      return DetailLine(parts: [.init(text: Sanitiser.line(line), role: .plain)])
    }
  }

  private static func hex(_ message: StoredMessage, columns: Int) -> [DetailLine] {
    let perLine = columns >= 76 ? 16 : 8
    let payload = message.payload
    var lines: [DetailLine] = []
    for start in stride(from: 0, to: payload.count, by: perLine) where lines.count < maximumLines {
      var offset = start
      if let tail = message.tailStart, start >= tail {
        offset += message.payloadLength - message.storedLength
      }
      let row = HexRow(payload[start..<min(start + perLine, payload.count)], width: perLine)
      lines.append(
        DetailLine(parts: [
          .init(text: HexRow.offset(offset) + "  ", role: .secondary),
          .init(text: row.hexadecimal, role: .plain), .init(text: "  " + row.characters, role: .string),
        ]))
    }
    return lines
  }

  private static func base64(_ payload: [UInt8], columns: Int) -> [DetailLine] {
    var text: [UInt8] = []
    payload.withUnsafeBytes { Base64.append($0, to: &text) }
    let width = max(16, columns - 4)
    return stride(from: 0, to: text.count, by: width).prefix(maximumLines).map { start in
      let part = String(decoding: text[start..<min(start + width, text.count)], as: UTF8.self)
      return DetailLine(parts: [.init(text: part, role: .plain)])
    }
  }
}

/// One row of a dump.
struct HexRow {
  /// `82 3e 33 3c 00 10 70 6c  61 6e`, padded to `width` bytes.
  let hexadecimal: String
  /// Dots for what is not printable ASCII.
  let characters: String

  init(_ bytes: ArraySlice<UInt8>, width: Int) {
    var digits: [UInt8] = []
    var shown: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if index > 0 { digits.append(0x20) }
      if index == 8 { digits.append(0x20) }
      digits.append(Hexadecimal.lower(byte >> 4))
      digits.append(Hexadecimal.lower(byte & 15))
      shown.append(byte >= 0x20 && byte < 0x7F ? byte : 0x2E)
    }
    let full = width * 3 - 1 + (width > 8 ? 1 : 0)
    while digits.count < full { digits.append(0x20) }
    hexadecimal = String(decoding: digits, as: UTF8.self)
    characters = String(decoding: shown, as: UTF8.self)
  }

  /// At least four digits.
  static func offset(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}
