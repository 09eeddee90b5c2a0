import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Synchronization
import TUI
import Text

extension WatchRecordingCommand {
  /// The thread that reads the file, as fast as the screen takes it.
  final class Reading: Sendable {
    private static let blockSize = 256 * 1024

    private let descriptor: CInt
    private let mailbox: WatchMailbox
    let room = Semaphore()
    let messages = Atomic(0)

    init(_ descriptor: CInt, _ mailbox: WatchMailbox) {
      self.descriptor = descriptor
      self.mailbox = mailbox
    }

    func run() {
      var reader = RecordingReader()
      var counters = TrafficCounters()
      var bundle = BundleReading()
      do throws(RecordingError) {
        while let block = readBlock() {
          reader.feed(block)
          while let entry = try reader.next() { take(entry, &counters, &bundle) }
          if !mailbox.messagesAdded(counters) { room.wait() }
        }
        if let entry = try reader.finish() { take(entry, &counters, &bundle) }
        _ = mailbox.messagesAdded(counters)
        let rest = reader.isCutOff ? "; the last line is cut off" : ""
        let count = Human.plural(messages.load(ordering: .relaxed), "message")
        mailbox.add(.note(Note(.information, "end of the recording: \(count)\(rest)")))
      } catch {
        mailbox.add(.note(Note(.error, "line \(error.line): \(error.problem)")))
      }
    }

    private func take(
      _ entry: RecordingEntry, _ counters: inout TrafficCounters, _ bundle: inout BundleReading
    ) {
      switch entry {
      case .remarks(let lines): for line in lines { mailbox.add(.note(Note(.information, line))) }
      case .wire(let record):
        guard let event = bundle.event(record) else { break }
        mailbox.add(wire: event)
        for publish in bundle.publishes(event) {
          let number = UInt64(messages.load(ordering: .relaxed)) + 1
          let message = ReceivedMessage(publish, receivedAt: record.at, sequence: number)
          take(.message(message), &counters, &bundle)
        }
      case .gap(let gap):
        let count = gap.messages.map { "\($0) messages are missing" } ?? "messages may be missing"
        mailbox.add(.note(Note(.warning, "\(count): \(gap.reason)")))
      case .message(let message):
        counters.messagesReceived += 1
        counters.payloadBytesReceived += UInt64(message.publish.message.payload.readableBytes)
        messages.add(1, ordering: .relaxed)
        _ = mailbox.add(
          message.publish, number: message.sequence, receivedAt: message.receivedAt, dropsWhenFull: false)
      }
    }

    /// Nil at the end, and when there is nothing to be had.
    private func readBlock() -> ByteBuffer? {
      var block = ByteBuffer()
      let count = block.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.blockSize) { buffer in
        var count = read(descriptor, buffer.baseAddress, buffer.count)
        while count < 0, errno == EINTR { count = read(descriptor, buffer.baseAddress, buffer.count) }
        return max(count, 0)
      }
      return count > 0 ? block : nil
    }
  }
}

/// Turns the events of a bundle into those of a connection, and finds the messages in them.
private struct BundleReading {
  private var reader = WireReader()
  private var items: [WireItem] = []
  private var shift: Int64?

  /// At the same place on this machine's clock; what is older than the machine is up keeps its distances.
  mutating func event(_ record: WireRecord) -> TraceEvent? {
    guard let kind = record.kind else { return nil }
    let shift = shift ?? Self.shift(record.at)
    self.shift = shift
    let time = record.at.nanoseconds.subtractingReportingOverflow(shift).partialValue
    return TraceEvent(time: MonotonicTime(nanoseconds: UInt64(clamping: time)), kind: kind)
  }

  private static func shift(_ first: WallTime) -> Int64 {
    let now = Int64(clamping: MonotonicTime.now.nanoseconds)
    return min(WallTime.now.nanoseconds &- now, first.nanoseconds)
  }

  mutating func publishes(_ event: TraceEvent) -> [Publish] {
    items.removeAll(keepingCapacity: true)
    reader.read(event, into: &items)
    return items.compactMap { item in
      guard case .packet(let packet) = item.kind, packet.direction == .received,
        case .publish(let publish)? = packet.packet
      else { return nil }
      return publish
    }
  }
}
