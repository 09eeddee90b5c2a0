import Text

/// What can be done with the selected frame.
enum WireActions {
  /// Passwords are not copied.
  static func copy(_ number: UInt64?, _ workspace: inout Workspace) -> Bool {
    guard let number else { return false }
    let dump = WireDump(Int(clamping: number), workspace.store.shownWire)
    let bytes = masked(dump)
    var hex: [UInt8] = []
    bytes.withUnsafeBytes { Hexadecimal.append($0, to: &hex) }
    let text = dump.rows.map { "\(String(repeating: "  ", count: $0.depth))\($0.name): \($0.value)\n" }
      .joined()
    workspace.requests.append(
      .menu(
        Menu(
          "Copy frame #\(number)",
          [
            .init("b", "bytes", .copy(bytes: bytes, what: "frame #\(number)")),
            .init("x", "bytes in hex", .copy(bytes: hex, what: "frame #\(number) in hex")),
            .init("d", "decoded", .copy(bytes: Array(text.utf8), what: "frame #\(number) decoded")),
          ])))
    return true
  }

  private static func masked(_ dump: WireDump) -> [UInt8] {
    var bytes = dump.bytes
    for range in dump.secrets.map({ $0.clamped(to: bytes.indices) }) {
      for index in range { bytes[index] = UInt8(ascii: "*") }
    }
    return bytes
  }

  /// The frame, or all packets as a capture; passwords masked in both.
  static func export(_ number: UInt64?, _ workspace: inout Workspace) -> Bool {
    guard let number else { return false }
    let path = workspace.exportPath
    let bytes = masked(WireDump(Int(clamping: number), workspace.store.shownWire))
    let frame = ExportPart(bytes, "frame #\(number)", path: path, suffix: "bin")
    workspace.requests.append(
      .menu(
        Menu(
          "Export",
          [
            .init("p", "all packets that are kept, for Wireshark (pcapng)", .export(.packets, path: path)),
            .init("b", "the bytes of frame #\(number)", .export(frame)),
          ])))
    return true
  }

  /// The filter that a field stands for; nil when the language has no word for it.
  static func filter(_ row: WireDump.Row) -> String? {
    guard !row.isSecret else { return nil }
    let number = String(row.value.prefix { $0.isNumber })
    switch row.name {
    case "Topic Name": return "topic == \(quoted(row.value))"
    case "Packet Identifier": return number.isEmpty ? nil : "pid == \(number)"
    case "Content Type": return "content_type == \(quoted(row.value))"
    case "QoS", "QoS level": return number.isEmpty ? nil : "qos == \(number)"
    case "RETAIN": return row.value.hasPrefix("1") ? "retain" : "not retain"
    case "DUP": return row.value.hasPrefix("1") ? "dup" : "not dup"
    default: return nil
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
