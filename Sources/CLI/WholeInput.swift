import Glibc
import NIOCore

/// Reads a whole file or all of standard input into one payload.
enum WholeInput {
  enum Source: Equatable, Sendable {
    case standardInput
    case file(String)

    /// For messages.
    var name: String {
      switch self {
      case .standardInput: "standard input"
      case .file(let path): path
      }
    }
  }

  /// Opens and reads on a thread of its own: a named pipe blocks until somebody writes to it.
  /// - Parameters:
  ///   - limit: the most bytes that are taken.
  ///   - finish: called on the loop, once.
  static func read(
    _ source: Source, limit: Int, eventLoop: any EventLoop,
    finish: @escaping (Result<ByteBuffer, InputFailure>) -> Void
  ) throws(SystemError) {
    let bound = NIOLoopBound(finish, eventLoop: eventLoop)
    try BackgroundThread.start {
      let result: Result<ByteBuffer, InputFailure>
      do throws(InputFailure) {
        result = .success(try read(source, limit: limit))
      } catch {
        result = .failure(error)
      }
      eventLoop.execute { bound.value(result) }
    }
  }

  private static func read(_ source: Source, limit: Int) throws(InputFailure) -> ByteBuffer {
    switch source {
    case .standardInput:
      let payload = try read(STDIN_FILENO, name: source.name, limit: limit)
      // Most likely the command in front of the pipe failed; an empty payload can clear a retained message.
      if payload.readableBytes == 0 { throw .empty(source.name) }
      return payload
    case .file(let path):
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .read(path, SystemError(errno: errno, operation: "open")) }
      defer { close(descriptor) }
      return try read(descriptor, name: path, limit: limit)
    }
  }

  private static func read(
    _ descriptor: CInt, name: String, limit: Int
  ) throws(InputFailure) -> ByteBuffer {
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(clamping: status.st_size) : 0
    guard size <= limit else { throw .tooLarge(name, limit: limit) }
    // One byte more finds the end without growing.
    var payload = ByteBufferAllocator().buffer(capacity: max(size + 1, 4096))
    while true {
      let count: Int
      do throws(SystemError) {
        let room = max(payload.capacity - payload.writerIndex, 1)
        count = try readSome(descriptor, into: &payload, room: room)
      } catch {
        throw .read(name, error)
      }
      if count == 0 { return payload }
      guard payload.readableBytes <= limit else { throw .tooLarge(name, limit: limit) }
      if payload.writerIndex == payload.capacity { payload.reserveCapacity(payload.capacity * 2) }
    }
  }
}
