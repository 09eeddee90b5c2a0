import Glibc
import Support
import Testing

/// `--keylog` and a capture that somebody else took, judged by the system's own tshark.
@Suite(.ownThread)
struct KeyLogTests {
  private static let payload = "hello from the inside"
  private let program: Mqttws
  private let relay: Relay
  private let directory: TemporaryDirectory

  init() throws {
    program = try Mqttws()
    relay = try Relay(to: try Brokers.shared().mosquitto.tlsPort, keepsPassages: true)
    directory = try TemporaryDirectory()
  }

  private func publish(_ options: String...) throws {
    let result = try program.command(
      [
        "pub", "wss://localhost:\(relay.port)/mqtt", "--cafile",
        try Certificates.shared().authority.certificate, "-t", freshTopic(), "-q", "2", "-m", Self.payload,
      ] + options
    ).run()
    #expect(result.status == .exited(0), "\(result.errorText)")
  }

  private func lines(_ path: String) throws -> [Substring] {
    String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n")
  }

  /// Unmasked payloads of the WebSocket frames that tshark finds in the relay's bytes.
  private func frames(_ keyLog: String?) throws -> [[UInt8]] {
    let capture = try directory.write(
      "capture.pcap", TrafficCapture.file(relay.now.passages, port: relay.port))
    let keys = keyLog.map { ["-o", "tls.keylog_file:\($0)"] } ?? []
    let ports = ["-d", "tcp.port==\(relay.port),tls", "-d", "tls.port==\(relay.port),http"]
    let output = try runTool(
      "tshark",
      ["-r", capture, "-Y", "websocket", "-T", "fields", "-e", "data.data"] + keys + ports)
    let digits = String(decoding: output, as: UTF8.self).split { $0 == "\n" || $0 == "," }
    return digits.map { digits in
      let values = digits.compactMap(\.hexDigitValue)
      return stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
  }

  @Test func whatWasCapturedElsewhereIsReadWithIt() throws {
    let keyLog = directory.file("keys.log")
    try publish("--keylog=\(keyLog)")
    #expect(try frames(nil).isEmpty)
    let frames = try frames(keyLog)
    // CONNECT, CONNACK and the four packets of the exchange, each in a frame.
    #expect(frames.prefix(6).map { $0[0] >> 4 } == [1, 2, 3, 5, 6, 7])
    #expect(frames.contains { $0.suffix(Self.payload.utf8.count).elementsEqual(Self.payload.utf8) })
  }

  /// The format is NSS's: a label, the client's random in 32 bytes, and a secret. As in other programs a
  /// file that is there is gone on with.
  @Test func theFileIsForItsOwnerAndGoneOnWith() throws {
    let keyLog = directory.file("keys.log")
    try publish("--keylog=\(keyLog)")
    var status = stat()
    #expect(stat(keyLog, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let first = try lines(keyLog)
    #expect(first.contains { $0.hasPrefix("CLIENT_TRAFFIC_SECRET_0 ") || $0.hasPrefix("CLIENT_RANDOM ") })
    for line in first {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      #expect(words.count == 3)
      #expect(words[0].allSatisfy { $0.isUppercase || $0 == "_" || $0 == "0" })
      #expect(words[1].utf8.count == 64)
      #expect(words.dropFirst().allSatisfy { $0.allSatisfy(\.isHexDigit) && $0.utf8.count.isMultiple(of: 2) })
    }
    try publish("--keylog=\(keyLog)")
    let both = try lines(keyLog)
    #expect(Array(both.prefix(first.count)) == first)
    #expect(both.count == 2 * first.count)
  }

  @Test func theVariableCountsOnlyTogetherWithTheOption() throws {
    let keyLog = directory.file("named.log")
    var program = program
    program.environment["SSLKEYLOGFILE"] = keyLog
    let target = [
      "wss://localhost:\(relay.port)/mqtt", "--cafile", try Certificates.shared().authority.certificate,
    ]
    for (options, expected) in [([], false), (["--keylog"], true)] as [([String], Bool)] {
      let result = try program.command(["pub"] + target + ["-t", freshTopic(), "-m", "x"] + options).run()
      #expect(result.status == .exited(0), "\(result.errorText)")
      #expect((access(keyLog, F_OK) == 0) == expected)
    }
  }

  @Test(arguments: [("/nowhere/keys.log", 66), ("/dev/full", 74)])
  func aKeyLogThatCannotBeWrittenIsAnError(_ path: String, _ status: Int32) throws {
    let result = try program.run(
      "pub", "wss://localhost:\(relay.port)/mqtt", "--cafile",
      try Certificates.shared().authority.certificate, "-t", "a", "-m", "x", "--keylog=\(path)")
    #expect(result.status == .exited(status))
    #expect(result.errorLines.count == 1, "\(result.errorText)")
  }
}
