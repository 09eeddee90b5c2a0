import Glibc
import NIOCore

/// `%f` and `%d` of mosquitto_sub 2.1: a payload that is an IEEE 754 number in this machine's byte order.
extension MessageFormatter {
  func append(
    float payload: ByteBuffer, isDouble: Bool, _ layout: FormatTemplate.Layout, _ output: inout [UInt8]
  ) -> FormatProblem? {
    let value: Double? = payload.withUnsafeReadableBytes { bytes in
      switch (bytes.count, isDouble) {
      case (4, false): Double(bytes.loadUnaligned(as: Float.self))
      case (8, true): bytes.loadUnaligned(as: Double.self)
      default: nil
      }
    }
    guard let value else { return .payloadIsNoFloat }
    let pattern = layout.isLeftAligned ? "%-*.*f" : layout.isZeroPadded ? "%0*.*f" : "%*.*f"
    let arguments: [any CVarArg] = [CInt(layout.width), CInt(layout.precision ?? -1), value]
    var text = [CChar](repeating: 0, count: 400 + layout.width + (layout.precision ?? 6))
    let count = withVaList(arguments) { vsnprintf(&text, text.count, pattern, $0) }
    output.append(contentsOf: text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) })
    return nil
  }
}
