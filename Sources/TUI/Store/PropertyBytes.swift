import MQTTPackets
import NIOCore

/// The properties of a stored message as bytes: each an identifier and its value, in the wire's layout
/// (MQTT 5.0 section 2.2.2.2) with text lengths of four bytes.
enum PropertyBytes {
  /// Appends as many of the properties as fit in `limit` bytes.
  /// - Returns: whether that was all of them.
  static func append(_ properties: Properties, limit: Int, to bytes: inout [UInt8]) -> Bool {
    if properties.isEmpty { return true }
    let start = bytes.count
    for property in properties.elements {
      let end = bytes.count
      append(property, to: &bytes)
      if bytes.count - start > limit {
        bytes.removeLast(bytes.count - end)
        return false
      }
    }
    return true
  }

  private static func append(_ property: Property, to bytes: inout [UInt8]) {
    bytes.append(property.identifier.rawValue)
    switch property {
    case .payloadFormatIndicator(let value), .maximumQoS(let value): append(UInt32(value), &bytes)
    case .requestProblemInformation(let flag), .requestResponseInformation(let flag),
      .retainAvailable(let flag), .wildcardSubscriptionAvailable(let flag),
      .subscriptionIdentifierAvailable(let flag), .sharedSubscriptionAvailable(let flag):
      append(flag ? 1 : 0, &bytes)
    case .serverKeepAlive(let value), .receiveMaximum(let value), .topicAliasMaximum(let value),
      .topicAlias(let value):
      append(UInt32(value), &bytes)
    case .messageExpiryInterval(let value), .sessionExpiryInterval(let value),
      .willDelayInterval(let value), .maximumPacketSize(let value), .subscriptionIdentifier(let value):
      append(value, &bytes)
    case .correlationData(let data), .authenticationData(let data):
      append(UInt32(clamping: data.readableBytes), &bytes)
      data.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    case .contentType(let text), .responseTopic(let text), .assignedClientIdentifier(let text),
      .authenticationMethod(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      append(text, &bytes)
    case .userProperty(let name, let value):
      append(name, &bytes)
      append(value, &bytes)
    }
  }

  private static func append(_ value: UInt32, _ bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ text: String, _ bytes: inout [UInt8]) {
    append(UInt32(clamping: text.utf8.count), &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  /// What `append` wrote, without the properties that no PUBLISH has.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Properties {
    var properties = Properties()
    var position = 0
    while position < bytes.count, let property = next(bytes, &position) { properties.append(property) }
    return properties
  }

  private static func next(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Property? {
    guard let identifier = Property.Identifier(rawValue: bytes[position]) else { return nil }
    position += 1
    guard let head = integer(bytes, &position) else { return nil }
    switch identifier {
    case .payloadFormatIndicator: return .payloadFormatIndicator(UInt8(truncatingIfNeeded: head))
    case .messageExpiryInterval: return .messageExpiryInterval(head)
    case .subscriptionIdentifier: return .subscriptionIdentifier(head)
    case .topicAlias: return .topicAlias(UInt16(truncatingIfNeeded: head))
    case .contentType: return slice(bytes, Int(head), &position).map { .contentType(text($0)) }
    case .responseTopic: return slice(bytes, Int(head), &position).map { .responseTopic(text($0)) }
    case .correlationData:
      return slice(bytes, Int(head), &position).map { .correlationData(ByteBuffer(bytes: $0)) }
    case .userProperty:
      guard let name = slice(bytes, Int(head), &position), let length = integer(bytes, &position),
        let value = slice(bytes, Int(length), &position)
      else { return nil }
      return .userProperty(name: text(name), value: text(value))
    default: return nil
    }
  }

  private static func integer(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt32? {
    guard bytes.count - position >= 4 else { return nil }
    defer { position += 4 }
    return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  private static func slice(
    _ bytes: UnsafeRawBufferPointer, _ length: Int, _ position: inout Int
  ) -> UnsafeRawBufferPointer? {
    guard bytes.count - position >= length else { return nil }
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
