import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@Suite struct ConnectingTests {
  @Test(arguments: ProtocolVersion.allCases)
  func connects(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.check { $0.isConnected })
  }

  @Test func connectSaysAllItIsAskedTo() {
    let will = Message(topic: "gone", qos: .atLeastOnce, retain: true)
    let settings = SessionSettings(
      version: .v5, clientIdentifier: "me", keepAlive: 9, sessionExpiryInterval: 5, receiveMaximum: 6,
      maximumPacketSize: 7000, topicAliasMaximum: 8, will: will,
      connectProperties: [.userProperty(name: "a", value: "b")])
    let credentials = ConnectCredentials(
      username: "u", password: [1, 2], authenticationMethod: "M", authenticationData: [3])
    let properties: Properties = [
      .sessionExpiryInterval(5), .receiveMaximum(6), .maximumPacketSize(7000), .topicAliasMaximum(8),
      .authenticationMethod("M"), .authenticationData(ByteBuffer(bytes: [3])),
      .userProperty(name: "a", value: "b"),
    ]
    let connect = Connect(
      version: .v5, clientIdentifier: "me", cleanStart: true, keepAlive: 9, username: "u", password: [1, 2],
      will: will, properties: properties)
    play(settings, >>.openAs(credentials), <<.send(.connect(connect)))

    var old = settings
    old.version = .v3_1_1
    var plain = connect
    plain.version = .v3_1_1
    plain.properties = []
    play(old, >>.openAs(credentials), <<.send(.connect(plain)))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func isRefused(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let refusal = ConnAck(reasonCode: version == .v5 ? .notAuthorized : ReasonCode(rawValue: 5))
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.packet(.connAck(refusal)), <<.refused(refusal), <<.close,
      >>.packet(.pingResp),
      >>.closed,
      >>.open, <<settings.connect())
  }

  static let firstPackets: [Packet] = [
    .publish(incoming("t")), .pingResp, .disconnect(Disconnect()), .subAck(SubAck(1, [.success])),
    .pubAck(Acknowledgement(1)),
  ]

  @Test(arguments: ProtocolVersion.allCases, firstPackets)
  func firstPacketMustBeConnAck(_ version: ProtocolVersion, _ packet: Packet) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.packet(packet), .end(version, .protocolError, packet.type, rule: "[MQTT-3.2.0-1]"),
      >>.connAck(),
      >>.closed,
      >>.open, <<settings.connect())
  }

  @Test(arguments: ProtocolVersion.allCases)
  func secondConnAckEnds(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.connAck(),
      .end(version, .protocolError, .connAck, rule: version == .v5 ? "[MQTT-3.2.0-2]" : "[MQTT 3.2]"))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func sessionPresentAfterCleanStartEnds(_ version: ProtocolVersion) {
    let settings = SessionSettings(version: version, clientIdentifier: "c", cleanStart: true, keepAlive: 0)
    let rule = version == .v5 ? "[MQTT-3.2.2-2]" : "[MQTT-3.2.2-1]"
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(present: true), .end(version, .protocolError, .connAck, rule: rule))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func sessionPresentInRefusalEnds(_ version: ProtocolVersion) {
    var settings = SessionSettings.lasting(version)
    settings.cleanStart = false
    let connAck = ConnAck(
      sessionPresent: true, reasonCode: version == .v5 ? .banned : ReasonCode(rawValue: 3))
    let rule = version == .v5 ? "[MQTT-3.2.2-6]" : "[MQTT-3.2.2-4]"
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.packet(.connAck(connAck)), .end(version, .protocolError, .connAck, rule: rule))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func unknownReasonCodeEnds(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let rule = version == .v5 ? "[MQTT-3.2.2-8]" : "[MQTT 3.2.2.3]"
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.packet(.connAck(ConnAck(reasonCode: ReasonCode(rawValue: 6)))),
      .end(version, .protocolError, .connAck, rule: rule))
  }

  @Test(arguments: [
    (Property.receiveMaximum(0), "[MQTT5 3.2.2.3.3]"), (.maximumQoS(2), "[MQTT5 3.2.2.3.4]"),
    (.maximumPacketSize(0), "[MQTT5 3.2.2.3.6]"), (.authenticationMethod("other"), "[MQTT-4.12.0-6]"),
  ])
  func illegalConnAckPropertyEnds(_ property: Property, _ rule: String) {
    let settings = SessionSettings.lasting(.v5)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([property]), .end(.v5, .protocolError, .connAck, rule: rule))
  }

  @Test func assignedClientIdentifierStays() {
    var settings = SessionSettings.lasting(.v5)
    settings.clientIdentifier = ""
    var named = settings
    named.clientIdentifier = "given\u{1B}"
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([.assignedClientIdentifier("given\u{1B}")]),
      <<.connected([.assignedClientIdentifier("given\u{1B}")]),
      >>.closed,
      >>.open, <<named.connect(clean: false))
  }

  @Test func cleanStartOnlyAtFirstWhereSessionsLast() {
    for version in ProtocolVersion.allCases {
      let settings = SessionSettings.lasting(version)
      play(
        settings,
        >>.open, <<settings.connect(),
        >>.closed,
        >>.open, <<settings.connect(),
        >>.connAck(), <<.connected(),
        >>.closed,
        >>.open, <<settings.connect(clean: false),
        >>.closed,
        >>.open, <<settings.connect(clean: false))
      let brief = SessionSettings(version: version, clientIdentifier: "c", cleanStart: true, keepAlive: 0)
      play(
        brief,
        >>.open, <<brief.connect(),
        >>.connAck(), <<.connected(),
        >>.closed,
        >>.open, <<brief.connect(clean: true))
    }
  }

  @Test func serverMayShortenTheSession() {
    let settings = SessionSettings.lasting(.v5)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([.sessionExpiryInterval(0)]), <<.connected([.sessionExpiryInterval(0)]),
      >>.closed,
      >>.open, <<settings.connect(clean: true))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func disconnects(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("t", .atLeastOnce), 1), <<.sendPublish("t", .atLeastOnce, id: 1),
      >>.disconnect(.normalDisconnection), <<.send(.disconnect(Disconnect())), <<.close,
      >>.check { $0.unacknowledged == 1 },
      >>.pubAck(1),
      >>.disconnect(.normalDisconnection))
  }

  @Test func disconnectWithWill() {
    let new = SessionSettings.lasting(.v5)
    play(
      new,
      >>.open, <<new.connect(),
      >>.connAck(), <<.connected(),
      >>.disconnect(.disconnectWithWillMessage),
      <<.send(.disconnect(Disconnect(.disconnectWithWillMessage))), <<.close)
    let old = SessionSettings.lasting(.v3_1_1)
    play(
      old,
      >>.open, <<old.connect(),
      >>.connAck(), <<.connected(),
      >>.disconnect(.disconnectWithWillMessage), <<.close)
  }

  @Test func serverDisconnects() {
    let settings = SessionSettings.lasting(.v5)
    let takenOver = Disconnect(.sessionTakenOver, properties: [.reasonString("you\u{1B}[2J")])
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.packet(.disconnect(takenOver)), <<.disconnected(takenOver), <<.close,
      >>.message("later"),
      >>.packet(.disconnect(takenOver)))
    let old = SessionSettings.lasting(.v3_1_1)
    play(
      old,
      >>.open, <<old.connect(),
      >>.connAck(), <<.connected(),
      >>.packet(.disconnect(Disconnect())), .end(.v3_1_1, .protocolError, .disconnect, rule: "[MQTT 2.1.2]"))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func clientPacketsFromTheServerEnd(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let packets: [Packet] = [
      .connect(Connect(version: version, clientIdentifier: "x")), .pingReq,
      .subscribe(Subscribe(1, [Subscription("t")])), .unsubscribe(Unsubscribe(1, ["t"])),
    ]
    for packet in packets {
      play(
        settings,
        >>.open, <<settings.connect(),
        >>.connAck(), <<.connected(),
        >>.packet(packet), .end(version, .protocolError, packet.type, rule: "[MQTT 2.1.2]"))
    }
  }

  @Test func decoderErrorsEndTheSessionToo() {
    let settings = SessionSettings.lasting(.v5)
    let malformed = ProtocolViolation(.malformedPacket, .publish, rule: "[MQTT-1.5.4-1]", detail: "UTF-8")
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.fail(malformed), <<.send(.disconnect(Disconnect(.malformedPacket))), <<.violation(malformed),
      <<.close)
  }
}
