/// Masking of payloads, RFC 6455 5.3. The same operation masks and unmasks.
package enum FrameMask {
  /// XORs `bytes` with `key`, whose low byte is the first on the wire. `phase` is the place of the first
  /// byte in its frame's payload.
  package static func apply(_ key: UInt32, phase: Int = 0, to bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let turned = rotated(key, by: phase)
    let wide = (UInt64(turned) << 32 | UInt64(turned)).littleEndian
    let count = bytes.count
    var offset = 0
    while offset &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      base.storeBytes(of: word ^ wide, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    var rest = turned
    while offset < count {
      let byte = base.load(fromByteOffset: offset, as: UInt8.self)
      base.storeBytes(of: byte ^ UInt8(truncatingIfNeeded: rest), toByteOffset: offset, as: UInt8.self)
      rest = rest >> 8 | rest << 24
      offset &+= 1
    }
  }

  /// The key as it stands `count` bytes further on.
  @inlinable package static func rotated(_ key: UInt32, by count: Int) -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: count & 3) &* 8
    return bits == 0 ? key : key &>> bits | key &<< (32 &- bits)
  }
}
