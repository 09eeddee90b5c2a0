import Text

extension LoadPlan {
  /// Why a plan cannot be carried out, and the nearest one that can.
  package struct Problem: Error, Equatable {
    package let reason: String
    package let hint: String
  }

  /// Sequence trackers that a run may have: 40 bytes each.
  private static let maximumTrackers = 4_000_000

  /// Throws the first thing that makes the plan impossible, whatever the machine.
  package func check() throws(Problem) {
    guard clients > 0 else {
      throw Problem(reason: "no clients at all", hint: "the smallest is --publishers 1")
    }
    guard connectRate > 0 else {
      throw Problem(reason: "--connect-rate 0 connects nobody", hint: "the smallest is 0.001")
    }
    guard duration != nil || messages != nil else {
      throw Problem(reason: "nothing ends the run", hint: "give --duration or --messages")
    }
    if let duration, duration <= .zero {
      throw Problem(reason: "--duration 0 measures nothing", hint: "the smallest is 1ms")
    }
    if let duration, warmUp + trim >= duration {
      throw Problem(
        reason: "--warmup and --trim leave nothing of \(Human.duration(duration))",
        hint: "together they must be shorter than --duration")
    }
    if senders > 0 { try checkSending() }
    try checkRouting()
  }

  private func checkSending() throws(Problem) {
    if let rate = totalRate, rate <= 0 {
      throw Problem(
        reason: "--rate 0 sends nothing", hint: "the smallest is 0.001, or leave out --publishers")
    }
    if case .closed(let window) = pacing, window < 1 { throw Self.noWindow }
    if case .open = pacing, case .fixed(let window) = window, window < 1 { throw Self.noWindow }
    if case .closed = pacing, qos == 0, !measuresLatency {
      throw Problem(
        reason: "a closed loop needs answers, and at QoS 0 with no subscriber there are none",
        hint: "add -q 1 or --subscribers 1")
    }
    if pacing == .flatOut, messages == nil, duration == nil {
      throw Problem(reason: "nothing ends the run", hint: "give --duration or --messages")
    }
    switch payload {
    case .bytes, .template: return
    case .fixed, .range: break
    }
    if hasHeader, payload.smallest < PayloadHeader.length {
      throw Problem(
        reason:
          "a payload of \(Human.plural(payload.smallest, "byte")) has no room for the header that latency"
          + " and loss are measured by",
        hint: "the smallest is --size \(PayloadHeader.length), or use --no-latency")
    }
  }

  private static let noWindow = Problem(reason: "--in-flight 0 sends nothing", hint: "the smallest is 1")

  private func checkRouting() throws(Problem) {
    let ownTopics = echoing > 0 || (routing == .pairs && subscribers > 0)
    if senders > 1, ownTopics, !topic.contains("client") {
      throw Problem(
        reason:
          "all publishers share the topic '\(topic.text)', and subscribers are to hear one of them each",
        hint: "put {client} into -t, or use --routing all")
    }
    if topicsPerClient > 1, !topic.contains("topic") {
      throw Problem(
        reason: "--topics \(topicsPerClient) with one topic '\(topic.text)'", hint: "put {topic} into -t")
    }
    if publishers == 0, subscribers > 0, echoing > 0, routing == .pairs {
      throw Problem(reason: "there is nobody for the subscribers to hear", hint: "use --routing all")
    }
    let lists = routing == .all ? subscribers : routing == .shared ? min(subscribers, 1) : 0
    if hasHeader, lists * streams > Self.maximumTrackers {
      let most = Self.maximumTrackers / max(streams, 1)
      throw Problem(
        reason:
          "\(Human.plural(subscribers, "subscriber")) that each follow \(Human.plural(streams, "stream"))"
          + " take too much memory",
        hint: most > 0 ? "the most is --subscribers \(most), or use --no-latency" : "use --no-latency")
    }
  }
}
