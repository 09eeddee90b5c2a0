import Expression
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import WebSocketTransport

/// One path, and how it is run.
struct HotPath {
  let name: String
  let run: @Sendable (_ count: Int) -> Void

  static let all: [HotPath] = [
    HotPath(name: "decode-frame", run: decodeFrame), HotPath(name: "decode-publish", run: decodePublish),
    HotPath(name: "encode-publish", run: encodePublish), HotPath(name: "mask-64k", run: mask),
    HotPath(name: "session-receive-qos0", run: { receive(.atMostOnce, $0) }),
    HotPath(name: "session-receive-qos1", run: { receive(.atLeastOnce, $0) }),
    HotPath(name: "session-publish-qos1", run: publish),
    HotPath(name: "format-payload", run: { format(.payload, $0) }),
    HotPath(name: "format-json", run: { format(.json, $0) }),
    HotPath(name: "format-template", run: { format(template("%t %p"), $0) }),
    HotPath(name: "filter-topic", run: { filter(#"topic matches "yard/+" and not retain"#, $0) }),
    HotPath(name: "filter-json", run: { filter("json.t > 21", $0) }),
    HotPath(name: "filter-regex", run: { filter(#"topic ~ "^y[a-z]+/t$""#, $0) }),
  ]
}

// MARK: - What they work on

private let sample = Message(
  topic: "yard/t",
  payload: ByteBuffer(string: #"{"t":21.5,"u":"C","text":"abcdefghijklmnopqrstuvwxyzabcdefghij"}"#))

private func framed(_ publish: Publish, _ role: FrameDecoder.Role) -> ByteBuffer {
  var encoder = FrameEncoder(role: role)
  var packet = ByteBuffer()
  var frame = ByteBuffer()
  attempt { try Packet.publish(publish).encode(.v5, into: &packet) }
  encoder.write(.binary, packet, into: &frame)
  return frame
}

private func attempt<Value>(_ body: () throws -> Value) -> Value {
  do {
    return try body()
  } catch {
    print("hot-paths: \(error)")
    exit(70)
  }
}

private func template(_ text: String) -> MessageFormat { .template(attempt { try FormatTemplate(text) }) }

// MARK: - The paths

private func decodeFrame(_ count: Int) {
  var decoder = FrameDecoder(role: .client, maximumFrameSize: 1 << 20)
  let frame = framed(Publish(message: sample), .server)
  var end = 0
  for _ in 0..<count {
    let step = attempt { try frame.withUnsafeReadableBytes { try decoder.next($0, at: 0) } }
    end &+= step.payloadEnd
  }
  precondition(end == count * frame.readableBytes)
}

private func decodePublish(_ count: Int) {
  let decoder = PacketDecoder(version: .v5, direction: .toClient)
  var packet = ByteBuffer()
  attempt { try Packet.publish(Publish(message: sample)).encode(ProtocolVersion.v5, into: &packet) }
  var bytes = 0
  for _ in 0..<count {
    let header = attempt { try packet.withUnsafeReadableBytes { try decoder.header($0, at: 0) } }
    guard let header, case .publish(let publish) = attempt({ try decoder.decode(header, in: packet, at: 0) })
    else { continue }
    bytes &+= publish.message.payload.readableBytes
  }
  precondition(bytes == count * sample.payload.readableBytes)
}

private func encodePublish(_ count: Int) {
  var encoder = FrameEncoder(role: .client)
  let publish = Publish(message: sample)
  var buffer = ByteBufferAllocator().buffer(capacity: 65_536)
  for _ in 0..<count {
    buffer.clear()
    let length = publish.encodedLength(.v5)
    let frame = encoder.begin(.binary, payloadLength: length, in: &buffer)
    attempt { try publish.encode(.v5, length: length, into: &buffer) }
    encoder.finish(frame, in: &buffer)
  }
}

private func mask(_ count: Int) {
  var bytes = [UInt8](repeating: 0x61, count: 65_536)
  for _ in 0..<count { bytes.withUnsafeMutableBytes { FrameMask.apply(0x1234_5678, to: $0) } }
}

private func connected() -> Session {
  var session = Session(SessionSettings(clientIdentifier: "hot"))
  var effects: [Effect] = []
  let start = MonotonicTime(nanoseconds: 1)
  session.transportOpened(ConnectCredentials(), now: start, into: &effects)
  session.receive(.connAck(ConnAck(sessionPresent: false)), now: start, into: &effects)
  return session
}

private func receive(_ qos: QoS, _ count: Int) {
  var session = connected()
  var effects: [Effect] = []
  let now = MonotonicTime(nanoseconds: 2)
  var message = sample
  message.qos = qos
  for number in 1...count {
    let identifier = qos == .atMostOnce ? nil : UInt16(truncatingIfNeeded: number % 60_000 + 1)
    session.receive(
      .publish(Publish(message: message, packetIdentifier: identifier)), now: now, into: &effects)
    session.delivered(upTo: UInt64(number), now: now, into: &effects)
    effects.removeAll(keepingCapacity: true)
  }
}

private func publish(_ count: Int) {
  var session = connected()
  var effects: [Effect] = []
  let now = MonotonicTime(nanoseconds: 2)
  var message = sample
  message.qos = .atLeastOnce
  for number in 1...count {
    session.publish(message, RequestID(UInt64(number)), now: now, into: &effects)
    if case .send(.publish(let sent))? = effects.first, let identifier = sent.packetIdentifier {
      effects.removeAll(keepingCapacity: true)
      session.receive(.pubAck(Acknowledgement(identifier)), now: now, into: &effects)
    }
    effects.removeAll(keepingCapacity: true)
  }
}

private func format(_ format: MessageFormat, _ count: Int) {
  var formatter = MessageFormatter(format)
  var output: [UInt8] = []
  let received = ReceivedMessage(
    Publish(message: sample), receivedAt: WallTime(nanoseconds: 1_795_000_000_000_000_000), sequence: 1)
  for _ in 0..<count {
    output.removeAll(keepingCapacity: true)
    formatter.append(received, to: &output)
  }
  precondition(!output.isEmpty)
}

private func filter(_ text: String, _ count: Int) {
  let expression = attempt { try Expression(text, for: .messages) }
  let publish = Publish(message: sample)
  var matches = 0
  for _ in 0..<count where expression.matches(publish) { matches += 1 }
  precondition(matches == count)
}
