import MQTTPackets
import NIOCore

/// Reads a recording block by block. It keeps one block and, of a line that straddles blocks, its
/// beginning.
///
///     reader.feed(block)
///     while let entry = try reader.next() { … }
///     // at the end of the input
///     if let entry = try reader.finish() { … }
///
/// After an error there is nothing more to read.
package struct RecordingReader {
  /// Bytes of a line that holds the largest packet with every byte escaped (`\u0000`).
  package static let longestLine = 6 * 268_435_455 + 65_536

  /// The line that was read last; from 1, and 0 before the first.
  package private(set) var line: UInt64 = 0
  /// The number of messages that were read.
  package private(set) var messages: UInt64 = 0
  /// Whether the input ended in the middle of a line, which is left out.
  package private(set) var isCutOff = false

  private var splitter: LineSplitter
  private var time = WallTime(nanoseconds: 0)

  /// - Parameter lineLimit: the longest line in bytes.
  package init(lineLimit: Int = Self.longestLine) { splitter = LineSplitter(limit: lineLimit) }

  /// Gives the next block; `next` must have returned nil for the one before.
  package mutating func feed(_ block: ByteBuffer) { splitter.feed(block) }

  /// The next entry, or nil when the block has no whole line left. Empty lines are skipped.
  package mutating func next() throws(RecordingError) -> RecordingEntry? {
    while let text = try nextLine() {
      line += 1
      if let entry = try entry(text) { return entry }
    }
    return nil
  }

  /// What follows the last newline, at the end of the input: a record that lacks nothing but its newline
  /// is one, anything that merely begins like a record sets `isCutOff`.
  package mutating func finish() throws(RecordingError) -> RecordingEntry? {
    guard let rest = splitter.finish() else { return nil }
    line += 1
    do throws(RecordingError) {
      return try entry(rest)
    } catch {
      guard rest.readableBytesView.first == UInt8(ascii: "{") else { throw error }
      isCutOff = true
      return nil
    }
  }

  private mutating func nextLine() throws(RecordingError) -> ByteBuffer? {
    do throws(LineSplitter.LineTooLong) {
      return try splitter.next()
    } catch {
      throw RecordingError(line: line + 1, problem: "longer than any message can be")
    }
  }

  /// Nil for an empty line, and for what only people read.
  private mutating func entry(_ text: ByteBuffer) throws(RecordingError) -> RecordingEntry? {
    let record: RecordingLine?
    do throws(RecordingLine.Problem) {
      record = try RecordingLine(text)
    } catch {
      throw RecordingError(line: line, problem: error.words)
    }
    guard let record else { return nil }
    // Without a time of its own, it was when the one before was.
    time = record.time ?? time
    switch record.content {
    case .gap(let count, let reason): return .gap(RecordingGap(at: time, messages: count, reason: reason))
    case .wire(let record): return .wire(record)
    case .remarks(let lines): return .remarks(lines)
    case .trace: return nil
    case .message(let publish):
      messages += 1
      return .message(ReceivedMessage(publish, receivedAt: time, sequence: messages))
    }
  }
}
