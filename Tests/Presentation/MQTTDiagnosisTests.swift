import Client
import MQTTPackets
import MQTTSession
import Testing
import WebSocketTransport

@testable import Presentation

struct MQTTDiagnosisTests {
  private static func refused3(_ code: UInt8) -> ClientError {
    .refused(ConnAck(reasonCode: ReasonCode(rawValue: code)), .v3_1_1)
  }

  private static func refused5(_ code: ReasonCode, _ properties: Properties = []) -> ClientError {
    .refused(ConnAck(reasonCode: code, properties: properties), .v5)
  }

  static let rows: [DiagnosisRow] = [
    DiagnosisRow(
      client: Self.refused5(.badUserNameOrPassword), .noPermission,
      "mqtt: the server refused the connection: Bad user name or password (0x86) — check -u and the password"),
    DiagnosisRow(
      client: Self.refused5(.notAuthorized, [.reasonString("no\u{1B}")]), .noPermission,
      "mqtt: the server refused the connection: Not authorized (0x87), saying 'no\\e' — check -u and the password; brokers often also check the client identifier (-i)"
    ),
    DiagnosisRow(
      client: Self.refused5(.unsupportedProtocolVersion), .protocolError,
      "mqtt: the server refused the connection: Unsupported protocol version (0x84) — it does not speak MQTT 5: try -V 3.1.1"
    ),
    DiagnosisRow(
      client: Self.refused5(.clientIdentifierNotValid), .protocolError,
      "mqtt: the server refused the connection: Client identifier not valid (0x85) — it does not take the client identifier 'c1': check -i"
    ),
    DiagnosisRow(
      client: Self.refused5(.serverBusy), .temporaryFailure,
      "mqtt: the server refused the connection: Server busy (0x89) — try again later; --retry N does"),
    DiagnosisRow(
      client: Self.refused5(.banned), .noPermission,
      "mqtt: the server refused the connection: Banned (0x8A) — ask whoever runs the server"),
    DiagnosisRow(
      client: Self.refused5(.badAuthenticationMethod), .noPermission,
      "mqtt: the server refused the connection: Bad authentication method (0x8C) — it does not take this way to sign in: check auth"
    ),
    DiagnosisRow(
      client: Self.refused5(.serverMoved, [.serverReference("b2.lab")]), .temporaryFailure,
      "mqtt: the server refused the connection: Server moved (0x9D) — connect to 'b2.lab' (not followed automatically)"
    ),
    DiagnosisRow(
      client: Self.refused5(.qosNotSupported), .protocolError,
      "mqtt: the server refused the connection: QoS not supported (0x9B) — check --will-qos"),
    DiagnosisRow(
      client: Self.refused3(1), .protocolError,
      "mqtt: the server refused the connection: Connection Refused, unacceptable protocol version (code 1) — it does not speak MQTT 3.1.1: try -V 5"
    ),
    DiagnosisRow(
      client: Self.refused3(2), .protocolError,
      "mqtt: the server refused the connection: Connection Refused, identifier rejected (code 2) — it does not take the client identifier 'c1': check -i"
    ),
    DiagnosisRow(
      client: Self.refused3(3), .temporaryFailure,
      "mqtt: the server refused the connection: Connection Refused, Server unavailable (code 3) — try again later; --retry N does"
    ),
    DiagnosisRow(
      client: Self.refused3(4), .noPermission,
      "mqtt: the server refused the connection: Connection Refused, bad user name or password (code 4) — check -u and the password"
    ),
    DiagnosisRow(
      client: Self.refused3(5), .noPermission,
      "mqtt: the server refused the connection: Connection Refused, not authorized (code 5) — check -u and the password; brokers often also check the client identifier (-i)"
    ),
    DiagnosisRow(
      client: .noConnAck(.closed(.endOfStream)), .protocolError,
      "mqtt: the server closed the connection instead of a CONNACK: the server closed it without a close frame — brokers that do not speak MQTT 5 often close like this: try -V 3.1.1"
    ),
    DiagnosisRow(
      client: .noConnAck(.timedOut(after: .seconds(10))), .unavailable,
      "mqtt: no CONNACK within 10s — the WebSocket is open, so a proxy may hold the bytes back, or no MQTT broker is behind it"
    ),
    DiagnosisRow(
      client: .disconnected(Disconnect(.sessionTakenOver)), .protocolError,
      "mqtt: the server disconnected: Session taken over (0x8E) — another client uses the identifier 'c1': check -i"
    ),
    DiagnosisRow(
      client: .disconnected(Disconnect(.serverShuttingDown)), .unavailable,
      "mqtt: the server disconnected: Server shutting down (0x8B) — try again later"),
    DiagnosisRow(
      client: .disconnected(Disconnect(.keepAliveTimeout)), .unavailable,
      "mqtt: the server disconnected: Keep alive timeout (0x8D) — it heard nothing for 1.5 times the keep-alive: check -k and the network"
    ),
    DiagnosisRow(
      client: .disconnected(Disconnect(.normalDisconnection)), .unavailable,
      "mqtt: the server disconnected: Normal disconnection (0x00) — the server's log may say why"),
    DiagnosisRow(
      client: .disconnected(Disconnect(ReasonCode(rawValue: 0xF7))), .protocolError,
      "mqtt: the server disconnected: an unknown code (0xF7) — the server's log may say why"),
    DiagnosisRow(
      client: .decode(
        DecodeError(
          .connAckOfOtherVersion(code: 1), packet: .connAck, field: "f", offset: 0, rule: "r", detail: "d",
          version: .v5)),
      .protocolError,
      "mqtt: the server answered with a CONNACK of MQTT 3.1.1 (code 1) — it does not speak MQTT 5: try -V 3.1.1"
    ),
    DiagnosisRow(
      client: .decode(
        DecodeError(
          .malformed, packet: .publish, field: "Topic Name", offset: 4, rule: "[MQTT-1.5.4-1]",
          detail: "is not UTF-8", version: .v5)),
      .protocolError,
      "mqtt: the server sent a bad PUBLISH: Topic Name: is not UTF-8 ([MQTT-1.5.4-1], byte 4) — the server, or a proxy that changes bytes, is at fault"
    ),
    DiagnosisRow(
      client: .decode(
        DecodeError(
          .packetTooLarge, packet: .publish, field: "Remaining Length", offset: 1, rule: "r", detail: "9 > 8",
          version: .v5)),
      .protocolError,
      "mqtt: the server sent a PUBLISH that is too large: 9 > 8 — --max-packet raises the limit"),
    DiagnosisRow(
      client: .violation(
        ProtocolViolation(
          .protocolError, .subAck, rule: "[MQTT-3.8.4-2]", detail: "unknown packet identifier 7")),
      .protocolError,
      "mqtt: the server broke the protocol with SUBACK: unknown packet identifier 7 ([MQTT-3.8.4-2]) — the server, or a proxy that changes bytes, is at fault"
    ),
    DiagnosisRow(
      client: .violation(ProtocolViolation(.keepAliveTimeout, nil, rule: "r", detail: "no PINGRESP in 15 s")),
      .unavailable,
      "mqtt: the connection is dead: no PINGRESP in 15 s — check the network; -k sets the keep-alive"),
    DiagnosisRow(
      client: .encode(
        EncodeError(.fieldTooLong, packet: .connect, field: "User Name", rule: "r", detail: "70000 bytes")),
      .usage,
      "usage: the CONNECT cannot be written: User Name: 70000 bytes — change what it is made of"),
    DiagnosisRow(
      client: .credentials(CredentialsError(source: "password-command \"pass\"", reason: "exit status 1")),
      .configuration,
      "profile: password-command \"pass\": exit status 1 — check where the secret is kept"),
  ]

  @Test(arguments: rows)
  func row(row: DiagnosisRow) throws { row.check(try context("wss://h/mqtt")) }

  @Test func withoutAUserName() throws {
    let context = DiagnosisContext(url: try WebSocketURL(parsing: "ws://h/"))
    let line = DiagnosisTable(context).diagnosis(Self.refused3(4)).line()
    #expect(line.hasSuffix("— no user name was sent: give -u NAME and --password-file FILE"))
  }

  @Test func olderVersionClosedInsteadOfConnAck() throws {
    let line = DiagnosisTable(try context("ws://h/", version: .v3_1_1)).diagnosis(.noConnAck(.closed(.reset)))
      .line()
    #expect(line.hasSuffix("client identifier or credentials they do not take: check -i, -u and -P"))
  }

  static let deniedSubscriptionsRows: [(ReasonCode, ProtocolVersion, ExitStatus, String)] = [
    (
      ReasonCode.notAuthorized, ProtocolVersion.v5, ExitStatus.noPermission,
      "Not authorized (0x87) — the server's rules do not allow it to this user: check -u and -t"
    ),
    (
      .unspecifiedError, .v3_1_1, .noPermission,
      "Failure (0x80) — the server's rules for this user may not allow it"
    ),
    (.unspecifiedError, .v5, .noPermission, "Unspecified error (0x80) — the server's log may say why"),
    (.topicFilterInvalid, .v5, .protocolError, "Topic filter invalid (0x8F) — check -t"),
    (
      .quotaExceeded, .v5, .temporaryFailure,
      "Quota exceeded (0x97) — too many subscriptions: try again later"
    ),
    (
      .wildcardSubscriptionNotSupported, .v5, .protocolError,
      "Wildcard subscription not supported (0xA2) — leave + and # out of -t"
    ),
  ]

  @Test(arguments: deniedSubscriptionsRows)
  func deniedSubscriptions(code: ReasonCode, version: ProtocolVersion, status: ExitStatus, text: String)
    throws
  {
    let diagnosis = DiagnosisTable(try context("ws://h/", version: version)).denied("a/#", code)
    #expect(diagnosis.line() == "mqttws: mqtt: subscribing to 'a/#' was denied: " + text)
    #expect(diagnosis.status == status)
  }

  static let publishesRows: [(PublishOutcome, ExitStatus, String)] = [
    (
      PublishOutcome.failed(.notAuthorized, []), ExitStatus.noPermission,
      "mqtt: publishing to 'a' failed: Not authorized (0x87) — the server's rules do not allow it to this user: check -u and -t"
    ),
    (
      .failed(.quotaExceeded, [.reasonString("full")]), .temporaryFailure,
      "mqtt: publishing to 'a' failed: Quota exceeded (0x97), saying 'full' — try again later"
    ),
    (
      .rejected(.qosAboveMaximum(.atLeastOnce)), .protocolError,
      "mqtt: cannot publish to 'a': the server takes QoS 1 at most — use -q 1"
    ),
    (
      .rejected(.retainUnavailable), .protocolError,
      "mqtt: cannot publish to 'a': the server keeps no retained messages — leave out -r"
    ),
    (
      .rejected(.packetTooLarge(size: 2000, maximum: 1000)), .protocolError,
      "mqtt: cannot publish to 'a': the packet has 2,000 bytes, the server takes 1,000 — send less, or raise the server's limit"
    ),
    (
      .rejected(.queueFull(limit: 65536)), .unavailable,
      "session: cannot publish to 'a': 64 KiB already wait to be sent — the server takes messages too slowly"
    ),
    (
      .unknown, .protocolError,
      "session: the server lost the session, and it is unknown whether the message to 'a' arrived — ask its receivers before sending it again"
    ),
  ]

  @Test(arguments: publishesRows)
  func publishes(outcome: PublishOutcome, status: ExitStatus, text: String) throws {
    let diagnosis = try #require(DiagnosisTable(try context("ws://h/")).publishFailure("a", outcome))
    #expect(diagnosis.line() == "mqttws: " + text)
    #expect(diagnosis.status == status)
  }

  @Test func successesAreNoFailures() throws {
    let table = DiagnosisTable(try context("ws://h/"))
    #expect(table.publishFailure("a", .sent) == nil)
    #expect(table.publishFailure("a", .acknowledged(.success, [])) == nil)
  }

  @Test func lostSessions() throws {
    let loss = SessionLoss(resent: 1, unknown: 2, forgotten: 3)
    let diagnosis = DiagnosisTable(try context("ws://h/")).sessionLost(loss)
    #expect(diagnosis.status == .protocolError)
    #expect(
      diagnosis.line().hasPrefix(
        "mqttws: session: the server lost the session: the fate of 2 QoS 2 messages is unknown — "))
    #expect(
      DiagnosisTable.sessionLostWarning(loss)
        == "the server lost the session: 1 QoS 1 message sent again, 2 QoS 2 messages in unknown state, 3 incoming QoS 2 messages may come twice; messages sent meanwhile are missed"
    )
  }

  @Test func reasonCodesAreInTheJSON() throws {
    let diagnosis = DiagnosisTable(try context("wss://u:p@h/mqtt?token=geheim")).diagnosis(
      Self.refused5(.notAuthorized))
    let json = diagnosis.json()
    #expect(
      json
        == #"{"layer":"mqtt","exit":77,"code":"NO PERM","#
        + #""cause":"the server refused the connection: Not authorized (0x87)","#
        + #""hint":"check -u and the password; brokers often also check the client identifier (-i)","#
        + #""mqtt_reason":135,"reason_name":"Not authorized","url":"wss://u:…@h/mqtt?token=…"}"#)
    #expect(!json.contains("geheim"))
  }
}
