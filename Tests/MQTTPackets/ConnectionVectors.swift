import MQTTPackets
import NIOCore

/// CONNECT, CONNACK, PINGREQ, PINGRESP, DISCONNECT and AUTH.
let connectionVectors: [Vector] = goodConnects + badConnects + connAcks + endings + auths

private let will3 = Message(
  topic: "w", payload: ByteBuffer(string: "gone"), qos: .exactlyOnce, retain: true)
private let will5 = Message(
  topic: "w", payload: ByteBuffer(), qos: .atLeastOnce,
  properties: [
    .willDelayInterval(5), .payloadFormatIndicator(1), .messageExpiryInterval(60), .contentType("t"),
    .responseTopic("r"), .correlationData(ByteBuffer(bytes: [0])), .userProperty(name: "a", value: "b"),
  ])

private let goodConnects: [Vector] = [
  .good(
    .v3_1_1, .toServer, "smallest CONNECT", framed("10", "\"MQTT\" 04 02 0000 \"\""),
    .connect(Connect(version: .v3_1_1, clientIdentifier: ""))),
  .good(
    .v3_1_1, .toServer, "CONNECT with all",
    framed("10", "\"MQTT\" 04 F4 003C \"id\" \"w\" \"gone\" \"u\" \"p\""),
    .connect(
      Connect(
        version: .v3_1_1, clientIdentifier: "id", cleanStart: false, keepAlive: 60, username: "u",
        password: Array("p".utf8), will: will3))),
  .good(
    .v3_1_1, .toServer, "a padded length is not forbidden", "10 8C00 \"MQTT\" 04 02 0000 \"\"",
    .connect(Connect(version: .v3_1_1, clientIdentifier: "")), lenient: true),
  // Until the CONNECT is read, a server cannot know its version.
  .good(
    .v5, .toServer, "CONNECT of the older version", "10 8C00 \"MQTT\" 04 02 0000 \"\"",
    .connect(Connect(version: .v3_1_1, clientIdentifier: "")), lenient: true),
  .good(
    .v5, .toServer, "smallest CONNECT", framed("10", "\"MQTT\" 05 02 0000 00 \"\""),
    .connect(Connect(version: .v5, clientIdentifier: ""))),
  .good(
    .v5, .toServer, "password alone, session kept, no name", framed("10", "\"MQTT\" 05 40 FFFF 00 \"\" \"\""),
    .connect(Connect(version: .v5, clientIdentifier: "", cleanStart: false, keepAlive: 65535, password: []))),
  .good(
    .v5, .toServer, "CONNECT with all properties",
    framed(
      "10",
      "\"MQTT\" 05 02 000A 23 11FFFFFFFF 21000A 2700001000 22FFFF 1901 1700 26\"k\"\"v\" 15\"m\" 16\"d\" \"id\""
    ),
    .connect(
      Connect(
        version: .v5, clientIdentifier: "id", keepAlive: 10,
        properties: [
          .sessionExpiryInterval(0xFFFF_FFFF), .receiveMaximum(10), .maximumPacketSize(4096),
          .topicAliasMaximum(65535), .requestResponseInformation(true), .requestProblemInformation(false),
          .userProperty(name: "k", value: "v"), .authenticationMethod("m"),
          .authenticationData(ByteBuffer(string: "d")),
        ]))),
  .good(
    .v5, .toServer, "will with all properties",
    framed(
      "10",
      "\"MQTT\" 05 0E 0000 00 \"c\" 1F 1800000005 0101 020000003C 03\"t\" 08\"r\" 09000100 26\"a\"\"b\" \"w\" \"\""
    ),
    .connect(Connect(version: .v5, clientIdentifier: "c", will: will5))),
]

private let badConnects: [Vector] = [
  .bad(
    .v5, .toServer, "MQIsdp", framed("10", "\"MQIsdp\" 03 02 0000 \"\""), .unsupportedProtocolName,
    "Protocol Name", 2, "[MQTT-3.1.2-1]"),
  .bad(
    .v5, .toServer, "MQTt", framed("10", "\"MQTt\" 04 02 0000 \"\""), .unsupportedProtocolName,
    "Protocol Name", 2, "[MQTT-3.1.2-1]"),
  .bad(
    .v5, .toServer, "level 3", framed("10", "\"MQTT\" 03 02 0000 \"\""), .unsupportedProtocolLevel(3),
    "Protocol Version", 8, "[MQTT-3.1.2-2]"),
  .bad(
    .v5, .toServer, "level 6", framed("10", "\"MQTT\" 06 02 0000 00 \"\""), .unsupportedProtocolLevel(6),
    "Protocol Version", 8, "[MQTT-3.1.2-2]"),
  .bad(
    .v3_1_1, .toServer, "level 255", framed("10", "\"MQTT\" FF"), .unsupportedProtocolLevel(255),
    "Protocol Version", 8, "[MQTT-3.1.2-2]"),
  .bad(
    .v5, .toServer, "reserved connect flag", framed("10", "\"MQTT\" 05 03 0000 00 \"\""), .malformed,
    "Connect Flags", 9, "[MQTT-3.1.2-3]"),
  .bad(
    .v5, .toServer, "will QoS without will", framed("10", "\"MQTT\" 05 0A 0000 00 \"\""), .malformed,
    "Will QoS", 9, "[MQTT-3.1.2-11]"),
  .bad(
    .v3_1_1, .toServer, "will QoS without will", framed("10", "\"MQTT\" 04 0A 0000 \"\""), .malformed,
    "Will QoS", 9, "[MQTT-3.1.2-13]"),
  .bad(
    .v5, .toServer, "will QoS 3", framed("10", "\"MQTT\" 05 1E 0000 00 \"\" 00 \"w\" \"\""), .malformed,
    "Will QoS", 9, "[MQTT-3.1.2-12]"),
  .bad(
    .v3_1_1, .toServer, "will retain without will", framed("10", "\"MQTT\" 04 22 0000 \"\""), .malformed,
    "Will Retain", 9, "[MQTT-3.1.2-15]"),
  .bad(
    .v3_1_1, .toServer, "password without user", framed("10", "\"MQTT\" 04 42 0000 \"\" \"p\""), .malformed,
    "Password Flag", 9, "[MQTT-3.1.2-22]"),
  .bad(
    .v3_1_1, .toServer, "session of an empty client id", framed("10", "\"MQTT\" 04 00 0000 \"\""),
    .clientIdentifierNotValid, "Client Identifier", 12, "[MQTT-3.1.3-7]"),
  .bad(
    .v5, .toServer, "padded length", "10 8D00 \"MQTT\" 05 02 0000 00 \"\"", .malformed,
    "Remaining Length", 1, "[MQTT-1.5.5-1]"),
  .bad(
    .v5, .toServer, "will topic with wildcard",
    framed("10", "\"MQTT\" 05 06 0000 00 \"\" 00 \"a/#\" \"\""), .topicNameInvalid, "Will Topic", 20,
    "[MQTT-4.7.0-1]"),
  .bad(
    .v5, .toServer, "empty will topic", framed("10", "\"MQTT\" 05 06 0000 00 \"\" 00 \"\" \"\""),
    .topicNameInvalid, "Will Topic", 16, "[MQTT-4.7.3-1]"),
  .bad(
    .v5, .toServer, "announced will is missing", framed("10", "\"MQTT\" 05 06 0000 00 \"\""), .malformed,
    "Property Length", 15, "MQTT 5.0 1.5.5"),
  .bad(
    .v5, .toServer, "method missing", framed("10", "\"MQTT\" 05 02 0000 04 16\"d\" \"\""), .protocolError,
    "Authentication Data", 17, "MQTT 5.0 3.1.2.11.10"),
  .bad(
    .v5, .toServer, "client id is no UTF-8", framed("10", "\"MQTT\" 05 02 0000 00 0002 C080"), .malformed,
    "Client Identifier", 15, "[MQTT-1.5.4-1]"),
  .bad(
    .v3_1_1, .toServer, "bytes behind the last field", framed("10", "\"MQTT\" 04 02 0000 \"\" 00"),
    .malformed, "Remaining Length", 14, "MQTT 3.1.1 2.2.3"),
]

private let connAcks: [Vector] = [
  .good(.v3_1_1, .toClient, "accepted, session present", "20020100", .connAck(ConnAck(sessionPresent: true))),
  .good(
    .v3_1_1, .toClient, "not authorized", "20020005", .connAck(ConnAck(reasonCode: ReasonCode(rawValue: 5)))),
  .good(.v5, .toClient, "accepted", "2003000000", .connAck(ConnAck())),
  .good(
    .v5, .toClient, "accepted with limits",
    framed(
      "20",
      """
      01 00 43 1100000001 210001 2400 2501 2700000001 12"x" 22FFFF 1F"r" 26"k""v" 2800 2900 2A00 130000 \
      1A"i" 1C"s" 15"m" 16"d" 26"k""v"
      """),
    .connAck(
      ConnAck(
        sessionPresent: true,
        properties: [
          .sessionExpiryInterval(1), .receiveMaximum(1), .maximumQoS(0), .retainAvailable(true),
          .maximumPacketSize(1), .assignedClientIdentifier("x"), .topicAliasMaximum(65535),
          .reasonString("r"), .userProperty(name: "k", value: "v"), .wildcardSubscriptionAvailable(false),
          .subscriptionIdentifierAvailable(false), .sharedSubscriptionAvailable(false), .serverKeepAlive(0),
          .responseInformation("i"), .serverReference("s"), .authenticationMethod("m"),
          .authenticationData(ByteBuffer(string: "d")), .userProperty(name: "k", value: "v"),
        ]))),
  .good(
    .v5, .toClient, "not authorized", "2003008700", .connAck(ConnAck(reasonCode: .notAuthorized))),
  .bad(
    .v5, .toClient, "an older server refuses", "20020001", .connAckOfOtherVersion(code: 1),
    "Remaining Length", 1, "MQTT 5.0 2.1.4"),
  .bad(
    .v3_1_1, .toClient, "a newer server refuses", "2003008400", .connAckOfOtherVersion(code: 0x84),
    "Remaining Length", 1, "MQTT 3.1.1 2.2.3"),
  .bad(
    .v5, .toClient, "reserved acknowledge flags", "2003020000", .malformed, "Connect Acknowledge Flags", 2,
    "[MQTT-3.2.2-1]"),
  .bad(
    .v5, .toClient, "session present beside an error", "2003018700", .protocolError, "Session Present", 2,
    "[MQTT-3.2.2-6]"),
  .bad(
    .v3_1_1, .toClient, "session present beside an error", "20020102", .protocolError, "Session Present", 2,
    "[MQTT-3.2.2-4]"),
  .bad(
    .v5, .toClient, "code of DISCONNECT only", "2003008B00", .protocolError, "Reason Code", 3,
    "[MQTT-3.2.2-8]"),
  .bad(
    .v3_1_1, .toClient, "return code 6", "20020006", .protocolError, "Reason Code", 3, "MQTT 3.1.1 3.2.2.3"),
  .bad(.v3_1_1, .toClient, "one byte only", "200100", .malformed, "Reason Code", 3, "MQTT 3.1.1 1.5"),
]

private let endings: [Vector] = [
  .good(.v3_1_1, .toServer, "PINGREQ", "C000", .pingReq),
  .good(.v5, .toClient, "PINGRESP", "D000", .pingResp),
  .bad(.v5, .toClient, "PINGRESP with a body", "D00100", .malformed, "Remaining Length", 2, "MQTT 5.0 2.1.4"),
  .good(.v3_1_1, .toServer, "DISCONNECT", "E000", .disconnect(Disconnect())),
  .good(.v5, .toServer, "DISCONNECT", "E000", .disconnect(Disconnect())),
  .good(.v5, .toServer, "DISCONNECT with its code", "E00100", .disconnect(Disconnect()), lenient: true),
  .good(.v5, .toServer, "DISCONNECT in full", "E0020000", .disconnect(Disconnect()), lenient: true),
  .good(
    .v5, .toServer, "DISCONNECT with will", "E00104", .disconnect(Disconnect(.disconnectWithWillMessage))),
  .good(
    .v5, .toServer, "DISCONNECT ends the session", framed("E0", "00 05 1100000000"),
    .disconnect(Disconnect(.normalDisconnection, properties: [.sessionExpiryInterval(0)]))),
  .good(
    .v5, .toClient, "DISCONNECT to another server", framed("E0", "9C 0D 1C\"s\" 1F00011B 26\"\"\"\""),
    .disconnect(
      Disconnect(
        .useAnotherServer,
        properties: [.serverReference("s"), .reasonString("\u{1B}"), .userProperty(name: "", value: "")]))),
  .bad(.v5, .toClient, "code of nobody", "E001A5", .protocolError, "Reason Code", 2, "[MQTT-3.14.2-1]"),
  .bad(.v5, .toClient, "will from a server", "E00104", .protocolError, "Reason Code", 2, "[MQTT-3.14.2-1]"),
  .bad(.v5, .toServer, "takeover by a client", "E0018E", .protocolError, "Reason Code", 2, "[MQTT-3.14.2-1]"),
  .bad(
    .v5, .toClient, "session expiry from a server", framed("E0", "00 05 1100000000"), .protocolError,
    "Session Expiry Interval", 3, "[MQTT-3.14.2-2]"),
  .bad(
    .v3_1_1, .toServer, "DISCONNECT with a code", "E00100", .malformed, "Remaining Length", 2,
    "MQTT 3.1.1 2.2.3"),
]

private let auths: [Vector] = [
  .good(.v5, .toClient, "empty AUTH", "F000", .auth(Auth())),
  .good(
    .v5, .toServer, "AUTH goes on", framed("F0", "18 08 15\"m\" 16\"d\""),
    .auth(
      Auth(
        .continueAuthentication,
        properties: [.authenticationMethod("m"), .authenticationData(ByteBuffer(string: "d"))]))),
  .good(
    .v5, .toServer, "AUTH again", framed("F0", "19 04 15\"m\""),
    .auth(Auth(.reauthenticate, properties: [.authenticationMethod("m")]))),
  .bad(
    .v5, .toClient, "the server starts over", framed("F0", "19 04 15\"m\""), .protocolError, "Reason Code",
    2, "[MQTT-3.15.2-1]"),
  .bad(
    .v5, .toServer, "the client succeeds", framed("F0", "00 04 15\"m\""), .protocolError, "Reason Code", 2,
    "[MQTT-3.15.2-1]"),
  .bad(
    .v5, .toServer, "AUTH without method", framed("F0", "18 00"), .protocolError, "Authentication Method", 3,
    "MQTT 5.0 3.15.2.2.2"),
  .bad(
    .v5, .toServer, "AUTH cut after its code", "F00118", .malformed, "Property Length", 3, "MQTT 5.0 1.5.5"),
  .bad(.v3_1_1, .toServer, "AUTH", "F000", .malformed, "Packet Type", 0, "MQTT 3.1.1 2.2.1"),
]
