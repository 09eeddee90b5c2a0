import Presentation
import Testing

@testable import TUI

@Suite struct ExportTests {
  private func parts(_ screen: Screen) -> [ExportPart] {
    screen.commands.compactMap { if case .export(let part) = $0 { part } else { nil } }
  }

  private func text(_ screen: Screen) -> String {
    String(decoding: parts(screen).flatMap(\.bytes), as: UTF8.self)
  }

  @Test func whatPassesTheFilterIsWrittenAsARecording() throws {
    var screen = Plant(seconds: 10).screen
    screen.press("2 /")
    screen.type("topic matches \"plant/#\"")
    screen.press("Enter e")
    #expect(screen.text.contains("all 20 messages that pass"))
    screen.press("l")
    for _ in 0..<10 where screen.model.hasMoreWork { screen.pass(.milliseconds(10)) }
    let parts = parts(screen)
    #expect(parts.first?.isFirst == true && parts.last?.isLast == true)
    #expect(parts.last?.what == "20 messages" && parts.last?.suffix == "ndjson")
    var reader = RecordingReader()
    reader.feed(.init(bytes: parts.flatMap(\.bytes)))
    var topics: [String] = []
    while let entry = try reader.next() {
      if case .message(let message) = entry { topics.append(message.publish.message.topic) }
    }
    #expect(topics.count == 20 && Set(topics) == ["plant/line1/rpm", "plant/line1/temp"])
  }

  @Test func aLongListComesInParts() {
    var screen = Screen()
    screen.receive((0..<12_000).map { ("a/\($0 % 7)", "\($0)") })
    screen.press("2 e l")
    #expect(screen.model.hasMoreWork)
    for _ in 0..<100 where screen.model.hasMoreWork { screen.pass(.milliseconds(10)) }
    #expect(parts(screen).count > 2)
    #expect(parts(screen).filter(\.isLast).count == 1 && parts(screen).last?.what == "12,000 messages")
    #expect(text(screen).split(separator: "\n").count == 12_000)
  }

  @Test func aPayloadThatIsCutDoesNotPassForAWholeOne() {
    var screen = Screen()
    screen.receive([("a", "1"), ("b", String(repeating: "x", count: 70_000))])
    screen.press("2 e")
    #expect(!screen.text.contains("this message (NDJSON)") && screen.text.contains("head and tail"))
    screen.press("l")
    for _ in 0..<10 where screen.model.hasMoreWork { screen.pass(.milliseconds(10)) }
    #expect(text(screen).contains("\"gap\":{\"messages\":1"))
    #expect(parts(screen).last?.what == "1 message")
  }

  @Test func packetsBecomeACapture() {
    var screen = Plant(seconds: 4).screen
    screen.press("3 e p")
    for _ in 0..<10 where screen.model.hasMoreWork { screen.pass(.milliseconds(10)) }
    let bytes = parts(screen).flatMap(\.bytes)
    #expect(bytes.starts(with: CaptureEncoder.header))
    // CONNECT, CONNACK, and in each second five messages and an acknowledgement.
    #expect(parts(screen).last?.what == "26 packets" && parts(screen).last?.suffix == "pcapng")
  }

  @Test func thePaletteNamesTheFile() {
    var screen = Plant(seconds: 2).screen
    screen.press("2 :")
    screen.type("export /tmp/list.ndjson")
    screen.press("Enter l e r")
    #expect(parts(screen).map(\.path) == ["/tmp/list.ndjson", nil])
  }
}
