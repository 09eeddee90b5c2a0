import MQTTPackets
import NIOCore

/// What `request` was asked to do, checked and complete.
struct RequestPlan {
  /// The request itself; its Response Topic and Correlation Data are those that were given.
  var publish: PublishPlan
  /// Answers to wait for.
  var count: UInt64 = 1
  var timeout = Duration.seconds(10)
  /// For the topic and the correlation data that nobody gave.
  var random: UInt64

  /// Whether the response topic is this run's own.
  var hasPrivateTopic: Bool { publish.properties.responseTopic == nil }

  /// What was given, else a topic of this run's own, below what the server's Response Information names if
  /// it has some.
  func responseTopic(_ information: String?) -> String {
    if let topic = publish.properties.responseTopic { return topic }
    guard let information, (try? TopicName.validate(information)) != nil else {
      return "mqttws/response/\(token)"
    }
    return information.hasSuffix("/") ? information + token : "\(information)/\(token)"
  }

  /// Gives the request what it lacks.
  func complete(_ request: inout Message, responseTopic: String) {
    if request.properties.responseTopic == nil { request.properties.append(.responseTopic(responseTopic)) }
    if request.properties.correlationData == nil {
      request.properties.append(.correlationData(ByteBuffer(string: token)))
    }
  }

  private var token: String {
    let digits = String(random, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
