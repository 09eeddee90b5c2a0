import MQTTSession
import Testing

@testable import Bench

/// The encodings were made by the PyPI package hdrhistogram 0.10.3 (with stored blocks), and so were the
/// percentiles: 50, 75, 90, 95, 99, 99.9, 99.99 and 100.
struct HistogramCodingTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var values: [(value: Int64, count: UInt64)]
    var encoding: String
    var percentiles: [UInt64]

    var testDescription: String { name }

    var histogram: LatencyHistogram {
      var histogram = LatencyHistogram()
      for (value, count) in values { histogram.record(UInt64(value), count: count) }
      return histogram
    }
  }

  static let vectors: [Vector] = [
    Vector(
      name: "nothing", values: [],
      encoding:
        "HISTFAAAADN4AQEoANf/HISTEwAAAAAAAAAAAAAAAwAAAAAAAAABAAADRjC4oAA/8AAAAAAAAE45BEs=",
      percentiles: [0, 0, 0, 0, 0, 0, 0, 0]),
    Vector(
      name: "a few",
      values: [1, 1, 2047, 2048, 2049, 1_000_000, 1_000_001, 1_000_000_000].map { ($0, 1) },
      encoding:
        "HISTFAAAAEF4AQE2AMn/HISTEwAAAA4AAAAAAAAAAwAAAAAAAAABAAADRjC4oAA/8AAAAAAAAAEE+R8CBL+OAQShnwECqLkIEQ==",
      percentiles: [2049, 1000447, 1000447, 1000341503, 1000341503, 1000341503, 1000341503, 1000341503]),
    Vector(
      name: "large counts", values: [(1000, 5_000_000_000), (12_345_678, 70_000)],
      encoding:
        "HISTFAAAAEB4AQE1AMr/HISTEwAAAA0AAAAAAAAAAwAAAAAAAAABAAADRjC4oAA/8AAAAAAAAM8PgMivoCXz1wHgxQi7Kgtq",
      percentiles: [1000, 1000, 1000, 1000, 1000, 1000, 1000, 12353535]),
  ]

  /// Of the values i * i * 7919 modulo an hour, for i from 1 to 399.
  static let spreadPercentiles: [UInt64] = [
    316932095, 708313087, 1020788735, 1137704959, 1236271103, 1261436927, 1261436927, 1261436927,
  ]

  @Test(arguments: vectors)
  func encodesAsOthersDo(_ vector: Vector) throws {
    #expect(vector.histogram.encoded() == vector.encoding)
    #expect(vector.histogram.percentiles([50, 75, 90, 95, 99, 99.9, 99.99, 100]) == vector.percentiles)
  }

  @Test(arguments: vectors)
  func readsWhatItWrote(_ vector: Vector) throws {
    let read = try LatencyHistogram(encoded: vector.encoding)
    #expect(read.encoded() == vector.encoding)
    #expect(read.count == vector.histogram.count)
    #expect(read.maximum == vector.histogram.maximum)
  }

  @Test func percentilesOfManyValuesAreThoseOfOthers() {
    var histogram = LatencyHistogram()
    for i in Int64(1)..<400 { histogram.record((i * i * 7919) % 3_600_000_000_000) }
    #expect(histogram.percentiles([50, 75, 90, 95, 99, 99.9, 99.99, 100]) == Self.spreadPercentiles)
  }

  @Test func shardsJoinToWhatOneWouldHaveRecorded() throws {
    var whole = LatencyHistogram()
    var shards = [LatencyHistogram](repeating: LatencyHistogram(), count: 4)
    var random = SeededRandom(seed: 1)
    for index in 0..<20_000 {
      let value = Int64(random.next() >> (20 + random.next() % 40))
      whole.record(value)
      shards[index % 4].record(value)
    }
    var joined = LatencyHistogram()
    for shard in shards { joined.add(try LatencyHistogram(encoded: shard.encoded())) }
    #expect(joined.encoded() == whole.encoded())
    let steps = stride(from: 0.5, through: 100, by: 0.5).map { $0 }
    #expect(joined.percentiles(steps) == whole.percentiles(steps))
  }

  @Test func encodingsBeyondOneBlockComeBack() throws {
    var histogram = LatencyHistogram()
    // Every count takes two bytes: more than the 65,535 of a stored block.
    for value in 0..<40_000 { histogram.record(UInt64(value) * 1001 + 1, count: UInt64(value % 8000) + 64) }
    for bucket in 0..<30 {
      for step in 1024..<2048 { histogram.record(UInt64(step) << bucket, count: 90_000) }
    }
    let encoded = histogram.encoded()
    #expect(encoded.utf8.count > 90_000)
    #expect(try LatencyHistogram(encoded: encoded).encoded() == encoded)
  }

  @Test(arguments: [
    "", "!", "SElTVEZB", "HISTFAAAADN4AQEoANf/HISTEwAAAAAAAAAAAAAAAwAAAAAAAAABAAADRjC4oAA/8AAAAAAAAE45BE4=",
    "HISTFAAAADN4AQEoANf/HISTEwAAAAAAAAAAAAAAAgAAAAAAAAABAAADRjC4oAA/8AAAAAAAAE45BEs=",
  ])
  func damageIsNoticed(_ text: String) {
    #expect(throws: LatencyHistogram.Unreadable.self) { try LatencyHistogram(encoded: text) }
  }

  @Test func everyTruncationIsNoticed() {
    let bytes = Array(Self.vectors[1].encoding.utf8)
    for count in stride(from: 0, to: bytes.count, by: 4) {
      let text = String(decoding: bytes.prefix(count), as: UTF8.self)
      #expect(throws: LatencyHistogram.Unreadable.self) { try LatencyHistogram(encoded: text) }
    }
  }

  @Test func countsDoNotOutgrowTheRange() {
    var histogram = LatencyHistogram()
    histogram.record(Int64.max)
    histogram.record(-5)
    #expect(histogram.count == 2)
    #expect(histogram.minimum == 0)
    #expect(histogram.maximum >= LatencyHistogram.highest)
  }

  @Test func logLinesAreThoseOfTheFormat() {
    var histogram = LatencyHistogram()
    histogram.record(2_000_000)
    let line = HistogramLog.line(histogram, tag: "raw", start: 1.5, length: 1)
    #expect(line.hasPrefix("Tag=raw,1.500,1.000,2.001,HISTFAAA"))
    #expect(HistogramLog.line(histogram, tag: nil, start: 0, length: 2).hasPrefix("0.000,2.000,2.001,HISTF"))
    let header = HistogramLog.header(version: "1", start: 1_500_000_000)
    #expect(header.contains("#[Histogram log format version 1.3]\n"))
    #expect(header.contains("#[StartTime: 1.500 (seconds since epoch)]\n"))
  }
}
