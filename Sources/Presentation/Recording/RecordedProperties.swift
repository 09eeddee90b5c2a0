import MQTTPackets
import NIOCore
import Text

/// The `properties` of a recorded message, back from JSON.
enum RecordedProperties {
  typealias Problem = RecordingLine.Problem

  static func properties(_ value: JSONValue) throws(Problem) -> Properties {
    guard let members = value.members else { throw Problem("properties is no object") }
    var properties = Properties()
    for member in members where !member.key.hasSuffix("-encoding") {
      if member.key == "user-properties" {
        try appendUserProperties(member.value, to: &properties)
      } else {
        properties.append(try property(member, in: value))
      }
    }
    return properties
  }

  /// All subscription identifiers, where the first one stands.
  static func place(_ identifiers: [UInt32], in properties: inout Properties) {
    let isIdentifier: (Property) -> Bool = { $0.identifier == .subscriptionIdentifier }
    let index = properties.elements.firstIndex(where: isIdentifier) ?? 0
    properties.elements.removeAll(where: isIdentifier)
    properties.elements.insert(contentsOf: identifiers.map { .subscriptionIdentifier($0) }, at: index)
  }

  /// A list of objects, or one object as mosquitto_sub writes it.
  private static func appendUserProperties(
    _ value: JSONValue, to properties: inout Properties
  ) throws(Problem) {
    for object in value.array ?? [value] {
      guard let members = object.members else { throw Problem("user-properties is no list of objects") }
      for member in members {
        properties.append(.userProperty(name: member.key, value: try text(member)))
      }
    }
  }

  private static func property(
    _ member: JSONValue.Member, in object: JSONValue
  ) throws(Problem) -> Property {
    switch member.key {
    case "payload-format-indicator": return .payloadFormatIndicator(UInt8(try number(member, 0...1)))
    case "message-expiry-interval":
      return .messageExpiryInterval(UInt32(try number(member, 0...Int(UInt32.max))))
    case "subscription-identifier":
      return .subscriptionIdentifier(UInt32(try number(member, 1...268_435_455)))
    case "topic-alias": return .topicAlias(UInt16(try number(member, 1...65_535)))
    case "content-type": return .contentType(try text(member))
    case "response-topic": return .responseTopic(try text(member))
    case "correlation-data":
      return .correlationData(try bytes(member, encoding: object["correlation-data-encoding"]))
    default: throw Problem("a message has no property '\(member.key)'")
    }
  }

  private static func text(_ member: JSONValue.Member) throws(Problem) -> String {
    guard let text = member.value.string else { throw Problem("\(member.key) is no string") }
    guard text.utf8.count <= Int(UInt16.max) else { throw Problem("\(member.key) is too long") }
    return text
  }

  private static func bytes(
    _ member: JSONValue.Member, encoding: JSONValue?
  ) throws(Problem) -> ByteBuffer {
    guard let text = member.value.string else { throw Problem("\(member.key) is no string") }
    guard encoding?.string == "base64" else { return ByteBuffer(string: text) }
    guard let bytes = Base64.decode(text) else { throw Problem("\(member.key) is not base 64") }
    return ByteBuffer(bytes: bytes)
  }

  private static func number(
    _ member: JSONValue.Member, _ range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let number = member.value.integer, range.contains(number) else {
      throw Problem("\(member.key) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
