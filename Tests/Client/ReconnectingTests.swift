import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

/// Losses, and what is done about them.
@Suite struct ReconnectingTests {
  @Test func resumes() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.connection.subscribe([Subscription("a", qos: .exactlyOnce)], RequestID(1))
    peer.send(.subAck(1, .grantedQoS2))
    stage.expect("> SUBSCRIBE 1 a", "subscribed 1 0x2")
    peer.reset()
    stage.expect("retrying in 0.125 seconds: closed reset open")
    #expect(!stage.connection.isConnected)
    stage.advance(.milliseconds(125))
    try stage.open()
    stage.expect("> CONNECT resume")
    stage.peers[1].send(.connAck(ConnAck(sessionPresent: true)))
    stage.expect("connected, resumed")
  }

  @Test func dialsAtOnceWhenAsked() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    // Instead of waiting.
    peer.reset()
    stage.expect("retrying in 0.125 seconds: closed reset open")
    stage.connection.reconnectNow()
    stage.loop.run()
    #expect(stage.dials.count == 2)
    stage.advance(.seconds(1))
    #expect(stage.dials.count == 2)
    // While an attempt is under way there is nothing to hurry.
    stage.connection.reconnectNow()
    #expect(stage.dials.count == 2)
    let second = try stage.connect(present: true)
    stage.expect("connected, resumed")
    // Instead of the present connection: no loss, and so no wait.
    stage.connection.reconnectNow()
    stage.expect("> DISCONNECT 0x0", "> close 1000")
    second.reset()
    stage.loop.run()
    stage.expect()
    #expect(stage.dials.count == 3)
    try stage.connect(present: true)
    stage.expect("connected, resumed")
    stage.connection.disconnect()
    stage.connection.reconnectNow()
    #expect(stage.dials.count == 3)
  }

  @Test func asksAgainForWhatWasLost() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.subscribe([Subscription("a"), Subscription("b")], RequestID(1))
    stage.connection.subscribe([Subscription("denied")], RequestID(2))
    peer.send(.subAck(1, .success, .success), .subAck(2, .notAuthorized))
    stage.connection.subscribe([Subscription("open")], RequestID(3))
    stage.connection.unsubscribe(["b"], RequestID(4))
    stage.clear()
    peer.reset()
    // While there is no connection, messages wait.
    stage.connection.publish(.to("a", "hello", .atLeastOnce), RequestID(5))
    stage.advance(.seconds(1))
    stage.clear()
    let second = try stage.connect()
    stage.expect(
      "session lost: 0 resent, 0 unknown, 0 forgotten", "connected", "> SUBSCRIBE 5 open",
      "> UNSUBSCRIBE 6 b", "> SUBSCRIBE 7 a", "> PUBLISH 8 q1 a=hello")
    second.send(.subAck(7, .success), .subAck(5, .success))
    stage.expect("resubscribed a 0x0", "subscribed 3 0x0")
    // Cut before an answer, it is the session that asks again, and once.
    second.reset()
    stage.advance(.seconds(1))
    stage.clear()
    let third = try stage.connect()
    stage.expect(
      "session lost: 1 resent, 0 unknown, 0 forgotten", "connected", "> UNSUBSCRIBE 9 b", "> SUBSCRIBE 10 a",
      "> SUBSCRIBE 11 open", "> PUBLISH 12 q1 a=hello")
    third.reset()
    stage.advance(.seconds(1))
    stage.clear()
    try stage.connect()
    stage.expect(
      "session lost: 1 resent, 0 unknown, 0 forgotten", "connected", "> UNSUBSCRIBE 13 b", "> SUBSCRIBE 14 a",
      "> SUBSCRIBE 15 open", "> PUBLISH 16 q1 a=hello")
  }

  @Test func qos2AcrossCuts() throws {
    let stage = try Stage()
    var peer = try stage.connect()
    stage.connection.publish(.to("t", "x", .exactlyOnce), RequestID(1))
    stage.expect("connected", "> PUBLISH 1 q2 t=x")
    func cut() throws {
      peer.reset()
      stage.advance(.seconds(30))
      peer = try stage.connect(present: true)
    }
    try cut()
    stage.expect("connected, resumed", "> PUBLISH 1 q2 t=x dup")
    peer.send(.pubRec(1))
    stage.expect("> PUBREL 1")
    try cut()
    stage.expect("connected, resumed", "> PUBREL 1")
    peer.send(.pubComp(1))
    stage.expect("finished 1 acknowledged")
    #expect(stage.connection.unacknowledgedCount == 0)

    // The other way round.
    peer.send(.message("m", "1", .exactlyOnce, id: 8))
    stage.expect("message 1 8 q2 m=1", "> PUBREC 8")
    try cut()
    peer.send(.message("m", "1", .exactlyOnce, id: 8, dup: true))
    stage.expect("connected, resumed", "> PUBREC 8")
    peer.send(.pubRel(8))
    stage.expect("> PUBCOMP 8")
  }

  @Test func qos2ThatTheServerForgot() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.publish(.to("t", "x", .exactlyOnce), RequestID(1))
    stage.connection.publish(.to("t", "y", .atLeastOnce), RequestID(2))
    stage.clear()
    peer.finish()
    stage.advance(.seconds(1))
    stage.clear()
    try stage.connect()
    stage.expect(
      "session lost: 1 resent, 1 unknown, 0 forgotten", "finished 1 unknown", "connected",
      "> PUBLISH 3 q1 t=y")
  }

  @Test func acknowledgesOnlyWhatWasDelivered() throws {
    let stage = try Stage()
    stage.acknowledges = false
    let peer = try stage.connect()
    peer.send(.message("a", "1", .atLeastOnce, id: 1), .message("a", "2", .exactlyOnce, id: 2))
    stage.expect("connected", "message 1 1 q1 a=1", "message 2 2 q2 a=2")
    #expect(stage.drains == 2)
    stage.connection.delivered(upTo: 1)
    stage.expect("> PUBACK 1")
    peer.reset()
    stage.connection.delivered(upTo: 2)
    stage.advance(.seconds(1))
    stage.clear()
    let second = try stage.connect(present: true)
    second.send(.message("a", "2", .exactlyOnce, id: 2, dup: true))
    stage.expect("connected, resumed", "> PUBREC 2")
  }

  // MARK: - Why

  struct Cause: Sendable {
    var end: Disconnect
    var line: String
    init(_ code: ReasonCode, _ line: String) {
      end = Disconnect(code)
      self.line = line
    }
  }

  @Test(arguments: [
    Cause(.serverShuttingDown, "retrying in 0.125 seconds: disconnected 0x8b"),
    Cause(.notAuthorized, "ended: disconnected 0x87"),
    Cause(.malformedPacket, "ended: disconnected 0x81"),
  ]) func disconnectedByTheServer(_ cause: Cause) throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    peer.send(.disconnect(cause.end), .message("late", "x"))
    stage.expect("> close 1000")
    peer.send(CloseFrame(.normal))
    stage.expect(cause.line)
    #expect(!peer.isOpen)
  }

  @Test func disconnectAndCloseInOneRead() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    var bytes = peer.frames([.message("a", "last"), .disconnect(.sessionTakenOver)])
    bytes.writeBytes(Peer.frame(0x88, [0x03, 0xE8]))
    peer.read(bytes)
    stage.expect("message 1 a=last", "> close 1000", "retrying in 0.125 seconds: disconnected 0x8e")
  }

  @Test func twoTakeoversAreAFight() throws {
    let stage = try Stage()
    for line in ["retrying in 0.125 seconds: disconnected 0x8e", "ended: disconnected 0x8e"] {
      let peer = try stage.connect()
      peer.send(.message("a", "x"), .disconnect(.sessionTakenOver))
      stage.clear()
      peer.finish()
      stage.expect(line)
      stage.advance(.seconds(9))
    }
    #expect(stage.dials.count == 2)
  }

  @Test func noReconnection() throws {
    let stage = try Stage(reconnect: ReconnectPolicy(reconnects: false))
    try stage.connect().reset()
    stage.expect("connected", "ended: closed reset open")
  }

  @Test func aCutDuringTheNextHandshakeIsALossLikeOthers() throws {
    let stage = try Stage()
    try stage.connect().reset()
    stage.advance(.seconds(1))
    stage.clear()
    try stage.open().reset()
    stage.expect("> CONNECT resume", "retrying in 0.25 seconds: closed reset open")
    stage.advance(.seconds(1))
    stage.fail(
      .upgradeInvalid(UpgradeViolation(.truncated, rule: "", detail: "", offset: 5)))
    #expect(stage.dials.count == 3)
    stage.advance(.seconds(1))
    #expect(stage.dials.count == 4)
  }

  @Test func aServerThatHangsUpAfterConnAckIsLeftInPeace() throws {
    let stage = try Stage()
    var delays: [Duration] = []
    stage.onEvent = { if case .retrying(_, let delay) = $0 { delays.append(delay) } }
    for _ in 0..<9 {
      try stage.connect().reset()
      stage.advance(.seconds(30))
    }
    #expect(delays.last == .seconds(15))
    let peer = try stage.connect()
    peer.send(.message("a", "b"))
    peer.reset()
    #expect(delays.last == .milliseconds(125))
  }

  @Test func messagesBeforeTheEndAreDrained() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    let drains = stage.drains
    var drainsAtTheEnd = 0
    stage.onEvent = { if case .ended = $0 { drainsAtTheEnd = stage.drains } }
    var bytes = peer.frames([.message("a", "last")])
    bytes.writeBytes([0x81, 0x00])
    peer.read(bytes)
    #expect(drainsAtTheEnd == drains + 1)
  }
}
