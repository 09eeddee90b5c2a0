import NIOCore
import Testing

@testable import Presentation

struct PayloadCoderTests {
  @Test(arguments: [MessageFormat.payload, .hex, .base64])
  func whatComesOutDoesNotDependOnTheCuts(_ format: MessageFormat) throws {
    for length in 1...12 {
      let payload = (0..<length).map { UInt8($0 * 37 & 0xFF) }
      var formatter = MessageFormatter(format)
      var whole: [UInt8] = []
      formatter.append(received(payload), to: &whole)
      for first in 0...length {
        for second in first...length {
          var coder = try #require(formatter.payloadCoder)
          var output: [UInt8] = []
          for part in [payload[..<first], payload[first..<second], payload[second...]] {
            Array(part).withUnsafeBytes { coder.append($0, to: &output) }
          }
          coder.finish(&output)
          formatter.appendEnd(to: &output)
          #expect(output == whole)
        }
      }
    }
  }

  @Test(arguments: [MessageFormat.payload, .hex, .base64])
  func whatStandsBeforeAPayloadIsTheSameInPieces(_ format: MessageFormat) throws {
    let layout = MessageLayout(showsTopic: true, timestamps: .delta, zone: .utc)
    var whole = MessageFormatter(format, layout: layout)
    var pieces = whole
    for seconds in 0..<3 as Range<Int64> {
      let message = received(
        "abcd".utf8, at: WallTime(nanoseconds: moment.nanoseconds + seconds * 1_000_000_007))
      var (expected, output): ([UInt8], [UInt8]) = ([], [])
      whole.append(message, to: &expected)
      pieces.appendBeginning(of: message.publish.message, receivedAt: message.receivedAt, to: &output)
      var coder = try #require(pieces.payloadCoder)
      message.publish.message.payload.withUnsafeReadableBytes { coder.append($0, to: &output) }
      coder.finish(&output)
      pieces.appendEnd(to: &output)
      #expect(output == expected)
    }
  }

  @Test func whatNeedsAllOfThePayloadHasNone() throws {
    #expect(MessageFormatter(.json).payloadCoder == nil)
    #expect(MessageFormatter(.pretty).payloadCoder == nil)
    #expect(MessageFormatter(.template(try FormatTemplate("%p"))).payloadCoder == nil)
    #expect(MessageFormatter(.payload, layout: MessageLayout(sanitises: true)).payloadCoder == nil)
  }
}
