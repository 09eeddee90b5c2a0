import Glibc
import NIOCore

/// Cuts a stream of blocks into lines. Pure; a line inside one block is a slice of it, without a copy.
package struct LineSplitter {
  /// A line was longer than `limit` bytes.
  package struct LineTooLong: Error, Equatable, Sendable {
    package let limit: Int
  }

  private var block = ByteBuffer()
  /// The beginning of a line whose end is in a later block.
  private var begun = ByteBuffer()
  private let limit: Int

  /// - Parameter limit: the longest line in bytes, without its newline.
  package init(limit: Int) { self.limit = limit }

  /// Gives the next block; the lines of the one before must have been taken.
  package mutating func feed(_ block: ByteBuffer) { self.block = block }

  /// The next whole line without its newline, or nil when the block has none left.
  package mutating func next() throws(LineTooLong) -> ByteBuffer? {
    guard let length = lengthOfLine() else {
      try keepRest()
      return nil
    }
    let line = block.readSlice(length: length) ?? ByteBuffer()
    block.moveReaderIndex(forwardBy: 1)
    guard begun.readableBytes > 0 else {
      if length > limit { throw LineTooLong(limit: limit) }
      return line
    }
    if begun.readableBytes + length > limit { throw LineTooLong(limit: limit) }
    begun.writeImmutableBuffer(line)
    defer { begun = ByteBuffer() }
    return begun
  }

  /// Whether bytes of an unfinished line are kept.
  package var hasRest: Bool { begun.readableBytes > 0 }

  /// What follows the last newline, at the end of the input; nil when there is nothing.
  package mutating func finish() -> ByteBuffer? {
    guard begun.readableBytes > 0 else { return nil }
    defer { begun = ByteBuffer() }
    return begun
  }

  private func lengthOfLine() -> Int? {
    block.withUnsafeReadableBytes { bytes -> Int? in
      guard let start = bytes.baseAddress, let newline = memchr(start, 0x0A, bytes.count) else { return nil }
      return newline - UnsafeMutableRawPointer(mutating: start)
    }
  }

  private mutating func keepRest() throws(LineTooLong) {
    if begun.readableBytes + block.readableBytes > limit { throw LineTooLong(limit: limit) }
    begun.writeBuffer(&block)
  }
}
