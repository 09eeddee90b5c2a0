import Glibc
import MQTTPackets
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
      do throws(RecordingError) {
        while let block = readBlock() {
          reader.feed(block)
          while let entry = try reader.next() { take(entry, &counters) }
          if !mailbox.messagesAdded(counters) { room.wait() }
        }
        if let entry = try reader.finish() { take(entry, &counters) }
        _ = mailbox.messagesAdded(counters)
        let rest = reader.isCutOff ? "; the last line is cut off" : ""
        let count = Human.plural(Int(clamping: reader.messages), "message")
        mailbox.add(.note(Note(.information, "end of the recording: \(count)\(rest)")))
      } catch {
        mailbox.add(.note(Note(.error, "line \(error.line): \(error.problem)")))
      }
    }

    private func take(_ entry: RecordingEntry, _ counters: inout TrafficCounters) {
      switch entry {
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
