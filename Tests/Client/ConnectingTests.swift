import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

/// From `start` to CONNACK, and all that may come in between.
@Suite struct ConnectingTests {
  @Test(arguments: ProtocolVersion.allCases) func connects(_ version: ProtocolVersion) throws {
    let stage = try Stage(.lasting(version))
    stage.connection.start()
    stage.expect()
    #expect(stage.dials.count == 1)
    let peer = try stage.open()
    stage.expect(version == .v5 ? "> CONNECT clean" : "> CONNECT resume")
    #expect(!stage.connection.isConnected)
    peer.send(.connAck(ConnAck()))
    stage.expect("connected")
    #expect(stage.connection.isConnected)
    // Its deadline is no longer one.
    stage.advance(.seconds(60))
    stage.expect()
    #expect(peer.isOpen)
  }

  struct Refusal: Sendable {
    var version: ProtocolVersion
    var code: ReasonCode
    var retries: Bool
  }

  @Test(arguments: [
    Refusal(version: .v5, code: .notAuthorized, retries: false),
    Refusal(version: .v5, code: .serverBusy, retries: true),
    Refusal(version: .v3_1_1, code: ReasonCode(rawValue: 5), retries: false),
    Refusal(version: .v3_1_1, code: ReasonCode(rawValue: 3), retries: true),
  ]) func refused(_ refusal: Refusal) throws {
    let stage = try Stage(.lasting(refusal.version), reconnect: ReconnectPolicy(retries: .unlimited))
    stage.connection.start()
    let peer = try stage.open()
    stage.clear()
    peer.send(.connAck(ConnAck(reasonCode: refusal.code)))
    stage.expect("> close 1000")
    peer.finish()
    let cause = "refused 0x\(String(refusal.code.rawValue, radix: 16))"
    stage.expect(refusal.retries ? "retrying in 0.125 seconds: \(cause)" : "ended: \(cause)")
  }

  @Test func firstFailureEndsUnlessRetried() throws {
    let once = try Stage()
    once.connection.start()
    once.fail(.connection([]))
    once.expect("ended: connection")

    let twice = try Stage(reconnect: ReconnectPolicy(retries: .limited(1)))
    twice.connection.start()
    twice.fail(.connection([]))
    twice.expect("retrying in 0.125 seconds: connection")
    twice.advance(.milliseconds(124))
    #expect(twice.dials.count == 1)
    twice.advance(.milliseconds(1))
    #expect(twice.dials.count == 2)
    twice.fail(.connection([]))
    twice.expect("ended: connection")
  }

  @Test func noConnAckUntilTheDeadline() throws {
    let stage = try Stage()
    stage.connection.start()
    stage.advance(.seconds(4))
    let peer = try stage.open()
    stage.clear()
    stage.advance(.milliseconds(5999))
    stage.expect()
    stage.advance(.milliseconds(1))
    stage.expect("> close 1000")
    // A CONNACK that comes now comes too late.
    peer.send(.connAck(ConnAck()))
    stage.expect()
    stage.advance(.seconds(1))
    stage.expect("ended: no CONNACK in 10.0 seconds")
    #expect(!peer.isOpen)
  }

  @Test(arguments: [true, false]) func closedInsteadOfConnAck(_ hasReason: Bool) throws {
    let stage = try Stage(reconnect: ReconnectPolicy(retries: .unlimited))
    stage.connection.start()
    let peer = try stage.open()
    stage.clear()
    if hasReason {
      peer.send(CloseFrame(.policyViolation, reason: "no"))
      stage.expect("> close 1008", "ended: no CONNACK: 1008 no")
    } else {
      peer.finish()
      stage.expect("ended: no CONNACK: endOfStream")
    }
  }

  @Test func firstPacketIsNoConnAck() throws {
    let stage = try Stage()
    stage.connection.start()
    let peer = try stage.open()
    stage.clear()
    peer.send(.message("t", "x"))
    stage.expect("> DISCONNECT 0x82", "> close 1000")
    peer.finish()
    stage.expect("ended: violation [MQTT-3.2.0-1]")
  }

  // MARK: - Credentials

  /// Answers when the test wants it to.
  final class Held: CredentialsProvider, @unchecked Sendable {
    var promises: [EventLoopPromise<ConnectCredentials>] = []

    func credentials(on eventLoop: any EventLoop) -> EventLoopFuture<ConnectCredentials> {
      promises.append(eventLoop.makePromise())
      return promises[promises.count - 1].futureResult
    }
  }

  @Test func credentialsAreAskedForBeforeEveryAttempt() throws {
    let held = Held()
    let stage = try Stage(credentials: held)
    stage.connection.start()
    #expect(stage.dials.isEmpty)
    held.promises[0].succeed(ConnectCredentials(username: "u"))
    try stage.connect().reset()
    stage.advance(.seconds(1))
    #expect(held.promises.count == 2)
    #expect(stage.dials.count == 1)
    held.promises[1].fail(CredentialsError(source: "password-command", reason: "exit 1"))
    stage.expect(
      "connected", "retrying in 0.125 seconds: closed reset open",
      "ended: credentials password-command exit 1"
    )
  }

  @Test func credentialsCostTimeOfTheOneDeadline() throws {
    let held = Held()
    let stage = try Stage(credentials: held)
    stage.connection.start()
    stage.advance(.seconds(7))
    held.promises[0].succeed(ConnectCredentials())
    #expect(stage.dials[0].settings.connectTimeout == .seconds(3))
    stage.fail(.timeout(.tcp, after: .seconds(3), attempts: []))
    stage.expect("ended: timeout tcp 10.0 seconds")
  }

  @Test func credentialsThatNeverCome() throws {
    let held = Held()
    let stage = try Stage(credentials: held)
    stage.connection.start()
    stage.advance(.seconds(10))
    stage.expect("ended: credentials credentials no answer in 10.0 seconds")
    held.promises[0].succeed(ConnectCredentials())
    #expect(stage.dials.isEmpty)
    stage.expect()
  }

  @Test func handshakeHasADeadlineEvenIfItBeganTooLate() throws {
    let stage = try Stage()
    stage.connection.start()
    stage.advance(.seconds(11))
    try stage.open()
    stage.advance(.zero)
    stage.advance(.seconds(1))
    stage.expect("> CONNECT clean", "> close 1000", "ended: no CONNACK in 10.0 seconds")
  }

  @Test func answerInTheSameReadAsTheUpgrade() throws {
    let stage = try Stage()
    stage.connection.start()
    let peer = try stage.open()
    peer.send(.connAck(ConnAck()), .message("a", "1"), .message("b", "2", .atLeastOnce, id: 9))
    stage.expect("> CONNECT clean", "connected", "message 1 a=1", "message 2 9 q1 b=2", "> PUBACK 9")
  }
}
