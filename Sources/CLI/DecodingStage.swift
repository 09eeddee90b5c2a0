import Client
import MQTTPackets
import MQTTSession
import NIOCore

/// Stands between a connection and its subscriber, and passes each message on with what a command made of
/// its payload. What comes meanwhile waits, so that everything stays in order; when much waits, the
/// connection is not read.
///
/// Lives on the event loop; the command has a thread for each payload.
final class DecodingStage: ConnectionDelegate {
  private enum Item {
    case message(Publish, UInt64)
    case event(ConnectionEvent)
    case drained
  }

  /// Of payloads that wait, in bytes, and of messages.
  private static let bound = (bytes: 1 << 20, count: 1000)

  private let next: Subscriber
  private let connection: Connection
  private let command: PipedCommand
  /// Hears of the topic whose payload could not be decoded, and why. The message goes on as it came.
  private let onFailure: (String, String) -> Void
  private var queue = CircularBuffer<Item>()
  private var waitingBytes = 0
  private var isRunning = false
  private var isPaused = false

  init(
    _ command: PipedCommand, to next: Subscriber, of connection: Connection,
    onFailure: @escaping (String, String) -> Void
  ) {
    (self.command, self.next, self.connection, self.onFailure) = (command, next, connection, onFailure)
  }

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    guard !next.isEnding else { return }
    queue.append(.message(publish, sequence))
    waitingBytes += publish.message.payload.readableBytes
    if isFull {
      isPaused = true
      connection.pauseInput()
    }
    proceed()
  }

  func connectionDrainedInput(_ connection: Connection) {
    if queue.isEmpty { next.connectionDrainedInput(connection) } else { queue.append(.drained) }
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    next.connection(connection, finished: request, outcome)
  }

  func connectionCanSend(_ connection: Connection) { next.connectionCanSend(connection) }

  /// What ends or interrupts the messages comes after those before it.
  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .ended, .retrying, .connected:
      if next.isEnding { queue.removeAll() }
      queue.isEmpty ? next.connection(connection, event) : queue.append(.event(event))
    default: next.connection(connection, event)
    }
  }

  /// The first item stays in the queue until it has been passed on.
  private func proceed() {
    while !isRunning, let item = queue.first {
      switch item {
      case .message(let publish, let sequence):
        if next.isEnding || publish.message.payload.readableBytes == 0 {
          pass(publish, sequence)
        } else {
          run(publish, sequence)
        }
      case .event(let event):
        queue.removeFirst()
        next.connection(connection, event)
      case .drained:
        queue.removeFirst()
        next.connectionDrainedInput(connection)
      }
    }
  }

  private func run(_ publish: Publish, _ sequence: UInt64) {
    isRunning = true
    let loop = connection.eventLoop
    let bound = NIOLoopBound(self, eventLoop: loop)
    do throws(SystemError) {
      try BackgroundThread.start { [command] in
        let result = command.output(for: publish.message.payload)
        loop.execute { bound.value.decoded(publish, sequence, result) }
      }
    } catch {
      let failure = PipedCommand.Failure(text: "cannot be run: \(error.text)")
      loop.execute { bound.value.decoded(publish, sequence, .failure(failure)) }
    }
  }

  private func decoded(
    _ publish: Publish, _ sequence: UInt64, _ result: Result<[UInt8], PipedCommand.Failure>
  ) {
    isRunning = false
    // The end of the run may have emptied it.
    guard !queue.isEmpty else { return }
    var decoded = publish
    switch result {
    case .success(let bytes): decoded.message.payload = ByteBuffer(bytes: bytes)
    case .failure(let failure): onFailure(publish.message.topic, failure.text)
    }
    waitingBytes -= publish.message.payload.readableBytes
    pass(decoded, sequence)
    proceed()
  }

  private func pass(_ publish: Publish, _ sequence: UInt64) {
    queue.removeFirst()
    next.connection(connection, received: publish, sequence: sequence)
    if queue.isEmpty { next.connectionDrainedInput(connection) }
    if isPaused, !isFull {
      isPaused = false
      if !next.isPaused { connection.resumeInput() }
    }
  }

  private var isFull: Bool { waitingBytes >= Self.bound.bytes || queue.count >= Self.bound.count }
}
