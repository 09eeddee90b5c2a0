import Glibc
import Text

/// Times of the wall clock as text. The broken-down time is computed once a second.
struct ClockText {
  private let zone: MessageLayout.TimeZone
  private var second: Int64?
  private var broken = tm()
  /// `2026-11-22T14:48:56`
  private var dateTime: [UInt8] = []
  /// `+0100`
  private var offset: [UInt8] = []

  init(_ zone: MessageLayout.TimeZone) { self.zone = zone }

  private mutating func update(_ time: WallTime) {
    let seconds = time.seconds
    guard seconds != second else { return }
    second = seconds
    var clock = time_t(seconds)
    switch zone {
    case .utc: gmtime_r(&clock, &broken)
    case .local: localtime_r(&clock, &broken)
    }
    dateTime.removeAll(keepingCapacity: true)
    let date = [(broken.tm_year + 1900, 4, 0x2D), (broken.tm_mon + 1, 2, 0x2D), (broken.tm_mday, 2, 0x54)]
    let time = [(broken.tm_hour, 2, 0x3A), (broken.tm_min, 2, 0x3A), (broken.tm_sec, 2, 0)]
    for (value, digits, separator) in date + time {
      dateTime.append(decimal: UInt(max(0, value)), digits: digits)
      if separator > 0 { dateTime.append(UInt8(separator)) }
    }
    let minutes = abs(broken.tm_gmtoff) / 60
    offset.removeAll(keepingCapacity: true)
    offset.append(broken.tm_gmtoff < 0 ? 0x2D : 0x2B)
    offset.append(decimal: UInt(minutes / 60), digits: 2)
    offset.append(decimal: UInt(minutes % 60), digits: 2)
  }

  /// `2026-11-22T14:48:56.195091+0100`
  mutating func appendMicroseconds(_ time: WallTime, _ output: inout [UInt8]) {
    update(time)
    output.append(contentsOf: dateTime)
    output.append(0x2E)
    output.append(decimal: UInt(time.subsecond / 1000), digits: 6)
    output.append(contentsOf: offset)
  }

  /// `2026-11-22T14:48:56.195091123+0100`
  mutating func appendNanoseconds(_ time: WallTime, _ output: inout [UInt8]) {
    update(time)
    output.append(contentsOf: dateTime)
    output.append(0x2E)
    output.append(decimal: UInt(time.subsecond), digits: 9)
    output.append(contentsOf: offset)
  }

  /// `2026-11-22T14:48:56+0100`
  mutating func appendSeconds(_ time: WallTime, _ output: inout [UInt8]) {
    update(time)
    output.append(contentsOf: dateTime)
    output.append(contentsOf: offset)
  }

  /// `14:48:56.195`
  mutating func appendTimeOfDay(_ time: WallTime, _ output: inout [UInt8]) {
    update(time)
    output.append(contentsOf: dateTime.suffix(8))
    output.append(0x2E)
    output.append(decimal: UInt(time.subsecond / 1_000_000), digits: 3)
  }

  /// What strftime(3) makes of one conversion character.
  mutating func append(conversion: UInt8, _ time: WallTime, _ output: inout [UInt8]) {
    update(time)
    let pattern: [CChar] = [0x25, CChar(bitPattern: conversion), 0]
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      guard let base = text.baseAddress else { return }
      let count = strftime(base, text.count, pattern, &broken)
      output.append(contentsOf: UnsafeRawBufferPointer(start: base, count: count))
    }
  }
}
