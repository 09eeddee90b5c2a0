import Testing

@testable import Presentation

struct TimestampsTests {
  /// Nanoseconds after `moment` at which messages were read, and what is printed.
  struct Example: CustomTestStringConvertible {
    let timestamps: Timestamps
    var format = MessageFormat.payload
    var showsTopic = false
    var endsLines = true
    let payload: String
    let times: [Int64]
    let expected: String

    var testDescription: String { "\(timestamps) \(format) \(times) \(payload)" }
  }

  static let examples = [
    Example(
      timestamps: .iso, payload: "x", times: [0, 876_543_211],
      expected: "2026-11-22T14:48:56.123456789+0000 x\n2026-11-22T14:48:57.000000000+0000 x\n"),
    Example(
      timestamps: .relative, payload: "x", times: [0, 5, 2_000_000_005],
      expected: "0.000000000 x\n0.000000005 x\n2.000000005 x\n"),
    Example(
      timestamps: .delta, payload: "x", times: [0, 5, 2_000_000_005],
      expected: "0.000000000 x\n0.000000005 x\n2.000000000 x\n"),
    // The clock was set back.
    Example(
      timestamps: .delta, payload: "x", times: [0, -1_500_000_000],
      expected: "0.000000000 x\n-1.500000000 x\n"),
    Example(
      timestamps: .relative, showsTopic: true, payload: "x", times: [0, 123_456_000_000_000],
      expected: "0.000000000 a/b x\n123456.000000000 a/b x\n"),
    Example(timestamps: .relative, format: .hex, payload: "x", times: [0], expected: "0.000000000 78\n"),
    Example(timestamps: .relative, format: .base64, payload: "x", times: [0], expected: "0.000000000 eA==\n"),
    Example(timestamps: .relative, payload: "", times: [0], expected: "0.000000000 (null)\n"),
    Example(
      timestamps: .relative, showsTopic: true, payload: "", times: [0], expected: "0.000000000 a/b (null)\n"),
    Example(timestamps: .relative, endsLines: false, payload: "x", times: [0], expected: "0.000000000 x"),
    Example(timestamps: .relative, endsLines: false, payload: "", times: [0], expected: ""),
    Example(
      timestamps: .delta, format: .pretty, payload: "x", times: [0, 12_000_000_034],
      expected: "   0.000000000 a/b x\n  12.000000034 a/b x\n"),
    Example(
      timestamps: .iso, format: .pretty, payload: "x", times: [0],
      expected: "2026-11-22T14:48:56.123456789+0000 a/b x\n"),
  ]

  @Test(arguments: examples) func standBeforeEachMessage(_ example: Example) {
    let layout = MessageLayout(
      showsTopic: example.showsTopic, timestamps: example.timestamps, endsLines: example.endsLines, zone: .utc
    )
    var formatter = MessageFormatter(example.format, layout: layout)
    var output: [UInt8] = []
    for time in example.times {
      let readAt = WallTime(nanoseconds: moment.nanoseconds + time)
      formatter.append(received(example.payload.utf8, at: readAt), to: &output)
    }
    #expect(String(decoding: output, as: UTF8.self) == example.expected)
  }
}
