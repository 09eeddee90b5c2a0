import Expression
import MQTTPackets

/// What `sub` was asked to do, checked and complete.
struct SubscribePlan {
  var subscriptions: [Subscription] = []
  /// SUBSCRIBE properties of 5.0.
  var properties: Properties = []
  /// UNSUBSCRIBE and DISCONNECT properties of 5.0.
  var unsubscribeProperties: Properties = []
  var disconnectProperties: Properties = []
  /// Filters that a kept session may still hold and that are given up (`-U`).
  var unsubscribes: [String] = []
  /// Topics that are not printed (`-T`).
  var filteredOut: [TopicFilter] = []
  /// `--filter`: only messages that match all of them are printed.
  var filters: [Expression] = []
  /// What has to come; judged when the run ends.
  var expectations = Expectations.Plan()
  /// `--then`: a shell command for when every filter has its answer.
  var followUp: String?
  /// `-R`: retained messages are not printed.
  var hidesRetained = false
  /// `--retained-only`: the first message that is not retained ends the run.
  var retainedOnly = false
  /// `--remove-retained`: each retained message that arrives is cleared on the broker.
  var removesRetained = false
  /// `-C`: the run ends well after this many printed messages.
  var count: UInt64?
  /// `-E`: the run ends well once the broker has answered.
  var endsAfterSubscribing = false
  /// `-W`.
  var wait: Duration?
  /// `--require-all`: one denied filter is a failed check.
  var requiresAll = false

  /// Whether an expression looks into payloads as JSON.
  var readsJSON: Bool {
    (filters + expectations.matching + expectations.none).contains { $0.readsJSON }
  }
}
