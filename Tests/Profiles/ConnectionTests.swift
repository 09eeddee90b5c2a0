import Client
import MQTTPackets
import NIOCore
import Options
import Testing
import WebSocketTransport

@testable import Profiles

/// Always the same numbers.
private struct Countdown: RandomNumberGenerator {
  var value: UInt64 = 1
  mutating func next() -> UInt64 {
    value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return value
  }
}

private func connection(
  _ line: String, _ needs: ConnectionNeeds = ConnectionNeeds(), environment: [String: String] = [:]
) throws -> ConnectionSettings {
  var random = Countdown()
  let settings = try resolve(line, environment).connectionSettings(needs, random: &random)
  return try #require(settings)
}

@Suite struct ConnectionTests {
  @Test func defaultsAreTheDocumentedOnes() throws {
    let settings = try connection("ws://h")
    #expect(settings.session.version == .v5)
    #expect(settings.session.clientIdentifier.hasPrefix("mqttws-"))
    #expect(settings.session.clientIdentifier.count == 15)
    #expect(settings.session.cleanStart)
    #expect(settings.session.keepAlive == 30)
    #expect(settings.session.sessionExpiryInterval == nil)
    #expect(settings.session.will == nil)
    #expect(settings.transport.subprotocol == "mqtt")
    #expect(settings.transport.connectTimeout == .seconds(10))
    #expect(settings.transport.tls == TLSSettings())
    #expect(settings.reconnect == ReconnectPolicy(retries: .limited(0), reconnects: true))
  }

  typealias Session = (line: String, qos: QoS, reconnects: Bool, expiry: UInt32?, cleanStart: Bool)
  static let sessions: [Session] = [
    ("ws://h", .atLeastOnce, true, 3600, true),
    ("ws://h", .atLeastOnce, false, nil, true),
    ("ws://h --no-reconnect", .exactlyOnce, true, nil, true),
    ("ws://h -c -i a", .atMostOnce, true, .max, false),
    ("ws://h -c -i a -x 60", .atMostOnce, true, 60, false),
    ("ws://h -x 0", .exactlyOnce, true, 0, true),
    ("ws://h -x never", .atMostOnce, true, .max, true),
    ("ws://h -V 311", .exactlyOnce, true, nil, true),
    ("ws://h -V 311 -c -i a -x 5", .exactlyOnce, true, nil, false),
  ]

  @Test(arguments: sessions) func sessionsOutliveWhatTheyMust(_ session: Session) throws {
    let needs = ConnectionNeeds(highestQoS: session.qos, reconnects: session.reconnects)
    let made = try connection(session.line, needs).session
    #expect(made.sessionExpiryInterval == session.expiry)
    #expect(made.cleanStart == session.cleanStart)
  }

  static let identifiers: [(String, String)] = [
    ("-i fixed", "fixed"), ("-I ci-", "ci-********"), ("-i ci-{random}-x", "ci-********-x"),
    ("-i {random}{random}", "****************"),
  ]

  @Test(arguments: identifiers) func makesIdentifiers(_ line: String, _ pattern: String) throws {
    let identifier = try connection("ws://h " + line).session.clientIdentifier
    #expect(identifier.count == pattern.count)
    for (character, wanted) in zip(identifier, pattern) {
      #expect(wanted == "*" ? character.isLetter || character.isNumber : character == wanted)
    }
  }

  @Test func everythingArrives() throws {
    let line =
      "wss://h/x -u u --cafile ca --capath dir --cert c --key k --insecure --server-name n"
      + " --tls-version 1.2-1.3 --ciphers C --tls-ciphersuites S --tls-alpn a,b --keylog=log"
      + " --header X-A:1 --header Host:other --header Origin:o --subprotocol s --allow-no-subprotocol"
      + " --proxy http://pu:pp@p:3128 -6 -A ::1 --connect-timeout 3 --retry 2 --max-packet 1k"
      + " --receive-maximum 7 --topic-alias-maximum 8"
      + " --will-topic t --will-payload p --will-qos 1 --will-retain --will-delay 9"
    let settings = try connection(line)
    let transport = settings.transport
    var tls = TLSSettings()
    tls.cafile = "ca"
    tls.capath = "dir"
    tls.certificateFile = "c"
    tls.keyFile = "k"
    tls.verifiesPeer = false
    tls.serverName = "n"
    tls.minimumVersion = .v1_2
    tls.maximumVersion = .v1_3
    tls.ciphers = "C"
    tls.cipherSuites = "S"
    tls.alpn = ["a", "b"]
    tls.keyLogFile = "log"
    #expect(transport.tls == tls)
    #expect(transport.headers.fields == [HTTPHeader("X-A", "1")])
    #expect(transport.hostHeader == "other")
    #expect(transport.origin == "o")
    #expect(transport.subprotocol == "s")
    #expect(transport.allowsMissingSubprotocol)
    #expect(transport.proxy == ProxySettings(host: "p", port: 3128, username: "pu", password: "pp"))
    #expect(transport.addressFamily == .ipv6)
    #expect(transport.bindAddress == "::1")
    #expect(transport.connectTimeout == .seconds(3))
    #expect(settings.reconnect.retries == .limited(2))
    #expect(settings.session.maximumPacketSize == 1024)
    #expect(settings.session.receiveMaximum == 7)
    #expect(settings.session.topicAliasMaximum == 8)
    let will = Message(
      topic: "t", payload: ByteBuffer(string: "p"), qos: .atLeastOnce, retain: true,
      properties: [.willDelayInterval(9)])
    #expect(settings.session.will == will)
    #expect((settings.credentials as? SecretCredentials)?.username == "u")
  }

  @Test func keyLogNeedsItsFlag() throws {
    let environment = ["SSLKEYLOGFILE": "/tmp/keys"]
    #expect(try connection("wss://h", environment: environment).transport.tls.keyLogFile == nil)
    #expect(
      try connection("wss://h --keylog", environment: environment).transport.tls.keyLogFile == "/tmp/keys")
  }

  @Test func aWildcardInTheWillTopicIsAUsageError() throws {
    let settings = try resolve("ws://h --will-topic a/#")
    var random = Countdown()
    #expect(throws: UsageError("the will's topic 'a/#' contains a wildcard", argument: "a/#")) {
      try settings.connectionSettings(random: &random)
    }
  }

  @Test func theDemoHasNoSettingsWithoutItsAddress() throws {
    var random = Countdown()
    #expect(try resolve("@demo").connectionSettings(random: &random) == nil)
  }
}
