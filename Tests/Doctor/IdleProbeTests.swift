import Client
import MQTTPackets
import MQTTSession
import Testing
import WebSocketTransport

@testable import Doctor

@Suite struct IdleProbeTests {
  private static func seconds(_ count: UInt64) -> MonotonicTime { .milliseconds(count * 1000) }

  @Test func silencesGrowToTheLimit() {
    #expect(IdleProbe(limit: 300, connections: 6).keepAlives == [9, 18, 37, 75, 150, 300])
    #expect(IdleProbe(limit: 3, connections: 6).keepAlives == [1, 3])
    #expect(IdleProbe(limit: 300, connections: 1).keepAlives == [300])
  }

  @Test func aCutIsBoundedFromBothSides() throws {
    var probe = IdleProbe(limit: 80, connections: 3)
    for index in 0..<3 { #expect(probe.handle(.connected(ConnAck()), of: index, at: Self.seconds(0)) == nil) }
    #expect(probe.handle(.answered, of: 0, at: Self.seconds(20)) == nil)
    #expect(probe.handle(.answered, of: 1, at: Self.seconds(40)) == nil)
    let cut = ClientError.transport(.closed(.endOfStream, .open))
    let found = probe.handle(.ended(cut), of: 2, at: Self.seconds(60))
    let finding = try #require(found)
    #expect(finding.survived == .seconds(40))
    #expect(finding.summary.hasPrefix("cut after 1m of silence by the other side: TCP closed (FIN)"))
    #expect(finding.hint?.contains("-k 45") == true)
  }

  static let endings: [(ClientError, String)] = [
    (.transport(.closed(.endOfStream, .open)), "the other side: TCP closed (FIN)"),
    (.transport(.closed(.reset, .open)), "the other side: TCP reset (RST)"),
    (
      .transport(.closed(.closeFrame(code: 1001, reason: "bye"), .open)),
      "the other side: WebSocket close 1001 'bye'"
    ),
    (.disconnected(Disconnect(.keepAliveTimeout)), "the broker: MQTT DISCONNECT, Keep Alive timeout"),
    (
      .violation(ProtocolViolation(.keepAliveTimeout, nil, rule: "", detail: "no PINGRESP in 5 s")),
      "this side: no PINGRESP in 5 s"
    ),
  ]

  @Test(arguments: endings)
  func whoeverHungUpIsNamed(_ error: ClientError, _ words: String) {
    #expect(IdleWords.ending(error).lowercased().hasPrefix(words.lowercased()))
  }

  @Test(arguments: [(1_900, "-k 1"), (2_900, "-k 2"), (60_000, "-k 45")])
  func theAdviceLeavesAQuarter(_ milliseconds: Int, _ option: String) {
    #expect(IdleWords.advice(.milliseconds(milliseconds)).contains("(\(option))"))
  }

  @Test func aServerThatShortensTheSilenceIsNoProxy() throws {
    var probe = IdleProbe(limit: 60, connections: 1)
    let connAck = ConnAck(properties: [.serverKeepAlive(30)])
    #expect(probe.handle(.connected(connAck), of: 0, at: Self.seconds(0)) == nil)
    let found = probe.handle(.answered, of: 0, at: Self.seconds(60))
    let finding = try #require(found)
    #expect(finding.ending == .none)
    #expect(finding.survived == .seconds(30))
  }

  @Test func noConnectionAtAllIsAFindingToo() throws {
    var probe = IdleProbe(limit: 2, connections: 2)
    let error = ClientError.transport(.connection([]))
    #expect(probe.handle(.ended(error), of: 0, at: Self.seconds(0)) == nil)
    let finding = probe.handle(.ended(error), of: 1, at: Self.seconds(0))
    #expect(finding?.ending == IdleFinding.Ending.none)
  }
}
