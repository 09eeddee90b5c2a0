import NIOCore

/// The properties of one packet, in wire order. An empty list costs no allocation.
package struct Properties: Equatable, Sendable, ExpressibleByArrayLiteral {
  package var elements: [Property]

  package init(_ elements: [Property] = []) { self.elements = elements }
  package init(arrayLiteral elements: Property...) { self.elements = elements }

  package var isEmpty: Bool { elements.isEmpty }

  package mutating func append(_ property: Property) { elements.append(property) }
}

extension Properties {
  /// The value that `value` takes out of the first property that has one.
  private func first<Value>(_ value: (Property) -> Value?) -> Value? {
    for element in elements { if let found = value(element) { return found } }
    return nil
  }

  package var payloadFormatIndicator: UInt8? {
    first { if case .payloadFormatIndicator(let value) = $0 { value } else { nil } }
  }
  /// Seconds.
  package var messageExpiryInterval: UInt32? {
    first { if case .messageExpiryInterval(let value) = $0 { value } else { nil } }
  }
  package var contentType: String? {
    first { if case .contentType(let value) = $0 { value } else { nil } }
  }
  package var responseTopic: String? {
    first { if case .responseTopic(let value) = $0 { value } else { nil } }
  }
  package var correlationData: ByteBuffer? {
    first { if case .correlationData(let value) = $0 { value } else { nil } }
  }
  /// All of them: a PUBLISH names each subscription that it matched.
  package var subscriptionIdentifiers: [UInt32] {
    elements.compactMap { if case .subscriptionIdentifier(let value) = $0 { value } else { nil } }
  }
  /// Seconds; 0xFFFF_FFFF never expires.
  package var sessionExpiryInterval: UInt32? {
    first { if case .sessionExpiryInterval(let value) = $0 { value } else { nil } }
  }
  package var assignedClientIdentifier: String? {
    first { if case .assignedClientIdentifier(let value) = $0 { value } else { nil } }
  }
  /// Seconds.
  package var serverKeepAlive: UInt16? {
    first { if case .serverKeepAlive(let value) = $0 { value } else { nil } }
  }
  package var authenticationMethod: String? {
    first { if case .authenticationMethod(let value) = $0 { value } else { nil } }
  }
  package var authenticationData: ByteBuffer? {
    first { if case .authenticationData(let value) = $0 { value } else { nil } }
  }
  /// Seconds.
  package var willDelayInterval: UInt32? {
    first { if case .willDelayInterval(let value) = $0 { value } else { nil } }
  }
  package var responseInformation: String? {
    first { if case .responseInformation(let value) = $0 { value } else { nil } }
  }
  package var serverReference: String? {
    first { if case .serverReference(let value) = $0 { value } else { nil } }
  }
  package var reasonString: String? {
    first { if case .reasonString(let value) = $0 { value } else { nil } }
  }
  package var receiveMaximum: UInt16? {
    first { if case .receiveMaximum(let value) = $0 { value } else { nil } }
  }
  package var topicAliasMaximum: UInt16? {
    first { if case .topicAliasMaximum(let value) = $0 { value } else { nil } }
  }
  package var topicAlias: UInt16? {
    first { if case .topicAlias(let value) = $0 { value } else { nil } }
  }
  package var maximumQoS: UInt8? {
    first { if case .maximumQoS(let value) = $0 { value } else { nil } }
  }
  package var retainAvailable: Bool? {
    first { if case .retainAvailable(let value) = $0 { value } else { nil } }
  }
  package var userProperties: [(name: String, value: String)] {
    elements.compactMap {
      if case .userProperty(let name, let value) = $0 { (name, value) } else { nil }
    }
  }
  package var maximumPacketSize: UInt32? {
    first { if case .maximumPacketSize(let value) = $0 { value } else { nil } }
  }
  package var wildcardSubscriptionAvailable: Bool? {
    first { if case .wildcardSubscriptionAvailable(let value) = $0 { value } else { nil } }
  }
  package var subscriptionIdentifierAvailable: Bool? {
    first { if case .subscriptionIdentifierAvailable(let value) = $0 { value } else { nil } }
  }
  package var sharedSubscriptionAvailable: Bool? {
    first { if case .sharedSubscriptionAvailable(let value) = $0 { value } else { nil } }
  }
}
