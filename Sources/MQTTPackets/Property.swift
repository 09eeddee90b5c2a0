import NIOCore

/// One MQTT 5.0 property with its value, section 2.2.2.2. Flags that the specification writes as a
/// byte of 0 or 1 are Bool.
package enum Property: Equatable, Sendable {
  case payloadFormatIndicator(UInt8)
  case messageExpiryInterval(UInt32)
  case contentType(String)
  case responseTopic(String)
  case correlationData(ByteBuffer)
  case subscriptionIdentifier(UInt32)
  case sessionExpiryInterval(UInt32)
  case assignedClientIdentifier(String)
  case serverKeepAlive(UInt16)
  case authenticationMethod(String)
  case authenticationData(ByteBuffer)
  case requestProblemInformation(Bool)
  case willDelayInterval(UInt32)
  case requestResponseInformation(Bool)
  case responseInformation(String)
  case serverReference(String)
  case reasonString(String)
  case receiveMaximum(UInt16)
  case topicAliasMaximum(UInt16)
  case topicAlias(UInt16)
  case maximumQoS(UInt8)
  case retainAvailable(Bool)
  case userProperty(name: String, value: String)
  case maximumPacketSize(UInt32)
  case wildcardSubscriptionAvailable(Bool)
  case subscriptionIdentifierAvailable(Bool)
  case sharedSubscriptionAvailable(Bool)
}

extension Property {
  /// Property Identifiers of section 2.2.2.2, table 2-4.
  package enum Identifier: UInt8, Sendable, CaseIterable {
    case payloadFormatIndicator = 0x01
    case messageExpiryInterval = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case subscriptionIdentifier = 0x0B
    case sessionExpiryInterval = 0x11
    case assignedClientIdentifier = 0x12
    case serverKeepAlive = 0x13
    case authenticationMethod = 0x15
    case authenticationData = 0x16
    case requestProblemInformation = 0x17
    case willDelayInterval = 0x18
    case requestResponseInformation = 0x19
    case responseInformation = 0x1A
    case serverReference = 0x1C
    case reasonString = 0x1F
    case receiveMaximum = 0x21
    case topicAliasMaximum = 0x22
    case topicAlias = 0x23
    case maximumQoS = 0x24
    case retainAvailable = 0x25
    case userProperty = 0x26
    case maximumPacketSize = 0x27
    case wildcardSubscriptionAvailable = 0x28
    case subscriptionIdentifierAvailable = 0x29
    case sharedSubscriptionAvailable = 0x2A

    /// The name as the specification writes it: `Session Expiry Interval`.
    package var name: String {
      switch self {
      case .payloadFormatIndicator: "Payload Format Indicator"
      case .messageExpiryInterval: "Message Expiry Interval"
      case .contentType: "Content Type"
      case .responseTopic: "Response Topic"
      case .correlationData: "Correlation Data"
      case .subscriptionIdentifier: "Subscription Identifier"
      case .sessionExpiryInterval: "Session Expiry Interval"
      case .assignedClientIdentifier: "Assigned Client Identifier"
      case .serverKeepAlive: "Server Keep Alive"
      case .authenticationMethod: "Authentication Method"
      case .authenticationData: "Authentication Data"
      case .requestProblemInformation: "Request Problem Information"
      case .willDelayInterval: "Will Delay Interval"
      case .requestResponseInformation: "Request Response Information"
      case .responseInformation: "Response Information"
      case .serverReference: "Server Reference"
      case .reasonString: "Reason String"
      case .receiveMaximum: "Receive Maximum"
      case .topicAliasMaximum: "Topic Alias Maximum"
      case .topicAlias: "Topic Alias"
      case .maximumQoS: "Maximum QoS"
      case .retainAvailable: "Retain Available"
      case .userProperty: "User Property"
      case .maximumPacketSize: "Maximum Packet Size"
      case .wildcardSubscriptionAvailable: "Wildcard Subscription Available"
      case .subscriptionIdentifierAvailable: "Subscription Identifier Available"
      case .sharedSubscriptionAvailable: "Shared Subscription Available"
      }
    }
  }

  package var identifier: Identifier {
    switch self {
    case .payloadFormatIndicator: .payloadFormatIndicator
    case .messageExpiryInterval: .messageExpiryInterval
    case .contentType: .contentType
    case .responseTopic: .responseTopic
    case .correlationData: .correlationData
    case .subscriptionIdentifier: .subscriptionIdentifier
    case .sessionExpiryInterval: .sessionExpiryInterval
    case .assignedClientIdentifier: .assignedClientIdentifier
    case .serverKeepAlive: .serverKeepAlive
    case .authenticationMethod: .authenticationMethod
    case .authenticationData: .authenticationData
    case .requestProblemInformation: .requestProblemInformation
    case .willDelayInterval: .willDelayInterval
    case .requestResponseInformation: .requestResponseInformation
    case .responseInformation: .responseInformation
    case .serverReference: .serverReference
    case .reasonString: .reasonString
    case .receiveMaximum: .receiveMaximum
    case .topicAliasMaximum: .topicAliasMaximum
    case .topicAlias: .topicAlias
    case .maximumQoS: .maximumQoS
    case .retainAvailable: .retainAvailable
    case .userProperty: .userProperty
    case .maximumPacketSize: .maximumPacketSize
    case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable
    case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable
    case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable
    }
  }
}
