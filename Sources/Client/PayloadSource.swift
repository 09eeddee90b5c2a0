import NIOCore

/// A payload that is read while it is sent. Lives on the connection's event loop.
package protocol PayloadSource: AnyObject {
  /// Bytes in all. If fewer can be had, the source has to end the connection: nothing else can follow.
  var length: Int { get }

  /// The next bytes, never none and never more than `length` in all; nil while they are not there, and at the
  /// end.
  func next() -> ByteBuffer?

  /// To be called when `next` has more again.
  var onMore: (() -> Void)? { get set }
}
