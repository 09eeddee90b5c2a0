import Glibc
import MQTTPackets
import NIOCore
import Presentation

/// The messages of a recording, each when it is due. Reads no further ahead than a few blocks.
///
/// Lives on the event loop.
final class ReplayInput: PublishInput {
  /// What the summary tells.
  struct Tally {
    var passes = 0
    var messages: UInt64 = 0
    var payloadBytes = 0
    var gaps = 0
    /// Messages that the gaps know to be missing.
    var missing: UInt64 = 0
    /// Messages whose properties MQTT 3.1.1 cannot carry.
    var withoutProperties: UInt64 = 0
    /// The whole records of a file that ends in the middle of one.
    var cutOffAfter: UInt64?
    var drift = ReplayDrift()
  }

  private struct Pending {
    var message: Message
    /// Nil where nothing is waited for.
    var due: Int64?
  }

  private let source: WholeInput.Source
  private let plan: ReplayPlan
  private let version: ProtocolVersion
  private let eventLoop: any EventLoop
  private let onChange: () -> Void
  private var onReady: (() -> Void)?

  private var descriptor: CInt = -1
  private var input: InputReader?
  private var blocks = CircularBuffer<ByteBuffer>()
  private var isInBlock = false
  private var hasPassEnded = false
  private var reader = RecordingReader()
  private var schedule: ReplaySchedule
  private var startedAt: NIODeadline?
  private var pending: Pending?
  private(set) var isAtEnd = false
  private(set) var failure: InputFailure?
  private(set) var tally = Tally()

  /// - Parameter onChange: called on the loop when there is more, or an end, or a failure.
  init(
    _ source: WholeInput.Source, _ plan: ReplayPlan, version: ProtocolVersion, eventLoop: any EventLoop,
    onChange: @escaping () -> Void
  ) {
    self.source = source
    self.plan = plan
    self.version = version
    self.eventLoop = eventLoop
    self.onChange = onChange
    schedule = ReplaySchedule(plan.speed)
  }

  /// Opens the recording, and calls `onReady` once it is known whether it begins well; at once for
  /// standard input, whose first message may take its time.
  func open(onReady: @escaping () -> Void) throws(SystemError) {
    guard case .file(let path) = source else {
      descriptor = STDIN_FILENO
      try startPass()
      return onReady()
    }
    self.onReady = onReady
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    try BackgroundThread.start { [eventLoop] in
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      let code = errno
      eventLoop.execute { bound.value.opened(descriptor, code) }
    }
  }

  private func opened(_ descriptor: CInt, _ code: CInt) {
    self.descriptor = descriptor
    do throws(SystemError) {
      guard descriptor >= 0 else { throw SystemError(errno: code, operation: "open") }
      if plan.passes != 1, lseek(descriptor, 0, SEEK_CUR) < 0 {
        throw SystemError(errno: errno, operation: "lseek")
      }
      try startPass()
    } catch {
      fail(.read(source.name, error))
      ready()
    }
  }

  private func startPass() throws(SystemError) {
    reader = RecordingReader()
    hasPassEnded = false
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    input = try InputReader(descriptor: descriptor, eventLoop: eventLoop) { bound.value.receive($0) }
  }

  private func receive(_ event: InputReader.Event) {
    switch event {
    case .block(let block): blocks.append(block)
    case .end: hasPassEnded = true
    case .failed(let error): fail(.read(source.name, error))
    }
    guard onReady != nil else { return onChange() }
    advance()
    if pending != nil || isAtEnd { ready() }
  }

  private func ready() {
    let onReady = onReady
    self.onReady = nil
    onReady?()
  }

  // MARK: - PublishInput

  var due: NIODeadline? {
    advance()
    guard let offset = pending?.due else { return nil }
    let due = start + .nanoseconds(offset)
    return due > eventLoop.now ? due : nil
  }

  func next(_ form: PublishPlan) -> Message? {
    advance()
    guard let pending else { return nil }
    self.pending = nil
    if let offset = pending.due {
      tally.drift.record((eventLoop.now - (start + .nanoseconds(offset))).nanoseconds)
    }
    tally.messages += 1
    tally.payloadBytes += pending.message.payload.readableBytes
    advance()
    return pending.message
  }

  /// The first message is due when it is first asked for.
  private var start: NIODeadline {
    if let startedAt { return startedAt }
    let now = eventLoop.now
    startedAt = now
    return now
  }

  // MARK: - Reading

  /// Goes on to the next message, as far as what was read allows.
  private func advance() {
    while pending == nil, !isAtEnd {
      do throws(RecordingError) {
        if isInBlock {
          if let entry = try reader.next() {
            try take(entry)
          } else {
            isInBlock = false
            input?.resume()
          }
        } else if let block = blocks.popFirst() {
          reader.feed(block)
          isInBlock = true
        } else if hasPassEnded {
          if let entry = try reader.finish() { try take(entry) }
          if pending == nil { endPass() }
        } else {
          return
        }
      } catch {
        fail(.badRecord(source.name, error))
      }
    }
  }

  private func take(_ entry: RecordingEntry) throws(RecordingError) {
    switch entry {
    case .wire, .remarks:
      throw RecordingError(line: reader.line, problem: "a bundle of doctor, which mqttws watch FILE shows")
    case .gap(let gap):
      tally.gaps += 1
      tally.missing += gap.messages ?? 0
    case .message(let recorded):
      var message = plan.message(recorded.publish.message)
      if version == .v3_1_1, !message.properties.isEmpty {
        message.properties = []
        tally.withoutProperties += 1
      }
      try check(message)
      pending = Pending(message: message, due: schedule.due(recorded.receivedAt))
    }
  }

  /// What can be recorded can be edited, and not everything can be sent.
  private func check(_ message: Message) throws(RecordingError) {
    do throws(TopicError) {
      try TopicName.validate(message.topic)
    } catch {
      throw RecordingError(line: reader.line, problem: "--remap makes a topic that \(error.reason.words)")
    }
    guard !message.properties.isEmpty else { return }
    var trial = Publish(message: message, packetIdentifier: message.qos == .atMostOnce ? nil : 1)
    trial.message.payload = ByteBuffer()
    do throws(EncodeError) {
      var bytes = ByteBuffer()
      try Packet.publish(trial).encode(version, into: &bytes)
    } catch {
      throw RecordingError(line: reader.line, problem: "\(error.field) \(error.detail)")
    }
  }

  private func endPass() {
    if reader.isCutOff { tally.cutOffAfter = reader.messages }
    tally.passes += 1
    let isLast = plan.passes.map { tally.passes >= $0 } ?? false
    // Nothing to replay is nothing to repeat.
    guard !isLast, reader.messages > 0 else {
      isAtEnd = true
      return
    }
    schedule.startNextPass()
    do throws(SystemError) {
      guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError(errno: errno, operation: "lseek") }
      try startPass()
    } catch {
      fail(.read(source.name, error))
    }
  }

  private func fail(_ failure: InputFailure) {
    self.failure = self.failure ?? failure
    pending = nil
    isAtEnd = true
  }
}
