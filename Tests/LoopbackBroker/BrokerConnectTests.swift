import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import LoopbackBroker

struct BrokerConnectTests {
  @Test(arguments: ProtocolVersion.allCases)
  func accepts(version: ProtocolVersion) {
    let play = BrokerPlay()
    #expect(play.connect(1, "a", version) == ["1 CONNACK 0x00"])
    #expect(play.send(1, .pingReq) == ["1 PINGRESP"])
    #expect(play.send(1, .disconnect(Disconnect())) == ["1 close: normal"])
    #expect(play.broker.sessionTotal == 0)
  }

  @Test func tellsItsLimits() {
    let play = BrokerPlay { $0.maximumPacketSize = 1000 }
    play.open(1)
    var effects: [BrokerEffect] = []
    let connect = Connect(version: .v5, clientIdentifier: "", properties: [])
    play.broker.received(.connect(connect), from: ConnectionID(1), now: play.now, into: &effects)
    let answers = effects.compactMap { effect -> ConnAck? in
      if case .send(.connAck(let ack), _, _) = effect { ack } else { nil }
    }
    let properties = answers.first?.properties ?? []
    #expect(properties.assignedClientIdentifier?.hasPrefix("auto-") == true)
    #expect(properties.receiveMaximum == 1024)
    #expect(properties.maximumPacketSize == 1000)
    #expect(properties.topicAliasMaximum == 64)
    #expect(effects.contains(.accepted(ConnectionID(1), maximumPacketSize: 1000)))
  }

  @Test func assignedIdentifiersDiffer() {
    let play = BrokerPlay()
    for connection in 1...3 as ClosedRange<UInt64> {
      play.open(connection)
      play.send(connection, .connect(Connect(version: .v3_1_1, clientIdentifier: "")))
    }
    #expect(play.broker.sessionTotal == 3)
  }

  @Test(
    arguments: [
      (ProtocolVersion.v5, "ann", "secret", "0x00"), (.v5, "ann", "wrong", "0x86"),
      (.v5, "bob", "secret", "0x86"), (.v5, nil, nil, "0x87"), (.v5, "ann", nil, "0x86"),
      (.v3_1_1, "ann", "secret", "0x00"), (.v3_1_1, "ann", "wrong", "0x04"), (.v3_1_1, nil, nil, "0x05"),
    ] as [(ProtocolVersion, String?, String?, String)])
  func credentials(version: ProtocolVersion, username: String?, password: String?, code: String) {
    let play = BrokerPlay(BrokerSettings(users: ["ann": Array("secret".utf8)]))
    play.open(1)
    let lines = play.send(
      1,
      .connect(
        Connect(
          version: version, clientIdentifier: "a", username: username,
          password: password.map { Array($0.utf8) })))
    #expect(lines.first == "1 CONNACK \(code)")
    #expect(lines.count == (code == "0x00" ? 1 : 2))
  }

  @Test func refusesWhatItCannotDo() {
    let play = BrokerPlay { $0.maximumSessions = 1 }
    #expect(
      play.connect(1, "a", .v5, with: [.authenticationMethod("SCRAM-SHA-256")])
        == ["1 CONNACK 0x8c", "1 close: normal"])
    play.open(2)
    #expect(
      play.send(2, .connect(Connect(version: .v3_1_1, clientIdentifier: "", cleanStart: false)))
        == ["2 CONNACK 0x02", "2 close: normal"])
    #expect(play.connect(3, "a") == ["3 CONNACK 0x00"])
    #expect(play.connect(4, "b") == ["4 CONNACK 0x97", "4 close: normal"])
    #expect(play.connect(5, "b", .v3_1_1) == ["5 CONNACK 0x03", "5 close: normal"])
  }

  @Test func whatComesBeforeConnectIsNotAnswered() {
    let play = BrokerPlay()
    play.open(1)
    #expect(play.send(1, .pingReq) == ["1 close: protocolError"])
    #expect(play.send(1, .pingReq) == [])
  }

  @Test(arguments: [
    (DecodeError.Kind.unsupportedProtocolLevel(3), ProtocolVersion.v5, ["1 CONNACK 0x01"]),
    (.unsupportedProtocolLevel(6), .v5, ["1 CONNACK 0x84"]),
    (.clientIdentifierNotValid, .v3_1_1, ["1 CONNACK 0x02"]), (.unsupportedProtocolName, .v3_1_1, []),
    (.malformed, .v5, ["1 CONNACK 0x81"]), (.malformed, .v3_1_1, []),
  ])
  func badConnects(kind: DecodeError.Kind, version: ProtocolVersion, answer: [String]) {
    let play = BrokerPlay()
    play.open(1)
    let error = DecodeError(
      kind, packet: .connect, field: "", offset: 0, rule: "", detail: "", version: version)
    let lines = play.play {
      play.broker.received(error, from: ConnectionID(1), now: play.now, into: &$0)
    }
    #expect(lines == answer + ["1 close: protocolError"])
  }

  @Test(arguments: [
    (ProtocolVersion.v5, ["1 DISCONNECT 0x82", "1 close: protocolError"]),
    (.v3_1_1, ["1 close: protocolError"]),
  ])
  func secondConnect(version: ProtocolVersion, lines: [String]) {
    let play = BrokerPlay()
    play.connect(1, "a", version)
    #expect(play.send(1, .connect(Connect(version: version, clientIdentifier: "a"))) == lines)
  }

  @Test(arguments: [
    Packet.connAck(ConnAck()), .subAck(SubAck(1, [.success])), .unsubAck(UnsubAck(1)), .pingResp,
    .auth(Auth()),
  ])
  func packetsOfTheOtherDirection(packet: Packet) {
    let play = BrokerPlay()
    play.connect(1)
    #expect(play.send(1, packet) == ["1 DISCONNECT 0x82", "1 close: protocolError"])
  }

  @Test func badBytes() {
    let play = BrokerPlay()
    play.connect(1)
    play.connect(2, "b", .v3_1_1)
    let error = DecodeError(
      .packetTooLarge, packet: .publish, field: "", offset: 0, rule: "", detail: "too much", version: .v5)
    func lines(_ connection: UInt64) -> [String] {
      play.play { play.broker.received(error, from: ConnectionID(connection), now: play.now, into: &$0) }
    }
    #expect(lines(1) == ["1 DISCONNECT 0x95", "1 close: packetTooLarge"])
    #expect(lines(2) == ["2 close: packetTooLarge"])
  }

  @Test func takeover() {
    let play = BrokerPlay()
    play.connect(1, "a")
    #expect(
      play.connect(2, "a") == ["1 DISCONNECT 0x8e", "1 close: normal", "2 CONNACK 0x00"])
    #expect(play.close(1) == [])
    #expect(play.connect(3, "a", .v3_1_1).last == "3 CONNACK 0x00")
    #expect(play.connect(4, "a", .v3_1_1) == ["3 close: normal", "4 CONNACK 0x00"])
    #expect(play.broker.sessionTotal == 1)
  }

  @Test func similarIdentifiersAreTwoClients() {
    let play = BrokerPlay()
    play.connect(1, "caf\u{E9}")
    #expect(play.connect(2, "cafe\u{301}") == ["2 CONNACK 0x00"])
  }

  // MARK: - Time

  @Test func silenceEndsTheConnection() {
    let play = BrokerPlay()
    play.connect(1, keepAlive: 10)
    play.connect(2, "b", .v3_1_1, keepAlive: 10)
    play.connect(3, keepAlive: 0)
    #expect(play.wait(.seconds(14)) == [])
    play.send(2, .pingReq)
    #expect(play.wait(.seconds(1)) == ["1 DISCONNECT 0x8d", "1 close: timeout"])
    #expect(play.broker.nextDeadline == play.now + .seconds(14))
    #expect(play.wait(.seconds(14)) == ["2 close: timeout"])
    #expect(play.wait(.seconds(1000)) == [])
    #expect(play.broker.nextDeadline == nil)
  }

  @Test func connectMustComeSoon() {
    let play = BrokerPlay()
    play.open(1)
    #expect(play.broker.nextDeadline == play.now + .seconds(5))
    #expect(play.wait(.seconds(5)) == ["1 close: timeout"])
  }

  @Test func serverKeepAliveOverrules() {
    let play = BrokerPlay { $0.serverKeepAlive = 2 }
    play.connect(1, keepAlive: 100)
    play.connect(2, "b", .v3_1_1, keepAlive: 100)
    #expect(play.wait(.seconds(3)) == ["1 DISCONNECT 0x8d", "1 close: timeout"])
  }

  @Test func shutdownTellsEverybody() {
    let play = BrokerPlay()
    play.connect(1, will: Message(topic: "w"))
    play.connect(2, "b", .v3_1_1)
    play.subscribe(2, Subscription("#"))
    #expect(
      play.play { play.broker.shutdown(now: play.now, into: &$0) }
        == ["1 DISCONNECT 0x8b", "1 close: shutdown", "2 close: shutdown"])
  }
}
