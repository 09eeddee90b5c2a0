import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Text

/// What comes back, and what it tells.
extension LoadRun {
  // MARK: - Who hears whom

  /// What the receiver with that number subscribes to.
  func filters(of receiver: Int) -> [String] {
    let run = environment.run
    if receiver >= plan.subscribers {
      return [plan.topic.filter(run: run, client: plan.publishers + receiver - plan.subscribers)]
    }
    let everything = plan.topic.filter(run: run, client: nil)
    switch plan.routing {
    case .pairs: return [plan.topic.filter(run: run, client: receiver % max(plan.publishers, 1))]
    case .all: return [everything]
    case .shared: return ["$share/mqttws-\(LoadPlaceholders.hexadecimal(run))/\(everything)"]
    }
  }

  /// One list for each receiver, or for each group that shares: a tracker for each stream it hears.
  func makeTrackers() {
    guard plan.hasHeader else { return }
    let one = [SequenceTracker](repeating: SequenceTracker(), count: plan.topicsPerClient)
    let all = [SequenceTracker](repeating: SequenceTracker(), count: plan.streams)
    trackers = (0..<plan.receivers).map { receiver in
      if receiver >= plan.subscribers || plan.routing == .pairs { return one }
      return plan.routing == .shared && receiver > 0 ? [] : all
    }
  }

  /// Where the tracker of a message is; nil for one that this receiver should not have got.
  private func place(_ header: PayloadHeader, _ receiver: Int) -> (list: Int, index: Int)? {
    let (client, topic) = (Int(header.client), Int(header.topic))
    guard client < plan.senders, topic < plan.topicsPerClient else { return nil }
    if receiver >= plan.subscribers {
      return client == plan.publishers + receiver - plan.subscribers ? (receiver, topic) : nil
    }
    switch plan.routing {
    case .pairs: return client == receiver % max(plan.publishers, 1) ? (receiver, topic) : nil
    case .all: return (receiver, client * plan.topicsPerClient + topic)
    case .shared: return (0, client * plan.topicsPerClient + topic)
    }
  }

  // MARK: - Messages

  func received(_ payload: ByteBuffer, by client: LoadClient) {
    guard let receiver = client.receiver else { return }
    let now = self.now
    guard plan.hasHeader else {
      arrived += 1
      return count(payload, at: now)
    }
    guard let header = payload.withUnsafeReadableBytes({ PayloadHeader($0) }), header.run == environment.run,
      let place = place(header, receiver)
    else {
      counters.foreign += 1
      return
    }
    count(payload, at: now)
    switch trackers[place.list][place.index].record(header.sequence) {
    case .inOrder: arrived += 1
    case .reordered:
      arrived += 1
      // Among those who share, nobody promises an order.
      if plan.routing != .shared || receiver >= plan.subscribers { counters.reordered += 1 }
    case .duplicate: return counters.duplicates += 1
    case .late: counters.late += 1
    }
    if isMeasured(header.intended - loadStart) {
      corrected.record(now - header.intended)
      raw.record(now - header.actual)
    }
    heard(header, at: now)
    if phase == .draining { leaveSoonWhenComplete() }
  }

  private func count(_ payload: ByteBuffer, at now: Int64) {
    counters.received += 1
    counters.bytesReceived += UInt64(payload.readableBytes)
    lastReceived = now
    noteSilence(until: now)
  }

  /// The sender's window moves on.
  private func heard(_ header: PayloadHeader, at now: Int64) {
    guard plan.qos == 0 else { return }
    let index = Int(header.client)
    let client = clients[index < plan.publishers ? index : index + plan.subscribers]
    guard let sender = client.sender else { return }
    let number = header.sequence * UInt64(plan.topicsPerClient) + UInt64(header.topic) + 1
    guard number > sender.heard else { return }
    sender.heard = number
    sender.progressAt = now
    if sender.waitsForWindow { unblock(client, sender) }
  }

  private func unblock(_ client: LoadClient, _ sender: LoadSender) {
    guard !sender.isUnblocked else { return }
    sender.isUnblocked = true
    unblocked.append(client)
  }

  /// A PUBACK or PUBCOMP, or the news that there will be none.
  func finished(_ client: LoadClient, _ request: RequestID, _ outcome: PublishOutcome) {
    guard let sender = client.sender, let times = sender.open.removeValue(forKey: request.rawValue) else {
      if case .rejected = outcome { refused(client, "the server's limits rule the message out") }
      return
    }
    openCount -= 1
    let now = self.now
    switch outcome {
    case .acknowledged:
      counters.acknowledged += 1
      noteSilence(until: now)
      if isMeasured(times.intended - loadStart) {
        acknowledged.record(now - times.intended)
        rawAcknowledged.record(now - times.actual)
      }
    case .failed(let code, _):
      refused(client, code.name(in: .pubAck, version: .v5) ?? "code \(code.rawValue)")
    case .rejected: refused(client, "the server's limits rule the message out")
    case .unknown: refused(client, "the session was lost with the message in an unknown state")
    case .sent: break
    }
    sender.progressAt = now
    unblock(client, sender)
    if phase == .draining { leaveSoonWhenComplete() }
  }

  private func refused(_ client: LoadClient, _ cause: String) {
    counters.refused += 1
    if let sender = client.sender { counters.expected -= min(counters.expected, sender.audience) }
    countCause("a message was refused: \(cause)")
  }

  /// Not at once: the connection is in the midst of its input.
  private func leaveSoonWhenComplete() {
    guard isComplete else { return }
    eventLoop.assumeIsolated().execute { self.leaveWhenComplete() }
  }

  // MARK: - Stock

  func countLost() {
    guard plan.hasHeader, plan.receivers > 0, plan.senders > 0 else { return }
    counters.lost = counters.expected - min(counters.expected, arrived)
  }

  /// Something came back, or the load ends: was it quiet for long before?
  func noteSilence(until now: Int64) {
    defer { silence.since = now }
    guard phase == .loading || phase == .draining, now - silence.since > silence.length else { return }
    silence.length = now - silence.since
    silenceStart = silence.since
  }

  /// What stands behind the figures, in words.
  func explanations() -> [String] {
    var notes: [String] = []
    let gap = silence.length
    let isUsual = gap < 200_000_000 || Double(gap) < 20e9 / max(plan.totalRate ?? 1000, 0.001)
    if plan.senders > 0, counters.received + counters.acknowledged > 0, !isUsual {
      let start = HistogramLog.fixed(Double(silenceStart - loadStart) / 1e9)
      notes.append(
        "nothing came back for \(TimeText.of(UInt64(gap))) from \(start) s on: the broker, or the way to it, stalled"
      )
    }
    if counters.heldBack > 0 {
      notes.append(
        "\(Human.grouped(Int(clamping: counters.heldBack))) messages could not be sent when they were due: "
          + "corrected latency counts from then, raw latency from when they were sent")
    }
    if reopened > 0 {
      notes.append(
        "\(Human.plural(reopened, "time")) nothing of a full window came for 5 s: it was taken for lost, and the "
          + "load went on")
    }
    if !isPaced, plan.senders > 0 {
      notes.append(
        "no schedule: latency counts from sending, and a stall shows only in the messages that were under way"
      )
    }
    return notes
  }
}
