import Support
import Testing

/// What a broker says of itself and of its answers is as foreign as what it sends on.
@Suite(.ownThread)
struct WatchHostilePeerTests {
  /// Of every kind that must not reach a terminal, behind a word to look for.
  private static let reason = "MARK " + WatchHostileTests.texts.joined(separator: " ")

  // MARK: - Reason strings

  private static func string(_ text: String) -> [UInt8] {
    [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
  }

  private static func counted(_ bytes: [UInt8]) -> [UInt8] {
    let low = UInt8(bytes.count & 127)
    return (bytes.count < 128 ? [low] : [low | 128, UInt8(bytes.count >> 7)]) + bytes
  }

  /// A packet with a reason string and a user property.
  private static func packet(_ first: UInt8, _ head: [UInt8], then tail: [UInt8] = []) -> [UInt8] {
    let properties = [0x1F] + string(reason) + [0x26] + string("name\(reason)") + string(reason)
    return [first] + counted(head + counted(properties) + tail)
  }

  @Test func theReasonOfARefusal() throws {
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame(Self.packet(0x20, [0, 0x87]))
      try connection.readToEnd()
    }
    let watch = try WatchTerminal(
      ["ws://127.0.0.1:\(peer.port)/mqtt", "-t", "#"], rows: 40, columns: 140)
    try watch.wait(for: "MARK")
    try look(at: watch)
  }

  // MARK: - Certificates

  /// Stands in the certificate where foreign bytes are to be.
  private static let place = String(repeating: "Z", count: 48)

  private static let text = Array(
    "\u{1B}[31m\u{1B}]0;t\u{07}\u{9B}2J\u{202E}\u{301}\u{301}\u{200B}温\u{7F}\r\n".utf8)

  private static func filled(_ bytes: [UInt8]) -> [UInt8] {
    bytes + Array(repeating: 0x5A, count: place.utf8.count - bytes.count)
  }

  /// A certificate whose names are no text; its signature does not matter to whoever does not check it.
  private static func identity(in home: TemporaryDirectory) throws -> (certificate: String, key: String) {
    let (key, der, pem) = (home.file("key"), home.file("der"), home.file("pem"))
    try runTool(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
        "-outform", "DER", "-out", der, "-days", "1", "-subj", "/O=\(place)/CN=MARK-\(place)",
      ])
    var certificate = try readFile(der)
    let (wanted, mark) = (Array(place.utf8), Array("MARK-".utf8))
    for start in mark.count..<(certificate.count - wanted.count)
    where certificate[start..<(start + wanted.count)].elementsEqual(wanted) {
      let isCommonName = certificate[(start - mark.count)..<start].elementsEqual(mark)
      // A teletex string may hold every byte.
      if isCommonName { certificate[start - mark.count - 2] = 0x14 }
      let bytes = isCommonName ? text + [0xFF, 0xFE, 0x9B, 0x41, 0xC2] : text
      certificate.replaceSubrange(start..<(start + wanted.count), with: filled(bytes))
    }
    _ = try home.write("der", certificate)
    try runTool("openssl", ["x509", "-inform", "DER", "-in", der, "-out", pem])
    return (pem, key)
  }

  @Test(arguments: [["--insecure"], []]) func namesInACertificate(_ options: [String]) throws {
    let program = try Mqttws()
    let identity = try Self.identity(in: program.home)
    let broker = try WatchBroker(program, ["--cert", identity.certificate, "--key", identity.key])
    let watch = try WatchTerminal(
      [broker.url, "-t", "#"] + options, rows: 40, columns: 140, program: program)
    if options.isEmpty {
      try watch.wait(for: "self-signed")
    } else {
      try watch.wait(for: "SUBACK # granted")
      try watch.press("4", for: "MARK-")
    }
    try look(at: watch)
  }

  // MARK: -

  /// Over the error, every frame and its fields, and all views.
  private func look(at watch: WatchTerminal) throws {
    for keys in ["\u{1B}", "\u{1B}", "!", "\u{1B}", "1", "2", "4", "3", "g"] { try watch.settle(after: keys) }
    for _ in 0..<12 { try watch.settle(after: "j") }
    try watch.settle(after: "g\t")
    for _ in 0..<12 { try watch.settle(after: "lj") }
    try watch.press("1?", for: "Help: topics")
    #expect(watch.screen.violations == [])
    watch.child.signal(15)
    try watch.child.wait()
    #expect(watch.screen.violations == [])
  }
}
