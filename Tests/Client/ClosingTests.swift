import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing

@testable import Client
@testable import WebSocketTransport

/// The end that we wish for, in every state, and that nothing is left behind by it.
@Suite struct ClosingTests {
  @Test(arguments: ProtocolVersion.allCases) func graceful(_ version: ProtocolVersion) throws {
    let stage = try Stage(.lasting(version))
    let peer = try stage.connect()
    stage.connection.disconnect()
    stage.expect("connected", "> DISCONNECT 0x0", "> close 1000")
    peer.send(CloseFrame(.normal))
    stage.expect("ended")
    #expect(!peer.isOpen)
  }

  @Test func serverClosesTheSocketInsteadOfAnswering() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.disconnect(.disconnectWithWillMessage)
    peer.finish()
    stage.expect("connected", "> DISCONNECT 0x4", "> close 1000", "ended")
  }

  @Test func serverDoesNotAnswer() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.connection.disconnect()
    stage.connection.disconnect()
    // What still comes is neither delivered nor answered.
    peer.send(.message("a", "late", .atLeastOnce, id: 1))
    peer.send(.ping, [1])
    stage.advance(.milliseconds(999))
    stage.expect("> DISCONNECT 0x0", "> close 1000")
    stage.advance(.milliseconds(1))
    stage.expect("ended")
    #expect(!peer.isOpen)
  }

  @Test func garbageInsteadOfTheAnswer() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.connection.disconnect()
    peer.read([0xFF, 0xFF])
    stage.expect("> DISCONNECT 0x0", "> close 1000", "ended")
    #expect(!peer.isOpen)
  }

  @Test func nothingIsSentAfterClose() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.connection.disconnect()
    stage.connection.publish(.to("a", "x"), RequestID(1))
    stage.connection.publish(.to("a", "x", .atLeastOnce), RequestID(2))
    stage.connection.subscribe([Subscription("a")], RequestID(3))
    stage.connection.delivered(upTo: 9)
    #expect(!stage.connection.isWritable)
    stage.advance(.milliseconds(500))
    peer.finish()
    stage.expect("> DISCONNECT 0x0", "> close 1000", "ended")
  }

  // MARK: - Every state

  @Test(arguments: [false, true]) func beforeTheStart(_ aborts: Bool) throws {
    let stage = try Stage()
    aborts ? stage.connection.abort() : stage.connection.disconnect()
    stage.expect("ended")
    stage.connection.start()
    #expect(stage.dials.isEmpty)
  }

  @Test(arguments: [false, true]) func whileCredentialsAreFetched(_ aborts: Bool) throws {
    let held = ConnectingTests.Held()
    let stage = try Stage(credentials: held)
    stage.connection.start()
    aborts ? stage.connection.abort() : stage.connection.disconnect()
    stage.expect("ended")
    held.promises[0].succeed(ConnectCredentials())
    stage.advance(.seconds(60))
    #expect(stage.dials.isEmpty)
    stage.expect()
  }

  @Test(arguments: [false, true]) func whileDialling(_ aborts: Bool) throws {
    let stage = try Stage(reconnect: ReconnectPolicy(retries: .unlimited))
    stage.connection.start()
    aborts ? stage.connection.abort() : stage.connection.disconnect()
    stage.expect("ended")
    #expect(stage.dials[0].isCancelled)
    // A dialer that succeeds all the same finds nobody.
    let peer = try stage.open()
    #expect(!peer.isOpen)
    stage.advance(.seconds(60))
    stage.expect()
  }

  @Test(arguments: [false, true]) func beforeConnAck(_ aborts: Bool) throws {
    let stage = try Stage()
    stage.connection.start()
    let peer = try stage.open()
    stage.clear()
    aborts ? stage.connection.abort() : stage.connection.disconnect()
    peer.finish()
    // A server that has accepted meanwhile need not publish the will.
    if aborts { stage.expect("ended") } else { stage.expect("> DISCONNECT 0x0", "> close 1000", "ended") }
  }

  @Test func abortWhileConnected() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.abort()
    stage.expect("connected", "ended")
    #expect(!peer.isOpen)
  }

  @Test func abortWhileClosing() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.connection.disconnect()
    stage.connection.abort()
    stage.expect("> DISCONNECT 0x0", "> close 1000", "ended")
    #expect(!peer.isOpen)
  }

  @Test(arguments: [false, true]) func whileWaiting(_ aborts: Bool) throws {
    let stage = try Stage()
    try stage.connect().reset()
    stage.clear()
    aborts ? stage.connection.abort() : stage.connection.disconnect()
    stage.expect("ended")
    stage.advance(.seconds(60))
    #expect(stage.dials.count == 1)
  }

  @Test func afterTheEnd() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.disconnect()
    peer.finish()
    stage.clear()
    stage.connection.disconnect()
    stage.connection.abort()
    stage.connection.start()
    stage.connection.publish(.to("a", "x"), RequestID(1))
    stage.connection.subscribe([Subscription("a")], RequestID(2))
    stage.connection.pauseInput()
    stage.connection.resumeInput()
    stage.connection.delivered(upTo: 3)
    stage.advance(.seconds(60))
    stage.expect()
    #expect(stage.dials.count == 1)
  }

  // MARK: - From within

  @Test func fromWithinEveryDelegateCall() throws {
    for callback in ["message", "connected", "finished", "retrying"] {
      let stage = try Stage()
      let disconnect = { stage.connection.disconnect() }
      stage.onMessage = { _ in if callback == "message" { disconnect() } }
      stage.onFinished = { _ in if callback == "finished" { disconnect() } }
      stage.onEvent = { if describe($0).hasPrefix(callback) { disconnect() } }
      let peer = try stage.connect()
      if callback != "connected" {
        stage.connection.publish(.to("a", "x"), RequestID(1))
        peer.send(.message("b", "1"), .message("b", "2"))
      }
      peer.finish()
      let expected =
        switch callback {
        case "message":
          [
            "connected", "> PUBLISH a=x", "finished 1 sent", "message 1 b=1", "> DISCONNECT 0x0",
            "> close 1000", "ended",
          ]
        case "connected": ["connected", "> DISCONNECT 0x0", "> close 1000", "ended"]
        case "finished":
          ["connected", "finished 1 sent", "> PUBLISH a=x", "> DISCONNECT 0x0", "> close 1000", "ended"]
        default:
          [
            "connected", "> PUBLISH a=x", "finished 1 sent", "message 1 b=1", "message 2 b=2",
            "retrying in 0.125 seconds: closed endOfStream open", "ended",
          ]
        }
      #expect(Set(stage.lines) == Set(expected), "\(callback)")
      #expect(stage.lines.last == "ended", "\(callback)")
      stage.clearHooks()
    }
  }

  @Test func abortFromWithinAMessage() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    stage.onMessage = { [unowned stage] _ in stage.connection.abort() }
    peer.send(.message("b", "1", .atLeastOnce, id: 1), .message("b", "2"))
    stage.expect("message 1 1 q1 b=1", "ended")
    #expect(!peer.isOpen)
  }

  // MARK: - Nothing is left

  @Test func theConnectionIsFreedAfterItsEnd() throws {
    weak var connection: Connection?
    weak var handler: ConnectionHandler?
    do {
      let stage = try Stage(
        SessionSettings(clientIdentifier: "c", keepAlive: 30, sessionExpiryInterval: 60))
      stage.connection.tracer = { _ in _ = stage.version }
      try stage.connect().reset()
      stage.advance(.seconds(1))
      let peer = try stage.connect(present: true)
      connection = stage.connection
      handler = try peer.channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
      #expect(handler != nil)
      stage.connection.disconnect()
      peer.send(CloseFrame(.normal))
      stage.loop.run()
    }
    #expect(connection == nil)
    #expect(handler == nil)
  }
}
