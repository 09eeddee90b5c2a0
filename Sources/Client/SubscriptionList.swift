import MQTTPackets
import MQTTSession

/// The subscriptions that a run has, so that they can be asked for again when the server lost them. Pure.
struct SubscriptionList {
  struct Request {
    var id: RequestID
    var subscriptions: [Subscription]
    var properties: Properties
    /// Until it is, the session itself repeats the request.
    var isAnswered = false
  }

  private var requests: [Request] = []
  private var nextOwnID: UInt64 = 1 << 63

  /// A filter that is asked for again replaces its earlier request ([MQTT-3.8.4-3]).
  mutating func ask(_ subscriptions: [Subscription], properties: Properties, _ id: RequestID) {
    remove(subscriptions.map(\.filter))
    requests.append(Request(id: id, subscriptions: subscriptions, properties: properties))
  }

  mutating func remove(_ filters: [String]) {
    let filters = Set(filters.map(ExactText.init))
    for index in requests.indices {
      requests[index].subscriptions.removeAll { filters.contains(ExactText($0.filter)) }
    }
    requests.removeAll { $0.subscriptions.isEmpty }
  }

  mutating func remove(_ id: RequestID) { requests.removeAll { $0.id == id } }

  /// Forgets what the server denied.
  /// - Returns: whether this was a request of our own.
  mutating func answered(_ id: RequestID, _ subAck: SubAck, asked: [Subscription]) -> Bool {
    let denied = zip(asked, subAck.reasonCodes).filter { $1.isError }.map { ExactText($0.0.filter) }
    // Of this request only: a later one for the same filter has an answer of its own.
    for index in requests.indices where requests[index].id == id {
      requests[index].isAnswered = true
      requests[index].subscriptions.removeAll { denied.contains(ExactText($0.filter)) }
    }
    requests.removeAll { $0.subscriptions.isEmpty }
    return isOwn(id)
  }

  func isOwn(_ id: RequestID) -> Bool { id.rawValue >= 1 << 63 }

  /// What was granted before and has to be asked for again, with identifiers of our own.
  mutating func takeLost() -> [Request] {
    var lost: [Request] = []
    for index in requests.indices where requests[index].isAnswered {
      requests[index].id = RequestID(nextOwnID)
      requests[index].isAnswered = false
      nextOwnID += 1
      lost.append(requests[index])
    }
    return lost
  }
}
