import NIOCore
import Text

/// What the messages carry behind their header.
package enum PayloadPlan: Equatable, Sendable {
  /// Bytes in all, header included.
  case fixed(Int)
  /// The same, evenly distributed.
  case range(ClosedRange<Int>)
  /// These bytes behind the header.
  case bytes([UInt8])
  /// This text behind the header, with ``LoadPlaceholders`` filled in for each message.
  case template(Template)

  /// The smallest payload that comes of it, without a header added.
  var smallest: Int {
    switch self {
    case .fixed(let size): size
    case .range(let sizes): sizes.lowerBound
    case .bytes(let bytes): bytes.count
    case .template: 0
    }
  }
}

/// Makes payloads: one buffer whose header changes from message to message, so that none is allocated
/// unless somebody keeps the one before.
struct PayloadMaker {
  private let sizes: ClosedRange<Int>
  private let hasHeader: Bool
  private let template: Template?
  private var whole: ByteBuffer

  init(_ plan: PayloadPlan, hasHeader: Bool) {
    self.hasHeader = hasHeader
    if case .template(let template) = plan { self.template = template } else { template = nil }
    switch plan {
    case .fixed(let size):
      sizes = size...size
      whole = Self.filler(size)
    case .range(let range):
      sizes = range
      whole = Self.filler(range.upperBound)
    case .bytes(let bytes):
      whole = hasHeader ? Self.filler(PayloadHeader.length) : ByteBuffer()
      whole.writeBytes(bytes)
      sizes = whole.readableBytes...whole.readableBytes
    case .template:
      whole = hasHeader ? Self.filler(PayloadHeader.length) : ByteBuffer()
      sizes = whole.readableBytes...whole.readableBytes
    }
  }

  /// Printable, so that a payload on a screen is harmless, and not one byte repeated.
  private static func filler(_ size: Int) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(size)
    for index in 0..<size { buffer.writeInteger(UInt8(ascii: "a") + UInt8(truncatingIfNeeded: index % 26)) }
    return buffer
  }

  /// - Parameters:
  ///   - values: looked at only when there is a template.
  ///   - random: 64 uniformly random bits, looked at only when sizes vary.
  mutating func payload(
    _ header: PayloadHeader, _ values: @autoclosure () -> LoadPlaceholders, random: @autoclosure () -> UInt64
  ) -> ByteBuffer {
    if hasHeader { whole.withUnsafeMutableReadableBytes { header.write(to: $0) } }
    if let template {
      let values = values()
      var payload = whole
      payload.writeString(template.text { values.value($0) })
      return payload
    }
    guard sizes.count > 1 else { return whole }
    let size =
      sizes.lowerBound + Int(random().multipliedFullWidth(by: UInt64(sizes.count)).high)
    return whole.getSlice(at: whole.readerIndex, length: size) ?? whole
  }
}
