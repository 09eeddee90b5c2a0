import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Presentation

@Suite struct BundleTests {
  private static let wall = WallTime(nanoseconds: 1_700_000_000_000_000_000)

  private static func frame(_ packet: Packet, byClient: Bool) throws -> ByteBuffer {
    var payload = ByteBuffer()
    try packet.encode(.v5, into: &payload)
    var encoder = FrameEncoder(role: byClient ? .client : .server)
    var bytes = ByteBuffer()
    encoder.write(.binary, payload, into: &bytes)
    return bytes
  }

  private static func bundle() throws -> [UInt8] {
    let connect = Connect(version: .v5, clientIdentifier: "c", username: "u", password: Array("canary".utf8))
    let address = try SocketAddress(ipAddress: "192.0.2.1", port: 80)
    let kinds: [TraceEvent.Kind] = [
      .state(.connecting(attempt: 1)), .transport(.connected(local: nil, remote: address)),
      .transport(.upgradeSent(ByteBuffer(string: "GET /?token=canary HTTP/1.1\r\nCookie: canary\r\n\r\n"))),
      .transport(.upgradeReceived(ByteBuffer(string: "HTTP/1.1 101 canary\r\n\r\n"))),
      .transport(.upgraded(nil)), .bytes(.sent, try frame(.connect(connect), byClient: true)),
      .bytes(.received, try frame(.connAck(ConnAck()), byClient: false)),
      .bytes(.received, try frame(.publish(Publish(message: Message(topic: "a/b"))), byClient: false)),
      .transport(.closed(.endOfStream)), .state(.ended),
    ]
    var encoder = BundleEncoder(monotonic: MonotonicTime(nanoseconds: 0), wall: wall)
    var output = BundleEncoder.header(versions: [("mqttws", "1.2")], created: wall)
    for (index, kind) in kinds.enumerated() {
      let event = TraceEvent(time: MonotonicTime(nanoseconds: UInt64(index)), kind: kind)
      encoder.append(event, from: 0, to: &output)
      // Others beside it are there in words alone.
      encoder.append(event, from: 1, to: &output)
    }
    return output + BundleEncoder.ending(report: #"{"target":"t","verdict":{"healthy":true}}"#)
  }

  private static func read(_ bytes: [UInt8]) throws -> [RecordingEntry] {
    var reader = RecordingReader()
    var entries: [RecordingEntry] = []
    reader.feed(ByteBuffer(bytes: bytes))
    while let entry = try reader.next() { entries.append(entry) }
    if let entry = try reader.finish() { entries.append(entry) }
    return entries
  }

  @Test func framesAndPacketsComeBack() throws {
    let entries = try Self.read(try Self.bundle())
    guard case .remarks(let first)? = entries.first, case .remarks(let last)? = entries.last else {
      Issue.record("no remarks: \(entries)")
      return
    }
    #expect(first.first?.contains("mqttws 1.2") == true)
    #expect(last == ["examined t", "verdict: every step works"])
    var reader = WireReader()
    var items: [WireItem] = []
    for case .wire(let record) in entries {
      let time = MonotonicTime(nanoseconds: UInt64(record.at.nanoseconds - Self.wall.nanoseconds))
      reader.read(TraceEvent(time: time, kind: try #require(record.kind)), into: &items)
    }
    let packets = items.compactMap { item -> String? in
      if case .packet(let packet) = item.kind { packet.type.name } else { nil }
    }
    #expect(packets == ["CONNECT", "CONNACK", "PUBLISH"])
    #expect(items.contains { if case .transport(.closed) = $0.kind { true } else { false } })
    #expect(items.last?.time == MonotonicTime(nanoseconds: 9))
  }

  @Test func noSecretIsInIt() throws {
    let bytes = try Self.bundle()
    #expect(!String(decoding: bytes, as: UTF8.self).contains("canary"))
    for case .wire(let record) in try Self.read(bytes) {
      switch record.kind {
      case .bytes(_, var buffer)?:
        // Unmasked as well.
        var decoder = FrameDecoder(role: .server, maximumFrameSize: .max)
        _ = try? buffer.withUnsafeMutableReadableBytes { try decoder.next(unmasking: $0, at: 0) }
        #expect(!String(buffer: buffer).contains("canary"))
      case .transport(.upgradeSent(let buffer))?, .transport(.upgradeReceived(let buffer))?:
        #expect(!String(buffer: buffer).contains("canary"))
      default: break
      }
    }
  }

  @Test(arguments: [
    #"{"mqttws_bundle":2}"#, #"{"wire":{"event":"sent"}}"#,
    #"{"wire":{"event":"sent","time_ns":1,"data":"?"}}"#,
    #"{"wire":{"event":"later","time_ns":1}}"#, #"{"wire":{"event":"tcp","time_ns":1,"data":"x:99999"}}"#,
    #"{"wire":1}"#,
  ]) func whatIsNoBundleIsRefused(_ line: String) {
    #expect(throws: RecordingError.self) { try Self.read(Array("\(line)\n".utf8)) }
  }

  @Test func aReportMayLackAnything() throws {
    for report in ["{}", "1", #"{"steps":[1,{"step":"tcp","status":"failed"}],"verdict":{}}"#] {
      #expect(try Self.read(Array("{\"report\":\(report)}\n".utf8)).count == 1)
    }
  }
}
