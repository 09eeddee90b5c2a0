import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Testing
import WebSocketTransport

@testable import Doctor

@Suite struct WalkTests {
  @Test func aHealthyTargetIsWalkedToTheEnd() throws {
    var stroll = Stroll(try plan())
    try stroll.open()
    #expect(
      stroll.take(.connected(ConnAck(), resumed: false))
        == [.subscribe("t", .atLeastOnce), .timer(.seconds(5))])
    let payload = stroll.walk.plan.echoPayload
    #expect(
      stroll.take(.subscribed(SubAck(1, [.grantedQoS1])))
        == [.publish("t", payload, .atLeastOnce), .timer(.seconds(5))])
    // The echo may overtake the acknowledgement.
    #expect(stroll.take(.received(topic: "t", payload: payload)).isEmpty)
    #expect(stroll.take(.published(.acknowledged(.success, []))) == [.timer(.seconds(1))])
    #expect(stroll.take(.timer) == [.unsubscribe("t"), .timer(.seconds(5))])
    #expect(stroll.take(.unsubscribed) == [.disconnect])
    #expect(stroll.take(.ended(nil)) == [.finish])
    #expect(
      stroll.marks == [
        "dns ok", "tcp ok", "proxy skipped", "tls skipped", "upgrade ok", "subprotocol ok", "connect ok",
        "subscribe ok", "echo ok", "idle ok",
      ])
    #expect(stroll.verdict == Verdict())
  }

  @Test func theBrokerCanBeLeftUntouched() throws {
    var stroll = Stroll(try plan(echo: nil))
    try stroll.open()
    #expect(stroll.take(.connected(ConnAck(), resumed: false)) == [.timer(.seconds(1))])
    #expect(stroll.take(.timer) == [.disconnect])
    #expect(stroll.take(.ended(nil)) == [.finish])
    #expect(stroll.verdict == Verdict())
  }

  @Test func aServerWithoutQoS1GetsNone() throws {
    var stroll = Stroll(try plan())
    try stroll.open()
    let connAck = ConnAck(properties: [.maximumQoS(0)])
    #expect(stroll.take(.connected(connAck, resumed: false)).first == .subscribe("t", .atMostOnce))
  }

  /// The step that fails, and the first thing that is done about it.
  static let failures: [(ClientError, String, Walk.Action)] = [
    (.credentials(CredentialsError(source: "file", reason: "gone")), "connect failed", .finish),
    (.transport(.resolution(host: "h", .notFound)), "dns failed", .finish),
    (.transport(.connection([])), "tcp failed", .finish),
    (.transport(.proxy(.closed)), "proxy failed", .finish),
    (.transport(.tlsHandshake(.plainText([]))), "tls failed", .probe(.tls(false))),
    (.transport(.timeout(.tls, after: .seconds(1), attempts: [])), "tls failed", .probe(.tls(false))),
    (refusal(404), "upgrade failed", .probe(.path("/ws"))),
    (.transport(.notHTTP(.tls)), "upgrade failed", .probe(.tls(true))),
    (violation(.closedWithoutAnswer), "upgrade failed", .probe(.plain(usesTLS: false))),
    (violation(.missingSubprotocol), "subprotocol failed", .probe(.missingSubprotocol)),
    (violation(.wrongAccept), "upgrade failed", .finish),
    (.noConnAck(.closed(.endOfStream)), "upgrade failed", .probe(.version(.v3_1_1))),
  ]

  @Test(arguments: failures)
  func aFailureEndsItsStep(_ error: ClientError, _ mark: String, _ action: Walk.Action) throws {
    var stroll = Stroll(try plan(mark.hasPrefix("tls") ? "wss://h/mqtt" : "ws://h/mqtt"))
    stroll.take(.transport(.upgradeSent(ByteBuffer())))
    #expect(stroll.take(.ended(error)).first == action)
    #expect(stroll.marks.last == mark)
    #expect(stroll.marks.filter { $0.hasSuffix("failed") }.count == 1)
  }

  /// The port of a WebSocket listener answers in HTTP, which is no MQTT.
  @Test func aPlainTargetIsTriedInAWebSocket() throws {
    var stroll = Stroll(try plan("mqtt://h:9001"))
    let noMQTT = ClientError.decode(
      DecodeError(
        .malformed, packet: .pubAck, field: "Flags", offset: 0, rule: "[MQTT-2.1.3-1]", detail: "0x08",
        version: .v5))
    #expect(stroll.take(.ended(noMQTT)).first == .probe(.webSocket))
    #expect(stroll.take(.probed(ProbeResult(nil, time: .zero))) == [.finish])
    #expect(stroll.verdict?.finding == "in a WebSocket it works")
    #expect(stroll.verdict?.diagnosis?.hint == "use ws://h:9001/mqtt")
    #expect(stroll.verdict?.command == "mqttws sub ws://h:9001/mqtt -t '#'")
  }

  @Test func aProbeThatWorksMakesTheVerdict() throws {
    var stroll = Stroll(try plan())
    stroll.take(.ended(refusal(404)))
    stroll.take(.probed(ProbeResult(refusal(404), time: .milliseconds(1))))
    #expect(stroll.take(.probed(ProbeResult(nil, time: .milliseconds(1)))) == [.finish])
    #expect(stroll.walk.report.probes.map(\.isBetter) == [false, true])
    #expect(stroll.verdict?.diagnosis?.status == .upgradeRefused)
    #expect(stroll.verdict?.diagnosis?.hint == "use --path /")
    #expect(stroll.verdict?.finding == "the path / works")
    #expect(stroll.verdict?.command == "mqttws sub ws://h/ -t '#'")
  }

  @Test func anAnswerInMQTTIsBetterThanNone() throws {
    var stroll = Stroll(try plan())
    stroll.take(.ended(refusal(404)))
    let refused = ClientError.refused(ConnAck(reasonCode: .notAuthorized), .v5)
    stroll.take(.probed(ProbeResult(refused, time: .milliseconds(1))))
    while case .probe? = stroll.take(.probed(ProbeResult(refusal(404), time: .milliseconds(1)))).first {}
    #expect(stroll.verdict?.finding == "the path /ws gets an answer in MQTT")
  }

  @Test func probesStayWithinTheirBound() throws {
    var plan = try plan()
    plan.maximumProbes = 2
    var stroll = Stroll(plan)
    stroll.take(.ended(refusal(404)))
    stroll.take(.probed(ProbeResult(refusal(404), time: .zero)))
    #expect(stroll.take(.probed(ProbeResult(refusal(404), time: .zero))) == [.finish])
    #expect(stroll.verdict?.command == nil)
  }

  @Test func whatTheBrokerDeniesIsNamed() throws {
    var stroll = Stroll(try plan())
    try stroll.open()
    stroll.take(.connected(ConnAck(), resumed: false))
    #expect(
      stroll.take(.subscribed(SubAck(1, [.notAuthorized]))).first
        == .disconnect)
    #expect(stroll.take(.ended(nil)) == [.finish])
    #expect(stroll.marks.last == "subscribe failed")
    #expect(stroll.verdict?.diagnosis?.status == .noPermission)
  }

  @Test func aMessageThatDoesNotComeBackIsNoted() throws {
    var stroll = Stroll(try plan(version: .v3_1_1))
    try stroll.open()
    stroll.take(.connected(ConnAck(), resumed: false))
    stroll.take(.subscribed(SubAck(1, [.grantedQoS1])))
    stroll.take(.published(.acknowledged(.success, [])))
    stroll.take(.received(topic: "t", payload: [1]))
    #expect(stroll.take(.timer).first == .disconnect)
    stroll.take(.ended(nil))
    #expect(stroll.verdict?.diagnosis?.cause.contains("did not deliver it") == true)
    #expect(stroll.marks.last == "echo failed")
  }

  @Test func everyWaitHasAnEnd() throws {
    var stroll = Stroll(try plan())
    try stroll.open()
    stroll.take(.connected(ConnAck(), resumed: false))
    #expect(stroll.take(.timer) == [.disconnect, .timer(.seconds(5))])
    // Even if nothing is heard of the end.
    #expect(stroll.take(.timer) == [.finish])
    #expect(stroll.verdict?.diagnosis?.cause == "no SUBACK within 5s")
  }

  @Test func silenceThatIsCutIsNoLostConnectionLikeOthers() throws {
    var stroll = Stroll(try plan(echo: nil))
    try stroll.open()
    stroll.take(.connected(ConnAck(), resumed: false))
    #expect(stroll.take(.ended(.transport(.closed(.reset, .open)))) == [.finish])
    #expect(stroll.marks.last == "idle failed")
    #expect(stroll.verdict?.diagnosis?.cause.contains("RST") == true)
  }

  @Test func certificatesThatEndSoonAreWarnedOf() throws {
    let day = 86_400
    func row(_ start: Int, _ end: Int) -> Bool {
      let certificate = CertificateSummary(
        subject: "s", issuer: "i", notBefore: CertificateTime(secondsSince1970: start * day),
        notAfter: CertificateTime(secondsSince1970: end * day), names: [])
      let now = WallTime(nanoseconds: Int64(1000 * day) * 1_000_000_000)
      return CertificateRow(certificate, now: now).endsSoon(now: now)
    }
    #expect(row(0, 1013))
    #expect(!row(0, 1015))
    #expect(!row(999, 1001))
    #expect(!row(997, 1002))
    #expect(row(995, 1001))
  }
}
