import Presentation

/// The wall clock's time in one zone, as rows show it.
package struct TimeOfDay: Sendable {
  private let nanoseconds: Int64

  /// - Parameter offset: of the zone, in seconds east of UTC.
  package init(_ time: WallTime, offset: Int) {
    let day: Int64 = 86_400_000_000_000
    let (shifted, overflow) = time.nanoseconds.addingReportingOverflow(Int64(offset % 86_400) * 1_000_000_000)
    let rest = (overflow ? time.nanoseconds : shifted) % day
    nanoseconds = rest < 0 ? rest + day : rest
  }

  /// `14:02:11`
  package var seconds: String { text(digits: 0) }
  /// `14:02:11.482`
  package var milliseconds: String { text(digits: 3) }

  /// With up to nine digits of the second's fraction, rounded down.
  package func text(digits: Int) -> String {
    let second = Int(nanoseconds / 1_000_000_000)
    var bytes: [UInt8] = []
    for (value, separator) in [(second / 3600, 0x3A), (second / 60 % 60, 0x3A), (second % 60, 0)]
      as [(Int, UInt8)]
    {
      bytes.append(UInt8(0x30 + value / 10))
      bytes.append(UInt8(0x30 + value % 10))
      if separator > 0 { bytes.append(separator) }
    }
    guard digits > 0 else { return String(decoding: bytes, as: UTF8.self) }
    bytes.append(0x2E)
    var fraction = nanoseconds % 1_000_000_000
    for _ in 0..<min(digits, 9) {
      bytes.append(UInt8(0x30 + fraction / 100_000_000))
      fraction = fraction % 100_000_000 * 10
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
