import Glibc
import NIOCore

/// Reads a whole file or all of standard input into one payload.
enum WholeInput {
  /// Regular files from this size on need not be read at once, in bytes.
  static let largeFile = 1024 * 1024

  enum Found: Sendable {
    case bytes(ByteBuffer)
    /// Open, at its beginning, and not read.
    case file(FileInput.File)
  }

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
  ///   - leavesLarge: a large regular file is only opened.
  ///   - finish: called on the loop, once.
  static func open(
    _ source: Source, limit: Int, leavesLarge: Bool, eventLoop: any EventLoop,
    finish: @escaping (Result<Found, InputFailure>) -> Void
  ) throws(SystemError) {
    let bound = NIOLoopBound(finish, eventLoop: eventLoop)
    try BackgroundThread.start {
      let result: Result<Found, InputFailure>
      do throws(InputFailure) {
        result = .success(try open(source, limit: limit, leavesLarge: leavesLarge))
      } catch {
        result = .failure(error)
      }
      eventLoop.execute { bound.value(result) }
    }
  }

  /// The same, for who needs the bytes.
  static func read(
    _ source: Source, limit: Int, eventLoop: any EventLoop,
    finish: @escaping (Result<ByteBuffer, InputFailure>) -> Void
  ) throws(SystemError) {
    try open(source, limit: limit, leavesLarge: false, eventLoop: eventLoop) { result in
      finish(result.map { if case .bytes(let bytes) = $0 { bytes } else { ByteBuffer() } })
    }
  }

  private static func open(
    _ source: Source, limit: Int, leavesLarge: Bool
  ) throws(InputFailure) -> Found {
    switch source {
    case .standardInput:
      let payload = try read(STDIN_FILENO, name: source.name, limit: limit)
      // Most likely the command in front of the pipe failed; an empty payload can clear a retained message.
      if payload.readableBytes == 0 { throw .empty(source.name) }
      return .bytes(payload)
    case .file(let path):
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .read(path, SystemError(errno: errno, operation: "open")) }
      var status = stat()
      if leavesLarge, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        (largeFile...max(limit, largeFile)).contains(Int(status.st_size))
      {
        return .file(FileInput.File(name: path, descriptor: descriptor, length: Int(status.st_size)))
      }
      defer { close(descriptor) }
      return .bytes(try read(descriptor, name: path, limit: limit))
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
