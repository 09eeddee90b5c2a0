import Client
import Glibc
import MQTTPackets
import NIOCore
import Presentation

/// What can go wrong with the source of payloads.
enum InputFailure: Error, Equatable {
  case read(String, SystemError)
  case lineTooLong(limit: Int, line: UInt64)
  case tooLarge(String, limit: Int)
  /// Nothing came where a payload was meant to come.
  case empty(String)
  /// A file that became shorter while it was sent; bytes that are missing.
  case cut(String, missing: Int)
  case badRecord(String, RecordingError)
}

/// Where `pub` takes its messages from, one after the other. Lives on the event loop.
protocol PublishInput: AnyObject {
  /// True once `next` will never give a message again.
  var isAtEnd: Bool { get }
  var failure: InputFailure? { get }
  /// When the next message is to go out; nil for at once, or when nothing is there.
  var due: NIODeadline? { get }

  /// The next message, or nil when none is there now. `plan` makes a message of a payload.
  func next(_ plan: PublishPlan) -> Message?

  /// The payload of the message that `next` gave last, when it is read while it is sent; it is empty then.
  var source: (any PayloadSource)? { get }
}

extension PublishInput {
  var source: (any PayloadSource)? { nil }
}

/// The same payload a number of times, with a delay in between.
final class RepeatedInput: PublishInput {
  private let payload: ByteBuffer
  private var left: Int
  private let delay: TimeAmount
  private let clock: () -> NIODeadline
  private var notBefore: NIODeadline?
  let failure: InputFailure? = nil

  init(_ payload: ByteBuffer, count: Int, delay: Duration = .zero, clock: @escaping () -> NIODeadline) {
    self.payload = payload
    left = count
    self.delay = TimeAmount(delay)
    self.clock = clock
  }

  var isAtEnd: Bool { left == 0 }

  var due: NIODeadline? {
    guard let notBefore, left > 0, notBefore > clock() else { return nil }
    return notBefore
  }

  func next(_ plan: PublishPlan) -> Message? {
    guard left > 0 else { return nil }
    left -= 1
    if delay > .zero { notBefore = clock() + delay }
    return plan.message(payload)
  }
}

/// Every line of a descriptor, as they arrive. At the end of the input, a last line without a newline is
/// a line too.
final class LineInput: PublishInput {
  private let name: String
  private var splitter: LineSplitter
  private var reader: InputReader?
  private var blocks = CircularBuffer<ByteBuffer>()
  private var isInBlock = false
  private var hasEnded = false
  private var lineNumber: UInt64 = 0
  private(set) var failure: InputFailure?
  let due: NIODeadline? = nil

  /// - Parameters:
  ///   - limit: the longest line in bytes.
  ///   - onChange: called on the loop when there is more, or an end, or a failure.
  init(
    _ name: String, descriptor: CInt, limit: Int, eventLoop: any EventLoop, onChange: @escaping () -> Void
  ) throws(SystemError) {
    self.name = name
    splitter = LineSplitter(limit: limit)
    let bound = NIOLoopBound((self, onChange), eventLoop: eventLoop)
    reader = try InputReader(descriptor: descriptor, eventLoop: eventLoop) { event in
      bound.value.0.receive(event)
      bound.value.1()
    }
  }

  var isAtEnd: Bool {
    failure != nil || (hasEnded && blocks.isEmpty && !isInBlock && !splitter.hasRest)
  }

  func next(_ plan: PublishPlan) -> Message? {
    guard let line = nextLine() else { return nil }
    return plan.message(line)
  }

  private func nextLine() -> ByteBuffer? {
    while failure == nil {
      if isInBlock {
        if let line = takeLine() { return line }
        isInBlock = false
        reader?.resume()
      } else if let block = blocks.popFirst() {
        splitter.feed(block)
        isInBlock = true
      } else {
        return hasEnded ? splitter.finish() : nil
      }
    }
    return nil
  }

  private func takeLine() -> ByteBuffer? {
    do {
      guard let line = try splitter.next() else { return nil }
      lineNumber += 1
      return line
    } catch {
      failure = .lineTooLong(limit: error.limit, line: lineNumber + 1)
      return nil
    }
  }

  private func receive(_ event: InputReader.Event) {
    switch event {
    case .block(let block): blocks.append(block)
    case .end: hasEnded = true
    case .failed(let error): failure = .read(name, error)
    }
  }
}
