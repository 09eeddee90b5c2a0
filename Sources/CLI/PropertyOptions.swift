import MQTTPackets
import NIOCore
import Options
import Profiles

/// MQTT 5 properties on the command line: mosquitto's `-D PACKET NAME VALUE`, and a flag for each
/// property of a published message.
enum PropertyOptions {
  static let publish: [OptionDefinition] = [
    OptionDefinition("content-type", .one("TEXT"), section: section, "Content Type"),
    OptionDefinition("response-topic", .one("TOPIC"), section: section, "Response Topic"),
    OptionDefinition("correlation-data", .one("TEXT"), section: section, "Correlation Data"),
    OptionDefinition(
      "message-expiry", .one("SECONDS"), section: section, "Message Expiry Interval",
      refusesOptionAsValue: true),
    OptionDefinition("utf8-payload", section: section, "mark the payload as UTF-8 text"),
    OptionDefinition(
      "user-property", .one("NAME=VALUE"), repeatable: true, section: section, "User Property"),
    property,
  ]

  static let subscribe: [OptionDefinition] = [property]

  private static let section = "MQTT 5 properties"

  private static let property = OptionDefinition(
    "property", letters: "D",
    .sequence(
      "PACKET NAME VALUE", wantsMore: { $0.count < (meansUserProperty($0.dropFirst().first) ? 4 : 3) }),
    repeatable: true, section: section, "any property of any packet, as mosquitto_pub -D",
    details: """
      PACKET is connect, publish, subscribe, unsubscribe, disconnect, auth or will; NAME is the property's \
      name in lower case with hyphens; user-property takes a name and a value.
      """,
    missingValueHint: "such as -D publish content-type text/plain; user-property takes a name and a value")

  /// Also when it is mistyped: its second value must not be taken for a target.
  private static func meansUserProperty(_ name: String?) -> Bool {
    guard let name, name != "user-property" else { return name != nil }
    return identifiers[name] == nil
      && NearestName.of(name, among: identifiers.keys.sorted()) == "user-property"
  }

  /// What a command needs of its connection, with the properties that the command line gives to CONNECT
  /// and to the will.
  static func needs(
    _ arguments: ParsedArguments, highestQoS: QoS, reconnects: Bool
  ) throws(CommandFailure) -> ConnectionNeeds {
    ConnectionNeeds(
      highestQoS: highestQoS, reconnects: reconnects,
      connectProperties: try properties(of: .packet(.connect), arguments),
      willProperties: try properties(of: .will, arguments))
  }

  /// Refuses properties of packets that the command never sends.
  static func check(
    _ arguments: ParsedArguments, of command: String, sends sent: [PropertyContext]
  ) throws(CommandFailure) {
    for occurrence in arguments.all("property") {
      let words = occurrence.values.map(\.text)
      guard words.count >= 3, let named = contexts[words[0]], !sent.contains(named) else { continue }
      let names = sent.map { $0.name.lowercased() }.joined(separator: ", ")
      throw .usage("\(text(of: words)): \(command) sends no \(named.name)", hint: "it takes \(names)")
    }
  }

  static func checkWill(
    _ properties: Properties, _ settings: ResolvedSettings
  ) throws(CommandFailure) {
    guard !properties.isEmpty, settings.text(.willTopic) == nil else { return }
    throw .usage("-D will means nothing without a will", hint: "add --will-topic")
  }

  static func firstOfVersion5(_ arguments: ParsedArguments, allowed: Set<String> = []) -> Occurrence? {
    let refused = version5.subtracting(allowed)
    return arguments.occurrences.first { refused.contains($0.option.name) && !$0.isNegated }
  }

  /// Refuses the options that only MQTT 5 knows, but for `allowed`.
  static func checkVersion3(
    _ arguments: ParsedArguments, origin: String, allowed: Set<String> = []
  ) throws(CommandFailure) {
    guard let occurrence = firstOfVersion5(arguments, allowed: allowed) else { return }
    throw .usage("\(occurrence.spelling) needs MQTT 5", hint: "the version 3.1.1 came from \(origin)")
  }

  private static let version5: Set<String> = Set(publish.map(\.name)).union([
    "no-local", "retain-as-published", "retain-handling", "subscription-identifier", "require-subscribers",
  ])

  /// The properties that the command line gives to one packet, in its order.
  static func properties(of context: PropertyContext, _ arguments: ParsedArguments) throws(CommandFailure)
    -> Properties
  {
    var properties = Properties()
    try appendFlags(arguments, of: context, to: &properties)
    for occurrence in arguments.all("property") {
      let words = occurrence.values.map(\.text)
      guard words.count >= 3 else { continue }
      let (named, identifier) = try property(words)
      guard named == context else { continue }
      guard let property = Property(identifier, Array(words[2...])) else {
        throw .usage("\(text(of: words)): \(identifier.name) does not take this value")
      }
      properties.append(property)
    }
    try checkRepeats(properties, in: context)
    return properties
  }

  private static func property(_ words: [String]) throws(CommandFailure)
    -> (PropertyContext, Property.Identifier)
  {
    guard let context = contexts[words[0]] else {
      let nearest = NearestName.of(words[0], among: contexts.keys.sorted())
      throw .usage(
        "\(text(of: words)): no packet is called '\(words[0])'", hint: nearest.map { "did you mean \($0)?" })
    }
    guard let identifier = identifiers[words[1]] else {
      let nearest = NearestName.of(words[1], among: identifiers.keys.sorted())
      throw .usage(
        "\(text(of: words)): no property is called '\(words[1])'",
        hint: nearest.map { "did you mean \($0)?" })
    }
    // In a PUBLISH it is the server's to set [MQTT-3.3.4-6].
    let isServers = context == .packet(.publish) && identifier == .subscriptionIdentifier
    guard PropertyRules.isAllowed(identifier, in: context), !isServers else {
      throw .usage("\(text(of: words)): \(words[0]) takes no \(identifier.name)")
    }
    return (context, identifier)
  }

  private static func checkRepeats(
    _ properties: Properties, in context: PropertyContext
  ) throws(CommandFailure) {
    var seen: Set<Property.Identifier> = []
    for identifier in properties.elements.map(\.identifier) where identifier != .userProperty {
      guard seen.insert(identifier).inserted else {
        throw .usage("\(context.name) takes one \(identifier.name)", hint: "it is given twice")
      }
    }
  }

  /// The beginning is enough to find it again.
  private static func text(of words: [String]) -> String {
    let text = "-D " + words.joined(separator: " ")
    return text.utf8.count <= 200 ? text : text.prefix(100) + "…"
  }

  /// Each property that has a flag of its own.
  private static let flags: [(flag: String, identifier: Property.Identifier, context: PropertyContext)] = [
    ("content-type", .contentType, .packet(.publish)),
    ("response-topic", .responseTopic, .packet(.publish)),
    ("correlation-data", .correlationData, .packet(.publish)),
    ("message-expiry", .messageExpiryInterval, .packet(.publish)),
    ("subscription-identifier", .subscriptionIdentifier, .packet(.subscribe)),
  ]

  private static func appendFlags(
    _ arguments: ParsedArguments, of context: PropertyContext, to properties: inout Properties
  ) throws(CommandFailure) {
    for (flag, identifier, itsContext) in flags where itsContext == context {
      guard let value = arguments.value(flag) else { continue }
      guard let property = Property(identifier, [value]) else {
        throw .usage("--\(flag) '\(value.prefix(100))': \(identifier.name) does not take this value")
      }
      properties.append(property)
    }
    guard context == .packet(.publish) else { return }
    if arguments.isOn("utf8-payload") { properties.append(.payloadFormatIndicator(1)) }
    for pair in arguments.values("user-property") {
      guard let equals = pair.firstIndex(of: "=") else {
        throw .usage("--user-property '\(pair.prefix(100))' has no value", hint: "write it as NAME=VALUE")
      }
      let words = [String(pair[..<equals]), String(pair[pair.index(after: equals)...])]
      guard let property = Property(.userProperty, words) else {
        throw .usage("--user-property '\(pair.prefix(100))': is too long")
      }
      properties.append(property)
    }
  }

  private static let contexts: [String: PropertyContext] = [
    "connect": .packet(.connect), "publish": .packet(.publish), "subscribe": .packet(.subscribe),
    "unsubscribe": .packet(.unsubscribe), "disconnect": .packet(.disconnect), "auth": .packet(.auth),
    "will": .will,
  ]

  /// By the specification's names in lower case with hyphens, which are mosquitto's.
  private static let identifiers: [String: Property.Identifier] = Dictionary(
    uniqueKeysWithValues: Property.Identifier.allCases.map {
      ($0.name.lowercased().split(separator: " ").joined(separator: "-"), $0)
    })
}

extension Property {
  /// From words of the command line; nil when they do not fit the property's type or range.
  fileprivate init?(_ identifier: Identifier, _ words: [String]) {
    // Strings and binary data have a length of two bytes [MQTT-1.5.4].
    guard words.allSatisfy({ $0.utf8.count <= UInt16.max }) else { return nil }
    let text = words[0]
    switch identifier {
    case .contentType: self = .contentType(text)
    case .responseTopic:
      guard (try? TopicName.validate(text)) != nil else { return nil }
      self = .responseTopic(text)
    case .correlationData: self = .correlationData(ByteBuffer(string: text))
    case .authenticationMethod: self = .authenticationMethod(text)
    case .authenticationData: self = .authenticationData(ByteBuffer(string: text))
    case .reasonString: self = .reasonString(text)
    case .userProperty:
      guard words.count == 2 else { return nil }
      self = .userProperty(name: text, value: words[1])
    default:
      guard let number = UInt32(text), let property = Property(identifier, number) else { return nil }
      self = property
    }
  }

  /// nil when the number is out of the property's range, and for what is no number or the server's alone.
  private init?(_ identifier: Identifier, _ number: UInt32) {
    switch (identifier, number) {
    case (.payloadFormatIndicator, 0...1): self = .payloadFormatIndicator(UInt8(number))
    case (.messageExpiryInterval, _): self = .messageExpiryInterval(number)
    case (.subscriptionIdentifier, 1...268_435_455): self = .subscriptionIdentifier(number)
    case (.sessionExpiryInterval, _): self = .sessionExpiryInterval(number)
    case (.requestProblemInformation, 0...1): self = .requestProblemInformation(number == 1)
    case (.requestResponseInformation, 0...1): self = .requestResponseInformation(number == 1)
    case (.willDelayInterval, _): self = .willDelayInterval(number)
    case (.receiveMaximum, 1...65_535): self = .receiveMaximum(UInt16(number))
    case (.topicAliasMaximum, 0...65_535): self = .topicAliasMaximum(UInt16(number))
    case (.topicAlias, 1...65_535): self = .topicAlias(UInt16(number))
    case (.maximumPacketSize, 1...): self = .maximumPacketSize(number)
    default: return nil
    }
  }
}
