import Glibc

extension WallTime {
  /// `2026-11-22T14:48:56.195091+0000`
  package var iso8601: String {
    var clock = ClockText(.utc)
    var text: [UInt8] = []
    clock.appendMicroseconds(self, &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// `2026-11-22T14:48:56.195091+0100`, with any number of digits after the second or none, and an offset
  /// of `Z`, `+01:00` or `+0100`. Nil for anything else.
  init?(iso8601 text: String) {
    var scan = DigitScan(bytes: Array(text.utf8))
    guard let year = scan.number(4), scan.take("-"), let month = scan.number(2, 1...12), scan.take("-"),
      let day = scan.number(2, 1...31), scan.take("T"), let hour = scan.number(2, 0...23), scan.take(":"),
      let minute = scan.number(2, 0...59), scan.take(":"), let second = scan.number(2, 0...60),
      let fraction = scan.fraction(), let offset = scan.offset(), scan.isAtEnd
    else { return nil }
    var broken = tm()
    broken.tm_year = CInt(year - 1900)
    broken.tm_mon = CInt(month - 1)
    broken.tm_mday = CInt(day)
    broken.tm_hour = CInt(hour)
    broken.tm_min = CInt(minute)
    broken.tm_sec = CInt(second)
    let seconds = Int64(timegm(&broken)) - Int64(offset)
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflows, whole < Int64.max - 1_000_000_000 else { return nil }
    self.init(nanoseconds: whole + Int64(fraction))
  }
}

private struct DigitScan {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Exactly so many digits.
  mutating func number(_ digits: Int, _ range: ClosedRange<Int> = 0...9999) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return range.contains(value) ? value : nil
  }

  /// Nanoseconds; 0 where there is no point.
  mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    guard var value = digit() else { return nil }
    var digits = 1
    while let digit = digit() {
      if digits < 9 { (value, digits) = (value * 10 + digit, digits + 1) }
    }
    while digits < 9 { (value, digits) = (value * 10, digits + 1) }
    return value
  }

  /// Seconds east of Greenwich.
  mutating func offset() -> Int? {
    if take("Z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hours = number(2, 0...23) else { return nil }
    _ = take(":")
    guard let minutes = number(2, 0...59) else { return nil }
    return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
  }

  private mutating func digit() -> Int? {
    guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
    position += 1
    return Int(bytes[position - 1] - 0x30)
  }
}
