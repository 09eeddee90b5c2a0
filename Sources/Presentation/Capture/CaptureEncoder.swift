import Client
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// A capture that a stock Wireshark shows: pcapng with the conversation as TCP (decrypted, with the
/// upgrade and the frames), and each MQTT packet as an exported PDU beside it, because Wireshark does
/// not look for MQTT inside WebSocket.
///
/// Pure: events in, bytes out. Secrets are masked with asterisks, lengths stay.
package struct CaptureEncoder {
  private let includesSecrets: Bool
  private let clockOffset: Int64
  private var reader = WireReader(keptBytes: PacketCapture.maximumLength - 1024)
  private var items: [WireItem] = []
  private var conversation: Conversation?
  private var tunnelPort = 0
  private var sent = SecretStream(.toServer)
  private var received = SecretStream(.toClient)
  /// Of an answer to the upgrade that is not whole: a field may be cut in two.
  private var answer: [UInt8] = []
  private var sawUpgrade = false
  private var echoes = EchoMask()
  /// Of the conversation that has ended, for what is said about it afterwards.
  private var endpoints: [Conversation.Endpoint] = []

  package init(monotonic: MonotonicTime, wall: WallTime, includesSecrets: Bool = false) {
    self.includesSecrets = includesSecrets
    clockOffset = wall.nanoseconds - Int64(clamping: monotonic.nanoseconds)
  }

  /// An encoder for another connection of the same file.
  package func renewed() -> CaptureEncoder {
    CaptureEncoder(clockOffset: clockOffset, includesSecrets: includesSecrets)
  }

  private init(clockOffset: Int64, includesSecrets: Bool) {
    self.clockOffset = clockOffset
    self.includesSecrets = includesSecrets
  }

  /// What the file begins with.
  package static let header = PacketCapture.header(application: "mqttws")

  package mutating func append(_ event: TraceEvent, to output: inout [UInt8]) {
    let event = includesSecrets ? event : echoes.pass(event)
    let time = WallTime(nanoseconds: Int64(clamping: event.time.nanoseconds) &+ clockOffset)
    switch event.kind {
    case .transport(let event): append(event, time, &output)
    case .bytes(.sent, let bytes):
      endAnswer(time, &output)
      data(includesSecrets ? Array(bytes.readableBytesView) : sent.pass(bytes), .client, time, &output)
    case .bytes(.received, let bytes):
      endAnswer(time, &output)
      data(includesSecrets ? Array(bytes.readableBytesView) : received.pass(bytes), .server, time, &output)
    case .violation, .state: break
    }
    items.removeAll(keepingCapacity: true)
    reader.read(event, into: &items)
    for item in items { append(item, time, &output) }
  }

  /// For what was read before: the packets alone, and what was rejected of them, without the conversation
  /// that carried them.
  package mutating func append(_ item: WireItem, to output: inout [UInt8]) {
    if case .transport(.connected(let local, let remote)) = item.kind,
      let client = Conversation.Endpoint(local), let server = Conversation.Endpoint(remote)
    {
      endpoints = [client, server]
    }
    append(item, WallTime(nanoseconds: Int64(clamping: item.time.nanoseconds) &+ clockOffset), &output)
  }

  // MARK: - The conversation

  private mutating func append(_ event: TransportEvent, _ time: WallTime, _ output: inout [UInt8]) {
    switch event {
    case .connected(let local, let remote):
      guard let server = Conversation.Endpoint(remote) else { return }
      let client =
        Conversation.Endpoint(local)
        ?? Conversation.Endpoint(address: Array(repeating: 0, count: server.address.count), port: 49_152)
      sent = SecretStream(.toServer)
      received = SecretStream(.toClient)
      answer = []
      var conversation = Conversation(client: client, server: server)
      write(conversation.open(), time, &output)
      self.conversation = conversation
    case .proxyAsked(_, let port, let bytes):
      tunnelPort = port
      http(bytes, .client, time, &output)
    case .proxyAnswered(let status, let bytes):
      http(bytes, .server, time, &output)
      if let status, 200..<300 ~= status { enterTunnel(time, &output) }
    case .upgradeSent(let bytes): http(bytes, .client, time, &output)
    case .upgradeReceived(let bytes):
      answer += bytes.readableBytesView
      if answer.count > 64 * 1024 || includesSecrets { endAnswer(time, &output) }
    case .upgraded:
      // Without an upgrade the stream is MQTT from its first byte.
      endAnswer(time, &output)
      sent.isFramed = sawUpgrade
      received.isFramed = sawUpgrade
    case .failed(.closed(let reason, _)): end(reason, time, &output)
    case .failed: end(nil, time, &output)
    case .closed(let reason): end(reason, time, &output)
    default: break
    }
    if case .upgradeSent = event { sawUpgrade = true }
    if case .connected = event { sawUpgrade = false }
  }

  private mutating func http(
    _ bytes: ByteBuffer, _ side: Conversation.Side, _ time: WallTime, _ output: inout [UInt8]
  ) {
    let bytes = Array(bytes.readableBytesView)
    data(includesSecrets ? bytes : SecretMask.http(bytes), side, time, &output)
  }

  /// A connection of its own for what goes through the tunnel: Wireshark looks for no WebSocket behind a
  /// CONNECT.
  private mutating func enterTunnel(_ time: WallTime, _ output: inout [UInt8]) {
    guard var tunnel = conversation?.tunnel(to: tunnelPort) else { return }
    write(tunnel.open(), time, &output)
    conversation = tunnel
  }

  private mutating func endAnswer(_ time: WallTime, _ output: inout [UInt8]) {
    guard !answer.isEmpty else { return }
    http(ByteBuffer(bytes: answer), .server, time, &output)
    answer = []
  }

  private mutating func data(
    _ bytes: [UInt8], _ side: Conversation.Side, _ time: WallTime, _ output: inout [UInt8]
  ) {
    guard !bytes.isEmpty, let segments = conversation?.data(bytes, from: side) else { return }
    write(segments, time, &output)
  }

  private mutating func end(_ reason: CloseReason?, _ time: WallTime, _ output: inout [UInt8]) {
    endAnswer(time, &output)
    data(sent.finish(), .client, time, &output)
    data(received.finish(), .server, time, &output)
    guard var conversation else { return }
    switch reason {
    case .reset: write(conversation.reset(by: .server), time, &output)
    case .timedOut, .failed: write(conversation.reset(by: .client), time, &output)
    case .endOfStream, .tlsTruncated: write(conversation.finish(by: .server), time, &output)
    case nil, .closeFrame: write(conversation.finish(by: .client), time, &output)
    }
    self.conversation = nil
    endpoints = conversation.endpoints
  }

  private func write(_ packets: [[UInt8]], _ time: WallTime, _ output: inout [UInt8]) {
    for packet in packets { output += PacketCapture.packet(packet, on: .conversation, at: time) }
  }

  // MARK: - Packets

  private mutating func append(_ item: WireItem, _ time: WallTime, _ output: inout [UInt8]) {
    switch item.kind {
    case .packet(let packet):
      let bytes = masked(packet.bytes, packet.fields)
      pdu(bytes, length: packet.length, packet.direction, time, nil, &output)
    case .rejected(let rejection): append(rejection, time, &output)
    case .transport, .state, .frame: break
    }
  }

  private mutating func append(_ rejection: WireRejection, _ time: WallTime, _ output: inout [UInt8]) {
    switch rejection.error {
    case .decode(let error):
      let comment = "rejected: \(error.rule) \(error.field) \(error.detail)"
      pdu(
        masked(rejection.bytes, rejection.fields), length: rejection.bytes.readableBytes, rejection.direction,
        time,
        comment, &output)
    case .transport(.webSocket(let violation)):
      note("rejected: \(violation.rule) \(violation.detail)", rejection.direction, time, &output)
    case .violation(let violation):
      note("rejected: \(violation.rule) \(violation.detail)", rejection.direction, time, &output)
    default: break
    }
  }

  private mutating func note(
    _ comment: String, _ direction: TraceEvent.Direction, _ time: WallTime, _ output: inout [UInt8]
  ) {
    guard let packet = conversation?.empty(from: direction == .sent ? .client : .server) else { return }
    output += PacketCapture.packet(packet, on: .conversation, at: time, comment: comment)
  }

  private func masked(_ bytes: ByteBuffer, _ fields: [Field]) -> [UInt8] {
    var masked = Array(bytes.readableBytesView)
    guard !includesSecrets else { return masked }
    for range in PacketDissector.secretRanges(in: fields) {
      for index in range.clamped(to: masked.indices) { masked[index] = SecretMask.byte }
    }
    return masked
  }

  /// Tags of Wireshark's "exported PDU", numbers big-endian, then the packet.
  private func pdu(
    _ bytes: [UInt8], length: Int, _ direction: TraceEvent.Direction, _ time: WallTime, _ comment: String?,
    _ output: inout [UInt8]
  ) {
    var data: [UInt8] = []
    func tag(_ number: UInt16, _ value: [UInt8]) {
      data.append(big: number)
      data.append(big: UInt16(clamping: (value.count + 3) / 4 * 4))
      data += value
      data.pad()
    }
    func number(_ value: UInt32) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(big: value)
      return bytes
    }
    tag(12, Array("mqtt".utf8))
    let both = conversation?.endpoints ?? endpoints
    if both.count == 2 {
      let (source, destination) = direction == .sent ? (both[0], both[1]) : (both[1], both[0])
      let isIPv4 = source.address.count == 4
      tag(isIPv4 ? 20 : 22, source.address)
      tag(isIPv4 ? 21 : 23, destination.address)
      // TCP.
      tag(24, number(2))
      tag(25, number(UInt32(source.port)))
      tag(26, number(UInt32(destination.port)))
    }
    tag(0, [])
    output += PacketCapture.packet(
      data + bytes, length: data.count + length, on: .packets, at: time, comment: comment)
  }
}
