import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import WebSocketTransport

@testable import Doctor

func settings(_ url: String, version: ProtocolVersion = .v5) throws -> ConnectionSettings {
  ConnectionSettings(
    transport: TransportSettings(url: try WebSocketURL(parsing: url)),
    session: SessionSettings(version: version, clientIdentifier: "me"))
}

func plan(_ url: String = "ws://h/mqtt", version: ProtocolVersion = .v5, echo: String? = "t") throws
  -> WalkPlan
{
  let settings = try settings(url, version: version)
  return WalkPlan(
    settings: settings, echoTopic: echo, idle: .seconds(1), answerTimeout: .seconds(5), maximumProbes: 12,
    now: WallTime(nanoseconds: 1_800_000_000_000_000_000),
    diagnoses: DiagnosisTable(DiagnosisContext(url: settings.transport.url, version: version)),
    command: CommandWords(target: .url))
}

func refusal(_ status: Int, _ headers: [HTTPHeader] = []) -> ClientError {
  .transport(.upgradeRefused(UpgradeRefusal(status: status, reason: "", headers: HTTPHeaders(headers))))
}

func violation(_ kind: UpgradeViolation.Kind) -> ClientError {
  .transport(.upgradeInvalid(UpgradeViolation(kind, rule: "", detail: "", offset: 0)))
}

let upgradeResponse = UpgradeResponse(acceptingKey: "k", subprotocol: "mqtt")

extension MonotonicTime {
  static func milliseconds(_ count: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: count * 1_000_000) }
}

/// Feeds inputs to a walk, one a millisecond.
struct Stroll {
  var walk: Walk
  private var clock: UInt64 = 0

  init(_ plan: WalkPlan) {
    walk = Walk(plan)
    _ = walk.start(at: .milliseconds(0))
  }

  @discardableResult
  mutating func take(_ input: Walk.Input) -> [Walk.Action] {
    clock += 1
    return walk.handle(input, at: .milliseconds(clock))
  }

  /// Up to an open WebSocket.
  mutating func open() throws {
    let address = try SocketAddress(ipAddress: "192.0.2.1", port: 80)
    take(.transport(.resolving(host: "h")))
    take(.transport(.resolved([address], in: .milliseconds(1))))
    take(.transport(.attempt(address)))
    take(.transport(.connected(local: nil, remote: address)))
    take(.transport(.upgradeSent(ByteBuffer())))
    take(.upgraded(upgradeResponse))
  }

  var marks: [String] { walk.report.steps.map { "\($0.step.rawValue) \($0.mark.rawValue)" } }
  var verdict: Verdict? { walk.report.verdict }
}
