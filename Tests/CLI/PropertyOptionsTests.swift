import MQTTPackets
import NIOCore
import Options
import Testing

@testable import CLI

struct PropertyOptionsTests {
  private func publish(_ words: [String]) throws -> PublishPlan {
    try PublishOptions.plan(try arguments(["-t", "a", "-m", "x"] + words, of: PublishOptions.definition))
  }

  private func properties(_ words: [String], of context: PropertyContext) throws -> [Property] {
    let command = context == .packet(.publish) ? PublishOptions.definition : SubscribeOptions.definition
    return try PropertyOptions.properties(of: context, try arguments(words, of: command)).elements
  }

  // MARK: - Every property of every packet

  struct Accepted: Sendable, CustomTestStringConvertible {
    var context: PropertyContext
    var words: [String]
    var property: Property

    init(_ context: PropertyContext, _ words: String, _ property: Property) {
      self.context = context
      self.words = words.split(separator: " ").map(String.init)
      self.property = property
    }

    var testDescription: String { words.joined(separator: " ") }
  }

  static let pair = Property.userProperty(name: "k", value: "v")

  static let accepted: [Accepted] = [
    Accepted(.packet(.connect), "connect session-expiry-interval 4294967295", .sessionExpiryInterval(.max)),
    Accepted(.packet(.connect), "connect receive-maximum 1", .receiveMaximum(1)),
    Accepted(.packet(.connect), "connect maximum-packet-size 1000", .maximumPacketSize(1000)),
    Accepted(.packet(.connect), "connect topic-alias-maximum 0", .topicAliasMaximum(0)),
    Accepted(.packet(.connect), "connect request-response-information 1", .requestResponseInformation(true)),
    Accepted(.packet(.connect), "connect request-problem-information 0", .requestProblemInformation(false)),
    Accepted(.packet(.connect), "connect authentication-method m", .authenticationMethod("m")),
    Accepted(
      .packet(.connect), "connect authentication-data d", .authenticationData(ByteBuffer(string: "d"))),
    Accepted(.packet(.connect), "connect user-property k v", pair),
    Accepted(.packet(.publish), "publish payload-format-indicator 1", .payloadFormatIndicator(1)),
    Accepted(.packet(.publish), "publish message-expiry-interval 0", .messageExpiryInterval(0)),
    Accepted(.packet(.publish), "publish content-type text/plain", .contentType("text/plain")),
    Accepted(.packet(.publish), "publish response-topic r", .responseTopic("r")),
    Accepted(.packet(.publish), "publish correlation-data c", .correlationData(ByteBuffer(string: "c"))),
    Accepted(.packet(.publish), "publish topic-alias 65535", .topicAlias(65_535)),
    Accepted(.packet(.publish), "publish user-property k v", pair),
    Accepted(.packet(.subscribe), "subscribe subscription-identifier 7", .subscriptionIdentifier(7)),
    Accepted(.packet(.subscribe), "subscribe user-property k v", pair),
    Accepted(.packet(.unsubscribe), "unsubscribe user-property k v", pair),
    Accepted(.packet(.disconnect), "disconnect session-expiry-interval 5", .sessionExpiryInterval(5)),
    Accepted(.packet(.disconnect), "disconnect reason-string why", .reasonString("why")),
    Accepted(.packet(.disconnect), "disconnect user-property k v", pair),
    Accepted(.will, "will will-delay-interval 9", .willDelayInterval(9)),
    Accepted(.will, "will payload-format-indicator 0", .payloadFormatIndicator(0)),
    Accepted(.will, "will message-expiry-interval 1", .messageExpiryInterval(1)),
    Accepted(.will, "will content-type t", .contentType("t")),
    Accepted(.will, "will response-topic r", .responseTopic("r")),
    Accepted(.will, "will correlation-data c", .correlationData(ByteBuffer(string: "c"))),
    Accepted(.will, "will user-property k v", pair),
  ]

  @Test(arguments: accepted)
  func isTakenForItsPacketAlone(_ example: Accepted) throws {
    let words = ["-D"] + example.words
    #expect(try properties(words, of: example.context) == [example.property])
    for other in Set(Self.accepted.map(\.context)) where other != example.context {
      #expect(try properties(words, of: other) == [])
    }
  }

  @Test func severalStandInTheirOrder() throws {
    let words = ["-D", "publish", "user-property", "k", "1", "--user-property", "k=2"]
    let plan = try publish(words + ["-D", "publish", "user-property", "k", "3", "-r"])
    #expect(plan.properties.userProperties.map(\.value) == ["2", "1", "3"])
    #expect(plan.retain, "what follows the fourth word of a user property is an option again")
  }

  @Test func namesMayLookLikeOptions() throws {
    let plan = try publish(["-D", "publish", "user-property", "-q", "--help"])
    #expect(plan.properties.elements == [.userProperty(name: "-q", value: "--help")])
  }

  @Test func eachPacketGetsItsOwn() throws {
    let words = "-t a -U b -D unsubscribe user-property k v -D disconnect reason-string s".split(
      separator: " ")
    let parsed = try arguments(words.map(String.init), of: SubscribeOptions.definition)
    let plan = try SubscribeOptions.plan(parsed)
    #expect(plan.unsubscribeProperties.elements == [Self.pair])
    #expect(plan.disconnectProperties.elements == [.reasonString("s")])
    #expect(plan.properties.isEmpty)
  }

  // MARK: - What is refused

  static let refused: [Refused] = [
    Refused(
      "-D", "publsh", "content-type", "x",
      line: "64 mqttws: usage: -D publsh content-type x: no packet is called 'publsh' — did you mean publish?"
    ),
    Refused(
      "-D", "publish", "contenttype", "x",
      line: "64 mqttws: usage: -D publish contenttype x: no property is called 'contenttype'"
        + " — did you mean content-type?"),
    Refused(
      "-D", "publish", "session-expiry-interval", "5",
      line: "64 mqttws: usage: -D publish session-expiry-interval 5: publish takes no Session Expiry Interval"
    ),
    Refused(
      "-D", "publish", "subscription-identifier", "5",
      line: "64 mqttws: usage: -D publish subscription-identifier 5: publish takes no Subscription Identifier"
    ),
    Refused(
      "-D", "subscribe", "user-property", "k", "v",
      line: "64 mqttws: usage: -D subscribe user-property k v: pub sends no SUBSCRIBE"
        + " — it takes connect, publish, disconnect, will"),
    Refused(
      "-D", "auth", "authentication-method", "x",
      line: "64 mqttws: usage: -D auth authentication-method x: pub sends no AUTH"),
    Refused(
      "-D", "connect", "assigned-client-identifier", "x",
      line: "64 mqttws: usage: -D connect assigned-client-identifier x: connect takes no Assigned Client"),
    Refused(
      "--content-type", "a", "-D", "publish", "content-type", "b",
      line: "64 mqttws: usage: PUBLISH takes one Content Type — it is given twice"),
    Refused(
      "--user-property", "k",
      line: "64 mqttws: usage: --user-property 'k' has no value — write it as NAME=VALUE"),
    Refused(
      "--message-expiry", "never",
      line: "64 mqttws: usage: --message-expiry 'never': Message Expiry Interval does not take this value"),
    Refused(
      "--response-topic", "a/#",
      line: "64 mqttws: usage: --response-topic 'a/#': Response Topic does not take this value"),
    Refused("-D", "publish", "user-property", "k", line: "64 mqttws: usage: -D needs a value"),
  ]

  @Test(arguments: refused)
  func refusals(_ example: Refused) throws {
    let line = try #require(
      failure(example.words) {
        _ = try publish(example.words)
        let parsed = try arguments(["-t", "a", "-m", "x"] + example.words, of: PublishOptions.definition)
        _ = try PropertyOptions.needs(parsed, highestQoS: .atMostOnce, reconnects: false)
      })
    #expect(line.hasPrefix(example.line), "\(line)")
  }

  @Test(arguments: [
    "connect receive-maximum 0", "connect receive-maximum 65536", "connect maximum-packet-size 0",
    "connect session-expiry-interval -1", "connect request-problem-information 2",
    "connect topic-alias-maximum x", "publish payload-format-indicator 2",
    "publish message-expiry-interval 4294967296", "publish topic-alias 0", "publish response-topic +",
    "subscribe subscription-identifier 0", "subscribe subscription-identifier 268435456",
    "will will-delay-interval 1s",
  ])
  func valuesThatThePropertyDoesNotTake(_ text: String) throws {
    let words = text.split(separator: " ").map(String.init)
    let contexts: [String: PropertyContext] = [
      "connect": .packet(.connect), "publish": .packet(.publish), "subscribe": .packet(.subscribe),
      "will": .will,
    ]
    let context = try #require(contexts[words[0]])
    let line = failure(words) { _ = try properties(["-D"] + words, of: context) }
    #expect(line?.contains("-D \(text): ") == true)
    #expect(line?.contains("does not take this value") == true)
  }

  @Test(arguments: [(65_535, true), (65_536, false)])
  func stringsHaveALengthOfTwoBytes(_ length: Int, _ fits: Bool) throws {
    let long = String(repeating: "x", count: length)
    for words in [
      ["--content-type", long], ["--correlation-data", long], ["--user-property", "\(long)=v"],
      ["-D", "publish", "user-property", "k", long],
    ] {
      if fits {
        #expect(try publish(words).properties.elements.count == 1)
      } else {
        let line = try #require(failure([words[0]]) { _ = try publish(words) })
        #expect(line.utf8.count < 300)
      }
    }
  }

  // MARK: - Versions

  @Test(arguments: [
    (["-t", "a"], String?.none), (["-t", "a", "--no-local"], "--no-local"),
    (["-t", "a", "--retain-as-published"], "--retain-as-published"),
    (["-t", "a", "--retain-handling", "new"], "--retain-handling"),
    (["-t", "a", "--subscription-identifier", "1"], "--subscription-identifier"),
    (["-t", "a", "-D", "connect", "user-property", "k", "v"], "-D"),
  ])
  func optionsThatOnlyMQTT5Knows(_ words: [String], _ spelling: String?) throws {
    let parsed = try arguments(words, of: SubscribeOptions.definition)
    #expect(PropertyOptions.firstOfVersion5(parsed)?.spelling == spelling)
  }
}
