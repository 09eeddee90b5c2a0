import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import Client
@testable import WebSocketTransport

/// Which layer an error is of, and whether the next attempt may end better.
@Suite struct ClientErrorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var error: ClientError
    var layer: Layer
    var permanence: Permanence
    var testDescription: String { describe(error) }

    init(_ error: ClientError, _ layer: Layer, _ permanence: Permanence) {
      self.error = error
      self.layer = layer
      self.permanence = permanence
    }

    static func transport(_ error: TransportError, _ layer: Layer, _ permanence: Permanence) -> Row {
      Row(.transport(error), layer, permanence)
    }

    static func closed(_ code: UInt16?, _ permanence: Permanence) -> Row {
      transport(.closed(.closeFrame(code: code, reason: ""), .open), .websocket, permanence)
    }

    static func status(_ status: Int, _ permanence: Permanence) -> Row {
      let refusal = UpgradeRefusal(
        status: status, reason: "", headers: HTTPHeaders())
      return transport(.upgradeRefused(refusal), .upgrade, permanence)
    }

    static func refused(_ code: UInt8, _ version: ProtocolVersion, _ permanence: Permanence) -> Row {
      Row(.refused(ConnAck(reasonCode: ReasonCode(rawValue: code)), version), .mqtt, permanence)
    }

    static func disconnected(_ code: UInt8, _ permanence: Permanence) -> Row {
      Row(.disconnected(Disconnect(ReasonCode(rawValue: code))), .mqtt, permanence)
    }
  }

  static let violation = UpgradeViolation(.wrongAccept, rule: "", detail: "", offset: 0)
  static let decodeError = DecodeError(
    .malformed, packet: nil, field: "f", offset: 0, rule: "r", detail: "d", version: .v5)

  private static func noConnAck(_ code: UInt16?, _ permanence: Permanence) -> Row {
    let reason = code.map { CloseReason.closeFrame(code: $0, reason: "") } ?? .endOfStream
    return Row(.noConnAck(.closed(reason)), .mqtt, permanence)
  }

  /// A close in place of a CONNACK is an answer, and some answers ask for patience.
  static let instead: [Row] = [
    noConnAck(nil, .permanent), noConnAck(1000, .permanent), noConnAck(1008, .permanent),
    noConnAck(1011, .permanent), noConnAck(1012, .transient(atLeast: .seconds(5))),
    noConnAck(1013, .transient(atLeast: .seconds(5))),
  ]

  static let network: [Row] = [
    .transport(.resolution(host: "h", .notFound), .dns, .transient),
    .transport(.connection([]), .tcp, .transient),
    .transport(.timeout(.resolution, after: .seconds(10), attempts: []), .dns, .transient),
    .transport(.timeout(.tcp, after: .seconds(10), attempts: []), .tcp, .transient),
    .transport(.timeout(.proxy, after: .seconds(10), attempts: []), .proxy, .permanent),
    .transport(.timeout(.tls, after: .seconds(10), attempts: []), .tls, .permanent),
    .transport(.timeout(.upgrade, after: .seconds(10), attempts: []), .upgrade, .transient),
    .transport(.timeout(.open, after: .seconds(30), attempts: []), .websocket, .transient),
    .transport(.proxy(.closed), .proxy, .permanent),
    .transport(.proxy(.connection([])), .proxy, .permanent),
    .transport(.proxy(.refused(status: 407, reason: "")), .proxy, .permanent),
    .transport(.proxy(.refused(status: 502, reason: "")), .proxy, .transient),
    .transport(.proxy(.notHTTP([])), .proxy, .permanent),
    .transport(.tlsHandshake(.closed), .tls, .permanent),
    .transport(.tlsHandshake(.clientCertificateRequired), .tls, .permanent),
    .transport(.tlsSetting(name: "ciphers", detail: ""), .usage, .permanent),
    .transport(
      .tlsFile(TLSFileFailure(path: "p", role: .cafile, kind: .missing, detail: "")), .input, .permanent),
    .transport(
      .tlsCertificate(
        CertificateFailure(kind: .expired(nil), certificate: nil, depth: 0, code: 10, detail: "")),
      .tls, .permanent),
    .status(301, .permanent), .status(401, .permanent), .status(403, .permanent), .status(404, .permanent),
    .status(426, .permanent), .status(429, .transient), .status(500, .permanent), .status(502, .transient),
    .status(503, .transient), .status(504, .transient),
    .transport(.upgradeInvalid(violation), .upgrade, .permanent),
    .transport(.notHTTP(.mqtt), .upgrade, .permanent),
    .transport(
      .webSocket(
        WebSocketViolation(
          .textFrame, rule: "", detail: "", closeCode: .unsupportedData, offset: 0)), .websocket, .permanent),
    .transport(.closed(.endOfStream, .open), .websocket, .transient),
    .transport(.closed(.reset, .tls), .tls, .permanent),
    .transport(.closed(.reset, .upgrade), .upgrade, .permanent),
    .transport(.closed(.timedOut, .upgrade), .upgrade, .transient),
    .transport(.closed(.tlsTruncated, .open), .websocket, .transient),
    .transport(.closed(.timedOut, .open), .websocket, .transient),
    .transport(.closed(.failed(errno: 113), .open), .websocket, .transient),
    .transport(.system(errno: 24, operation: "socket"), .system, .permanent),
    .transport(.cancelled, .system, .permanent),
    .closed(nil, .transient), .closed(1000, .transient), .closed(1001, .transient), .closed(1002, .permanent),
    .closed(1003, .permanent), .closed(1007, .permanent), .closed(1008, .permanent),
    .closed(1009, .permanent),
    .closed(1010, .permanent), .closed(1011, .transient), .closed(1012, .transient(atLeast: .seconds(5))),
    .closed(1013, .transient(atLeast: .seconds(5))), .closed(1014, .transient), .closed(4000, .transient),
  ]

  static let protocolRows: [Row] = [
    Row(.credentials(CredentialsError(source: "s", reason: "r")), .profile, .permanent),
    Row(.noConnAck(.closed(.endOfStream)), .mqtt, .permanent),
    Row(.noConnAck(.timedOut(after: .seconds(10))), .mqtt, .transient),
    Row(.decode(decodeError), .mqtt, .permanent),
    Row(
      .violation(ProtocolViolation(.protocolError, nil, rule: "", detail: "")), .mqtt, .permanent),
    Row(
      .violation(ProtocolViolation(.keepAliveTimeout, nil, rule: "", detail: "")), .mqtt, .transient),
    Row(
      .encode(EncodeError(.packetTooLarge, packet: .publish, field: "f", rule: "r", detail: "d")), .usage,
      .permanent),
    .refused(1, .v3_1_1, .permanent), .refused(2, .v3_1_1, .permanent), .refused(3, .v3_1_1, .transient),
    .refused(4, .v3_1_1, .permanent), .refused(5, .v3_1_1, .permanent),
    .refused(0x80, .v5, .permanent), .refused(0x84, .v5, .permanent), .refused(0x85, .v5, .permanent),
    .refused(0x86, .v5, .permanent), .refused(0x87, .v5, .permanent), .refused(0x88, .v5, .transient),
    .refused(0x89, .v5, .transient), .refused(0x8A, .v5, .permanent), .refused(0x8C, .v5, .permanent),
    .refused(0x97, .v5, .transient), .refused(0x9C, .v5, .transient), .refused(0x9D, .v5, .transient),
    .refused(0x9F, .v5, .transient),
    .disconnected(0x00, .transient), .disconnected(0x81, .permanent), .disconnected(0x82, .permanent),
    .disconnected(0x87, .permanent), .disconnected(0x89, .transient), .disconnected(0x8B, .transient),
    .disconnected(0x8D, .transient), .disconnected(0x8E, .takeover), .disconnected(0x93, .permanent),
    .disconnected(0x95, .permanent), .disconnected(0x97, .transient), .disconnected(0x98, .transient),
    .disconnected(0x9C, .transient), .disconnected(0x9D, .transient), .disconnected(0x9F, .transient),
    .disconnected(0xA0, .transient),
  ]

  @Test(arguments: network + protocolRows + instead) func layerAndPermanence(_ row: Row) {
    #expect(row.error.layer == row.layer)
    #expect(row.error.permanence == row.permanence)
  }

  @Test(
    arguments: [
      (.tlsHandshake(.closed), true), (.tlsHandshake(.unsupportedVersion), false),
      (
        .upgradeInvalid(UpgradeViolation(.closedWithoutAnswer, rule: "", detail: "", offset: 0)), true
      ),
      (.upgradeInvalid(UpgradeViolation(.truncated, rule: "", detail: "", offset: 9)), true),
      (.upgradeInvalid(UpgradeViolation(.wrongAccept, rule: "", detail: "", offset: 9)), false),
      (.closed(.reset, .open), false), (.closed(.reset, .upgrade), true),
      (.closed(.endOfStream, .proxy), true), (.closed(.timedOut, .tls), true),
      (.timeout(.tls, after: .seconds(1), attempts: []), true),
      (.timeout(.proxy, after: .seconds(1), attempts: []), true),
      (.timeout(.tcp, after: .seconds(1), attempts: []), false),
      (.proxy(.connection([])), true), (.proxy(.closed), true),
      (.proxy(.resolution(host: "p", .notFound)), true), (.proxy(.notHTTP([0])), false),
      (.proxy(.refused(status: 407, reason: "")), false),
    ] as [(TransportError, Bool)]) func cuts(_ error: TransportError, _ isCut: Bool)
  {
    #expect(ClientError.transport(error).isCut == isCut)
  }
}
