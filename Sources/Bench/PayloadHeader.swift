/// The first bytes of a measured payload, little endian: a magic number, the run, the sender, its topic, the
/// number in that topic, and two instants of the system's monotonic clock in nanoseconds.
package struct PayloadHeader: Equatable, Sendable {
  package static let length = 40
  private static let magic: UInt32 = 0x3142_574D

  /// Messages of other runs on the same topics are told apart by it.
  package var run: UInt32
  package var client: UInt32
  package var topic: UInt32
  /// From 0 in each topic.
  package var sequence: UInt64
  /// When the schedule wanted it sent.
  package var intended: Int64
  /// When it was handed to the connection.
  package var actual: Int64

  package init(
    run: UInt32, client: UInt32, topic: UInt32, sequence: UInt64, intended: Int64, actual: Int64
  ) {
    self.run = run
    self.client = client
    self.topic = topic
    self.sequence = sequence
    self.intended = intended
    self.actual = actual
  }

  /// nil when the bytes are no header.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.length,
      UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == Self.magic
    else { return nil }
    run = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    client = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    topic = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    sequence = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    intended = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: Int64.self))
    actual = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 32, as: Int64.self))
  }

  /// `bytes` has room for `length` bytes, or nothing is written.
  package func write(to bytes: UnsafeMutableRawBufferPointer) {
    guard bytes.count >= Self.length else { return }
    bytes.storeBytes(of: Self.magic.littleEndian, as: UInt32.self)
    bytes.storeBytes(of: run.littleEndian, toByteOffset: 4, as: UInt32.self)
    bytes.storeBytes(of: client.littleEndian, toByteOffset: 8, as: UInt32.self)
    bytes.storeBytes(of: topic.littleEndian, toByteOffset: 12, as: UInt32.self)
    bytes.storeBytes(of: sequence.littleEndian, toByteOffset: 16, as: UInt64.self)
    bytes.storeBytes(of: intended.littleEndian, toByteOffset: 24, as: Int64.self)
    bytes.storeBytes(of: actual.littleEndian, toByteOffset: 32, as: Int64.self)
  }
}
