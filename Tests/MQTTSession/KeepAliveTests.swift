import MQTTPackets
import MQTTSession
import Testing

@Suite struct KeepAliveTests {
  static func settings(_ version: ProtocolVersion, _ seconds: UInt16) -> SessionSettings {
    SessionSettings(version: version, clientIdentifier: "c", keepAlive: seconds)
  }

  static func deadline(_ seconds: UInt64?) -> Event {
    .check { $0.nextDeadline == seconds.map { MonotonicTime(nanoseconds: $0 * 1_000_000_000) } }
  }

  @Test(arguments: ProtocolVersion.allCases)
  func pingsWhenNothingWasSent(_ version: ProtocolVersion) {
    let settings = Self.settings(version, 30)
    play(
      settings,
      >>Self.deadline(nil),
      >>.open, <<settings.connect(),
      >>Self.deadline(nil),
      >>.connAck(), <<.connected(),
      >>Self.deadline(30),
      >>.time(20),
      >>.publish(.to("t"), 1), <<.sendPublish("t"), <<.published(RequestID(1), .sent),
      >>.message("in"), <<.message(1, "in"),
      >>Self.deadline(50),
      >>.time(49),
      >>.time(50), <<.send(.pingReq),
      >>Self.deadline(65),
      >>.time(51),
      >>.packet(.pingResp),
      >>Self.deadline(80),
      >>.packet(.pingResp),
      >>.closed,
      >>Self.deadline(nil))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func silenceEnds(_ version: ProtocolVersion) {
    let settings = Self.settings(version, 30)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.time(30), <<.send(.pingReq),
      >>.time(40),
      >>.publish(.to("t"), 1), <<.sendPublish("t"), <<.published(RequestID(1), .sent),
      >>.time(44),
      >>.time(45), .end(version, .keepAliveTimeout, nil, rule: "[MQTT-3.12.4-1]"),
      >>Self.deadline(nil),
      >>.time(100))
  }

  @Test func shortIntervalsStillWaitFiveSeconds() {
    let settings = Self.settings(.v5, 2)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.time(2), <<.send(.pingReq),
      >>.time(4), <<.send(.pingReq),
      >>.time(6), <<.send(.pingReq),
      >>Self.deadline(7),
      >>.time(7), .end(.v5, .keepAliveTimeout, nil, rule: "[MQTT-3.12.4-1]"))
  }

  @Test func bytesOfALargePacketCountAsLife() {
    let settings = Self.settings(.v5, 20)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.time(20), <<.send(.pingReq),
      >>.time(29),
      >>.bytes,
      >>Self.deadline(39),
      >>.time(38),
      >>.message("large"), <<.message(1, "large"),
      >>.time(40), <<.send(.pingReq),
      >>Self.deadline(48))
  }

  @Test func whoDoesNotReadBlamesNobody() {
    let settings = Self.settings(.v5, 20)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.paused(true),
      >>.time(20), <<.send(.pingReq),
      >>.time(40), <<.send(.pingReq),
      >>.time(60), <<.send(.pingReq),
      >>.paused(false),
      >>Self.deadline(70),
      >>.packet(.pingResp),
      >>Self.deadline(80))
  }

  @Test(arguments: [(0, nil), (7, 7), (65535, 65535)] as [(UInt16, UInt64?)])
  func serverKeepAliveWins(_ seconds: UInt16, _ expected: UInt64?) {
    let settings = Self.settings(.v5, 30)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([.serverKeepAlive(seconds)]), <<.connected([.serverKeepAlive(seconds)]),
      >>Self.deadline(expected))
  }

  @Test func offIsOff() {
    let settings = Self.settings(.v3_1_1, 0)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>Self.deadline(nil),
      >>.time(1_000_000))
  }

  @Test func timeNeverTraps() {
    let late = MonotonicTime(nanoseconds: .max)
    #expect(late + .seconds(1) == late)
    #expect(MonotonicTime(nanoseconds: 5) + .seconds(-1) == MonotonicTime(nanoseconds: 0))
    #expect(
      MonotonicTime(nanoseconds: 0) + .seconds(Int64.max) == MonotonicTime(nanoseconds: UInt64(Int64.max)))
    #expect(late.duration(since: MonotonicTime(nanoseconds: 0)) == .nanoseconds(Int64.max))
    #expect(MonotonicTime(nanoseconds: 0).duration(since: late) == .nanoseconds(-Int64.max))
    let base = MonotonicTime(nanoseconds: 1)
    #expect((base + .milliseconds(1500)).duration(since: base) == .milliseconds(1500))
  }
}
