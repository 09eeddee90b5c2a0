import LoopbackBroker
import MQTTPackets
import NIOCore
import Support
import Testing
import WebSocketTransport

private func message(_ topic: String, _ payload: [UInt8], _ qos: QoS = .atMostOnce, id: UInt16? = nil)
  -> Packet
{
  .publish(
    Publish(
      message: Message(topic: topic, payload: ByteBuffer(bytes: payload), qos: qos), packetIdentifier: id))
}

/// The whole broker, over sockets, against bytes written by hand.
@Suite(.ownThread) struct LoopbackBrokerTests {
  private func payload(_ packet: Packet?) -> [UInt8]? {
    if case .publish(let publish)? = packet { Array(publish.message.payload.readableBytesView) } else { nil }
  }

  @Test(arguments: ProtocolVersion.allCases)
  func roundTrips(version: ProtocolVersion) throws {
    let broker = try RunningBroker()
    let client = try RawClient.connected(broker.port, "a", version)
    try client.send(.subscribe(Subscribe(1, [Subscription("t/#", qos: .exactlyOnce)])))
    #expect(try client.readPacket() == .subAck(SubAck(1, [.grantedQoS2])))
    for size in [0, 1, 125, 126, 65_535, 65_536, 300_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try client.send(message("t/x", bytes))
      #expect(payload(try client.readPacket()) == bytes)
      try client.send(message("t/x", bytes, .exactlyOnce, id: 7))
      var seen: [PacketType] = []
      while seen.count < 3, let packet = try client.readPacket() {
        seen.append(packet.type)
        switch packet {
        case .publish(let publish):
          #expect(Array(publish.message.payload.readableBytesView) == bytes)
          try client.send(.pubRec(Acknowledgement(publish.packetIdentifier ?? 0)))
        case .pubRec: break
        case .pubRel(let ack): try client.send(.pubComp(ack))
        default: Issue.record("\(packet.type)")
        }
      }
      try client.send(.pubRel(Acknowledgement(7)))
      #expect(try client.readPacket() == .pubComp(Acknowledgement(7)))
    }
    try client.send(.disconnect(Disconnect()))
    #expect(try client.readToEnd() == [])
    #expect(client.closeCode == 1000)
    try broker.stop()
  }

  @Test func packetsInAnyFraming() throws {
    let broker = try RunningBroker()
    let connect = try RawClient.bytes(.connect(Connect(version: .v5, clientIdentifier: "a")))
    let subscribe = try RawClient.bytes(.subscribe(Subscribe(1, [Subscription("t")])))
    let publish = try RawClient.bytes(message("t", Array("hello".utf8)))
    let all = connect + subscribe + publish + publish
    let framings: [[[UInt8]]] =
      [[all], all.map { [$0] }] + (1..<all.count).map { [Array(all[..<$0]), Array(all[$0...])] }
    for frames in framings {
      let client = try RawClient(port: broker.port)
      _ = try client.request()
      try client.write(frames.flatMap { RawClient.frame($0, mask: [9, 0, 255, 7]) })
      let types = try (0..<4).compactMap { _ in try client.readPacket()?.type }
      #expect(types == [.connAck, .subAck, .publish, .publish])
    }
    // Fragments of one message, and every byte a read of its own.
    let client = try RawClient(port: broker.port)
    _ = try client.request()
    let fragments = all.enumerated().flatMap { index, byte in
      RawClient.frame(first: (index == all.count - 1 ? 0x80 : 0) | (index == 0 ? 2 : 0), [byte])
    }
    for byte in fragments { try client.write([byte]) }
    let types = try (0..<4).compactMap { _ in try client.readPacket()?.type }
    #expect(types == [.connAck, .subAck, .publish, .publish])
    try broker.stop()
  }

  @Test func framesBesidesData() throws {
    let broker = try RunningBroker()
    let client = try RawClient.connected(broker.port, "a")
    try client.write(RawClient.frame(first: 0x8a, [1]))
    try client.write(RawClient.frame(first: 0x89, [1, 2, 3]))
    try client.send(.pingReq)
    #expect(try client.readPacket() == .pingResp)
    try client.send(.pingReq)
    #expect(try client.readPacket() == .pingResp)
    #expect(client.controlFrames == [[1, 2, 3]])
    try client.write(RawClient.frame(first: 0x88, [0x03, 0xe8]))
    #expect(try client.readToEnd() == [])
    #expect(client.closeCode == 1000)
    try broker.stop()
  }

  @Test func manySubscribersOfBothVersions() throws {
    let broker = try RunningBroker()
    let subscribers = try (0..<6).map { index in
      let client = try RawClient.connected(broker.port, "s\(index)", index % 2 == 0 ? .v5 : .v3_1_1)
      try client.send(.subscribe(Subscribe(1, [Subscription("#")])))
      _ = try client.readPacket()
      return client
    }
    let publisher = try RawClient.connected(broker.port, "p")
    for index in 0..<1000 { try publisher.send(message("t", Array("\(index)".utf8))) }
    for client in subscribers {
      for index in 0..<1000 { #expect(payload(try client.readPacket()) == Array("\(index)".utf8)) }
    }
    try broker.stop()
  }

  @Test func devicesSpeak() throws {
    let broker = try RunningBroker(simulatesDevices: true)
    let client = try RawClient.connected(broker.port, "a")
    try client.send(.subscribe(Subscribe(1, [Subscription("sensor/#")])))
    _ = try client.readPacket()
    var retained = 0
    var topics: Set<String> = []
    while topics.count < 4, case .publish(let publish)? = try client.readPacket() {
      if publish.message.retain { retained += 1 } else { topics.insert(publish.message.topic) }
    }
    #expect(retained == 8)
    try broker.stop()
  }

  @Test func upgradesAreChecked() throws {
    let broker = try RunningBroker()
    for (headers, host, status) in [
      ([], "localhost", "101"), ([], "127.0.0.1:1883", "101"), ([], "evil.example", "403"),
      (["Origin: http://evil.example"], "localhost", "403"),
      (["Origin: http://localhost:3000"], "localhost", "101"),
    ] {
      let client = try RawClient(port: broker.port)
      #expect(try client.request(headers, host: host).hasPrefix("HTTP/1.1 \(status)"), "\(headers) \(host)")
    }
    try broker.stop()
  }

  @Test func stoppingSaysSo() throws {
    let broker = try RunningBroker()
    let client = try RawClient.connected(broker.port, "a")
    try broker.on { _ = $0.stop() }
    #expect(try client.readToEnd() == [.disconnect(Disconnect(.serverShuttingDown))])
    #expect(client.closeCode == 1001)
    try broker.stop()
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A receiver that does not read holds up its publisher, and gets everything once it does.
  @Test func backPressureReachesThePublisher() throws {
    var settings = BrokerSettings()
    settings.stallTimeout = .seconds(60)
    let broker = try RunningBroker(settings)
    let slow = try RawClient.connected(broker.port, "slow")
    try slow.send(.subscribe(Subscribe(1, [Subscription("#")])))
    _ = try slow.readPacket()
    let count = 4_000
    let port = broker.port
    let isDone = Monitor(false)
    try startThread {
      // Ten thousand bytes, the last four of them a number. The mask is 0, so that they can be replaced.
      guard let client = try? RawClient.connected(port, "fast"),
        let packet = try? RawClient.bytes(message("t", [UInt8](repeating: 120, count: 10_000)))
      else { return }
      var frame = RawClient.frame(packet, mask: [0, 0, 0, 0])
      for index in 0..<count {
        frame.replaceSubrange(frame.count - 4..<frame.count, with: Self.number(index))
        guard (try? client.write(frame)) != nil else { return }
      }
      isDone.withLock { $0 = true }
    }
    // 40 MB fit neither into the broker's mark nor into the sockets: the publisher has to wait.
    #expect(isDone.wait(until: .after(.seconds(1))) { $0 ? true : nil } == nil)
    for index in 0..<count {
      #expect(payload(try slow.readPacket())?.suffix(4) == Self.number(index)[...])
    }
    #expect(isDone.wait(until: .after(.seconds(10))) { $0 ? true : nil } == true)
    #expect(try broker.on { $0.counters.droppedAtMostOnce } == 0)
    try broker.stop()
  }
}
