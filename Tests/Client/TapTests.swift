import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Client

/// What a real connection reports, read by a `WireReader`.
struct TapTests {
  private final class Tap {
    var reader = WireReader()
    var items: [WireItem] = []
    var lines: [String] {
      items.map { item in
        switch item.kind {
        case .state(let state): "\(state)"
        case .transport(.closed(let reason)): "closed \(reason.map { "\($0)" } ?? "by us")"
        case .transport: "transport"
        default: WireScript.line(item).map { String($0.drop { $0 != " " }.dropFirst()) } ?? ""
        }
      }
    }
  }

  private func tapped(_ session: SessionSettings = .lasting) throws -> (Stage, Tap) {
    let stage = try Stage(session)
    let tap = Tap()
    stage.connection.tracer = { [unowned tap] event in tap.reader.read(event, into: &tap.items) }
    return (stage, tap)
  }

  @Test func aWholeLife() throws {
    let (stage, tap) = try tapped()
    let peer = try stage.connect()
    peer.send(.ping, [1])
    stage.connection.publish(.to("a", "x", .atLeastOnce), RequestID(1))
    peer.send(.pubAck(1))
    stage.connection.disconnect()
    peer.send(CloseFrame(.normal))
    stage.loop.run()
    #expect(
      tap.lines == [
        "connecting(attempt: 1)", "> BINARY 21", "> CONNECT clean", "< BINARY 5",
        "< CONNACK re 3 0.0ms", "connected(resumed: false)", "< PING 1", "> PONG 1",
        "> BINARY 9", "> PUBLISH 1 q1 a=x", "< BINARY 4", "< PUBACK 1 re 10 0.0ms",
        "closing", "> BINARY 2", "> DISCONNECT 0x0", "> CLOSE 2", "< CLOSE 2",
        "closed closeFrame(code: Optional(1000), reason: \"\")", "ended",
      ])
  }

  @Test func aViolationIsToldOnceAndThenAnswered() throws {
    let (stage, tap) = try tapped()
    let peer = try stage.connect()
    tap.items.removeAll()
    peer.send(.binary, [0x36, 2, 0, 1])
    stage.loop.run()
    #expect(
      tap.lines == [
        "< BINARY 4", "< rejected [MQTT-3.3.1-4]", "> BINARY 3", "> DISCONNECT 0x81", "> CLOSE 2",
        "closed by us", "ended",
      ])
  }

  @Test func whatOnlyTheConnectionObjectsToIsToldToo() throws {
    var session = SessionSettings.lasting
    session.maximumPacketSize = 64
    let (stage, tap) = try tapped(session)
    let peer = try stage.connect()
    tap.items.removeAll()
    peer.send(.message("a", String(repeating: "x", count: 100)))
    stage.loop.run()
    #expect(
      Array(tap.lines.prefix(3)) == [
        "< BINARY 106", "< PUBLISH a=100 bytes", "< rejected [MQTT-3.1.2-24]",
      ])
    #expect(tap.items.compactMap(\.rejection).first?.bytes.readableBytes == 106)
  }

  @Test func aRuleOfTheSessionIsTold() throws {
    let (stage, tap) = try tapped()
    let peer = try stage.connect()
    tap.items.removeAll()
    peer.send(.connAck(ConnAck()))
    stage.loop.run()
    #expect(tap.lines.contains("< rejected [MQTT-3.2.0-2]"), "\(tap.lines)")
  }

  @Test func aResetIsTheNetworksDoing() throws {
    let (stage, tap) = try tapped()
    try stage.connect().reset()
    #expect(tap.lines.contains("closed reset"), "\(tap.lines)")
  }
}
