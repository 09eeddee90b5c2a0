import Client
import Glibc
import MQTTPackets
import NIOCore

/// A file as one message, which is read while it is sent. Lives on the event loop.
final class FileInput: PublishInput, PayloadSource {
  /// An open regular file of that many bytes.
  struct File: Sendable {
    let name: String
    let descriptor: CInt
    let length: Int
  }

  let length: Int
  var onMore: (() -> Void)?
  let due: NIODeadline? = nil
  private(set) var isAtEnd = false
  private(set) var failure: InputFailure?
  var source: (any PayloadSource)? { self }
  private let file: File
  /// Called when the file fails in the midst of its message.
  private let onFailure: () -> Void
  private var reader: InputReader?
  private var blocks = CircularBuffer<ByteBuffer>()
  /// Bytes that have not been read yet.
  private var left: Int

  init(_ file: File, eventLoop: any EventLoop, onFailure: @escaping () -> Void) throws(SystemError) {
    (self.file, self.onFailure, length, left) = (file, onFailure, file.length, file.length)
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    reader = try InputReader(descriptor: file.descriptor, eventLoop: eventLoop) { bound.value.receive($0) }
  }

  func next(_ plan: PublishPlan) -> Message? {
    guard !isAtEnd else { return nil }
    isAtEnd = true
    return plan.message(ByteBuffer())
  }

  func next() -> ByteBuffer? {
    guard let block = blocks.popFirst() else { return nil }
    reader?.resume()
    return block
  }

  private func receive(_ event: InputReader.Event) {
    guard left > 0 else { return }
    switch event {
    case .block(var block):
      // What was added meanwhile is not part of the message.
      guard let part = block.readSlice(length: min(left, block.readableBytes)) else { return }
      left -= part.readableBytes
      blocks.append(part)
      onMore?()
    case .end: fail(.cut(file.name, missing: left))
    case .failed(let error): fail(.read(file.name, error))
    }
  }

  private func fail(_ failure: InputFailure) {
    self.failure = failure
    onFailure()
  }
}
