/// The bytes that give a terminal back, from its description and from what was switched on.
enum RestoreSequence {
  static let pasteOn = Array("\u{1B}[?2004h".utf8)
  private static let pasteOff = Array("\u{1B}[?2004l".utf8)
  private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)

  /// Reports off, plain text, normal keys, visible cursor, and last the normal screen.
  static func bytes(pastes: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    if Screen.text("kmous") != nil { bytes += mouseOff }
    if pastes { bytes += pasteOff }
    for capability in ["sgr0", "op", "rmkx", "cnorm"] { bytes += capabilityBytes(capability) }
    let leave = capabilityBytes("rmcup")
    // Without a screen of its own the terminal keeps the picture; the prompt goes below it.
    return bytes + (leave.isEmpty ? Array("\r\n".utf8) : leave)
  }

  private static func capabilityBytes(_ name: String) -> [UInt8] {
    withoutPadding(Screen.text(name) ?? [])
  }

  /// Descriptions hold delays as `$<5>`, which only curses understands.
  static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "<"),
        let end = rest.firstIndex(of: UInt8(ascii: ">"))
      {
        rest = rest[(end + 1)...]
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
