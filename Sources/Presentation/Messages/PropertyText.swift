import MQTTPackets
import NIOCore

/// Properties as text: the lower-case names that mosquitto's tools use, and values by shape.
enum PropertyText {
  enum Value {
    case number(UInt32)
    case text(String)
    case bytes(ByteBuffer)
    case pair(name: String, value: String)
  }

  static func appendKey(_ property: Property, _ output: inout [UInt8]) {
    output.append(ascii: key(property))
  }

  static func key(_ property: Property) -> StaticString {
    switch property {
    case .payloadFormatIndicator: "payload-format-indicator"
    case .messageExpiryInterval: "message-expiry-interval"
    case .contentType: "content-type"
    case .responseTopic: "response-topic"
    case .correlationData: "correlation-data"
    case .subscriptionIdentifier: "subscription-identifier"
    case .sessionExpiryInterval: "session-expiry-interval"
    case .assignedClientIdentifier: "assigned-client-identifier"
    case .serverKeepAlive: "server-keep-alive"
    case .authenticationMethod: "authentication-method"
    case .authenticationData: "authentication-data"
    case .requestProblemInformation: "request-problem-information"
    case .willDelayInterval: "will-delay-interval"
    case .requestResponseInformation: "request-response-information"
    case .responseInformation: "response-information"
    case .serverReference: "server-reference"
    case .reasonString: "reason-string"
    case .receiveMaximum: "receive-maximum"
    case .topicAliasMaximum: "topic-alias-maximum"
    case .topicAlias: "topic-alias"
    case .maximumQoS: "maximum-qos"
    case .retainAvailable: "retain-available"
    case .userProperty: "user-property"
    case .maximumPacketSize: "maximum-packet-size"
    case .wildcardSubscriptionAvailable: "wildcard-subscription-available"
    case .subscriptionIdentifierAvailable: "subscription-identifier-available"
    case .sharedSubscriptionAvailable: "shared-subscription-available"
    }
  }

  static func value(_ property: Property) -> Value {
    switch property {
    case .payloadFormatIndicator(let value), .maximumQoS(let value): .number(UInt32(value))
    case .messageExpiryInterval(let value), .subscriptionIdentifier(let value),
      .sessionExpiryInterval(let value), .willDelayInterval(let value), .maximumPacketSize(let value):
      .number(value)
    case .serverKeepAlive(let value), .receiveMaximum(let value), .topicAliasMaximum(let value),
      .topicAlias(let value):
      .number(UInt32(value))
    case .requestProblemInformation(let flag), .requestResponseInformation(let flag),
      .retainAvailable(let flag), .wildcardSubscriptionAvailable(let flag),
      .subscriptionIdentifierAvailable(let flag), .sharedSubscriptionAvailable(let flag):
      .number(flag ? 1 : 0)
    case .contentType(let text), .responseTopic(let text), .assignedClientIdentifier(let text),
      .authenticationMethod(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      .text(text)
    case .correlationData(let bytes), .authenticationData(let bytes): .bytes(bytes)
    case .userProperty(let name, let value): .pair(name: name, value: value)
    }
  }
}
