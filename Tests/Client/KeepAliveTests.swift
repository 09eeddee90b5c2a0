import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

@Suite struct KeepAliveTests {
  private let settings = SessionSettings(
    clientIdentifier: "c", keepAlive: 30, sessionExpiryInterval: 60)

  @Test func pingsWhatIsIdle() throws {
    let stage = try Stage(settings)
    let peer = try stage.connect()
    stage.clear()
    stage.advance(.seconds(29))
    stage.expect()
    stage.advance(.seconds(1))
    stage.expect("> PINGREQ")
    peer.send(.pingResp)
    stage.advance(.seconds(20))
    stage.connection.publish(.to("a", "x"), RequestID(1))
    stage.advance(.seconds(29))
    stage.expect("finished 1 sent", "> PUBLISH a=x")
    stage.advance(.seconds(1))
    stage.expect("> PINGREQ")
  }

  @Test func noAnswerIsALoss() throws {
    let stage = try Stage(settings)
    try stage.connect()
    stage.clear()
    stage.advance(.seconds(44))
    stage.expect("> PINGREQ")
    stage.advance(.seconds(1))
    stage.expect("> close 1000")
    stage.advance(.seconds(1))
    stage.expect("retrying in 0.125 seconds: violation [MQTT-3.12.4-1]")
    stage.advance(.seconds(1))
    #expect(stage.dials.count == 2)
  }

  @Test func theServersKeepAliveCounts() throws {
    let stage = try Stage(settings)
    try stage.connect([.serverKeepAlive(10)])
    stage.clear()
    stage.advance(.seconds(10))
    stage.expect("> PINGREQ")
  }

  @Test func pausedInputIsNotTheServersFault() throws {
    let stage = try Stage(settings)
    let peer = try stage.connect()
    stage.clear()
    stage.connection.pauseInput()
    stage.advance(.seconds(150))
    #expect(stage.lines.allSatisfy { $0 == "> PINGREQ" })
    #expect(stage.lines.count >= 4)
    stage.clear()
    stage.connection.resumeInput()
    peer.send(.pingResp)
    stage.advance(.seconds(1))
    stage.expect()
  }

  @Test func pausedInputOutlivesAReconnection() throws {
    let stage = try Stage(settings)
    try stage.connect().reset()
    stage.connection.pauseInput()
    stage.advance(.seconds(1))
    let peer = try stage.connect(present: true)
    #expect(stage.connection.isConnected)
    stage.clear()
    let reads = peer.wire.reads
    peer.channel.read()
    #expect(peer.wire.reads == reads)
    stage.advance(.seconds(150))
    #expect(stage.lines.allSatisfy { $0 == "> PINGREQ" })
    stage.connection.resumeInput()
    #expect(peer.wire.reads == reads + 1)
  }
}

extension Stage {
  @discardableResult
  func connect(_ properties: Properties) throws -> Peer { try connect(present: false, properties) }

  /// Closures that hold the stage would keep it.
  func clearHooks() {
    onMessage = { _ in }
    onFinished = { _ in }
    onEvent = { _ in }
    onRoom = {}
  }
}
