import Client
import MQTTPackets
import NIOCore
import Presentation

/// Large messages, which are in memory at most once. Those of QoS 0 are printed as they come, where the format
/// allows it and nothing has to look at the payload first; all others leave from where they were collected.
extension Subscriber: PayloadStream {
  /// Payloads from this size on are not copied whole, in bytes.
  static let largePayload = 256 * 1024

  /// A message on its way through.
  struct StreamedMessage {
    /// All but the payload.
    let message: Message
    let payloadLength: Int
    var printed = 0
    var coder: PayloadCoder
  }

  /// Whether payloads may be printed before they are there.
  var takesStreams: Bool {
    formatter.payloadCoder != nil && !isRecording && plan.filters.isEmpty && plan.expectations.isEmpty
      && !plan.readsJSON
  }

  /// Prints a whole message without copying its payload.
  func print(_ received: ReceivedMessage, _ coder: PayloadCoder) {
    let message = received.publish.message
    formatter.appendBeginning(of: message, receivedAt: received.receivedAt, to: &printed.bytes)
    var end: [UInt8] = []
    formatter.appendEnd(to: &end)
    printed.handOver(LargeOutput(payload: message.payload, coder: coder, end: end), of: received.sequence)
    pause()
  }

  func connection(
    _ connection: Connection, began publish: Publish, payloadLength: Int, sequence: UInt64
  ) {
    guard !isEnding, let coder = formatter.payloadCoder else { return }
    if plan.retainedOnly, !publish.message.retain { return end(.done) }
    lastSequence = sequence
    guard isWanted(publish, nil) else {
      tally.hidden += 1
      return
    }
    formatter.appendBeginning(
      of: publish.message, receivedAt: clock.time(ofReadAt: connection.batchTime), to: &printed.bytes)
    streamed = StreamedMessage(message: publish.message, payloadLength: payloadLength, coder: coder)
  }

  func connection(_ connection: Connection, continued part: ByteBuffer, left: Int) {
    guard streamed != nil else { return }
    streamed?.printed += part.readableBytes
    part.withUnsafeReadableBytes { streamed?.coder.append($0, to: &printed.bytes) }
    guard left == 0, let whole = streamed else { return handOverIfMuch() }
    endStreamed()
    hasPrinted(whole.message, payloadLength: whole.payloadLength)
  }

  /// The rest of a message will not come.
  func cutStreamed() {
    guard let cut = streamed else { return }
    endStreamed()
    notify(.cut(topic: cut.message.topic, printed: cut.printed, of: cut.payloadLength))
  }

  private func endStreamed() {
    streamed?.coder.finish(&printed.bytes)
    formatter.appendEnd(to: &printed.bytes)
    streamed = nil
  }
}
