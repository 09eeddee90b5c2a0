import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import TUI

@Suite struct PublishTests {
  private func form(_ fill: (inout Screen) -> Void) -> Screen {
    var screen = Screen()
    screen.connect()
    screen.press("p")
    fill(&screen)
    return screen
  }

  private func published(_ screen: Screen) -> [Message] {
    screen.commands.compactMap { if case .publish(let request) = $0 { request.message } else { nil } }
  }

  @Test func everyPropertyIsSent() throws {
    let screen = form { screen in
      screen.type("plant/set")
      screen.press("Tab 1 Tab Tab")
      screen.type("60")
      screen.press("Tab")
      screen.type("plant/answer")
      screen.press("Tab")
      screen.type("hex:0aff")
      screen.press("Tab")
      screen.type("application/json")
      screen.press("Tab")
      screen.type("a=1 ; b = x\\;y=z")
      screen.press("Tab Tab Tab")
      screen.type("7")
      screen.press("Tab Space Tab Tab")
      screen.type("{\"v\":1}")
      screen.press("Ctrl-S")
    }
    let message = try #require(published(screen).first)
    #expect(message.topic == "plant/set" && message.qos == .atLeastOnce && !message.retain)
    #expect(message.payload == ByteBuffer(string: "{\"v\":1}"))
    let properties = message.properties
    #expect(properties.payloadFormatIndicator == 1)
    #expect(properties.messageExpiryInterval == 60)
    #expect(properties.responseTopic == "plant/answer")
    #expect(properties.correlationData == ByteBuffer(bytes: [0x0A, 0xFF]))
    #expect(properties.contentType == "application/json")
    #expect(properties.topicAlias == 7)
    #expect(properties.userProperties.map(\.name) == ["a", "b"])
    #expect(properties.userProperties.map(\.value) == ["1", "x;y=z"])
    #expect(screen.text.contains("JSON ok"))
  }

  @Test func whatIsWrongIsNamedAndNotSent() {
    let screen = form { screen in
      screen.type("a/#")
      screen.press("Ctrl-S")
    }
    #expect(published(screen).isEmpty)
    #expect(screen.text.contains("the topic contains a wildcard"))
  }

  @Test func readOnlyPublishesNothing() {
    var screen = Screen(isReadOnly: true)
    screen.press("p")
    screen.type("a")
    screen.press("Ctrl-S")
    #expect(published(screen).isEmpty)
    #expect(screen.text.contains("--read-only"))
  }

  @Test func retainAsksOncePerTopic() {
    let screen = form { screen in
      screen.type("a")
      screen.press("Tab Tab Space Ctrl-S")
      #expect(screen.text.contains("RETAIN removes the stored message"))
      screen.press("n Ctrl-S y Ctrl-S")
    }
    #expect(published(screen).count == 2)
    #expect(published(screen).allSatisfy { $0.retain })
  }

  @Test func aSeriesKeepsItsPace() {
    var screen = form { screen in
      screen.type("a")
      for _ in 0..<8 { screen.press("Tab") }
      screen.type("3")
      screen.press("Tab")
      screen.type("100ms")
      screen.press("Ctrl-S")
    }
    #expect(published(screen).count == 1)
    let due = screen.time + Duration.milliseconds(100)
    #expect(screen.model.wakesAt == due)
    screen.pass(.milliseconds(99))
    #expect(published(screen).count == 1)
    screen.pass(.milliseconds(1))
    #expect(published(screen).count == 2)
    screen.pass(.seconds(50))
    #expect(published(screen).count == 3)
    #expect(screen.model.wakesAt == nil)
  }

  @Test func draftAndHistoryStay() {
    var screen = form { screen in
      screen.type("first")
      screen.press("Ctrl-S Ctrl-U")
      screen.type("second")
      screen.press("Esc 5")
    }
    #expect(screen.text.contains("second"))
    screen.press("PgUp")
    #expect(screen.text.contains("first"))
    screen.press("PgDn")
    #expect(screen.text.contains("second"))
  }

  @Test func theResultIsShown() {
    var screen = form { screen in
      screen.type("a")
      screen.press("Ctrl-S")
    }
    screen.send(
      .result(
        .published(
          identifier: 1, isSuccess: true, text: "pid 17  PUBACK 0x00 Success", after: .microseconds(4100))))
    #expect(screen.text.contains("Last: 14:02:11  pid 17  PUBACK 0x00 Success in 4.1ms"))
  }

  @Test func theEditorGivesThePayloadBack() {
    var screen = form { $0.press("Ctrl-E") }
    #expect(screen.commands == [.edit(bytes: [], purpose: .publishForm)])
    screen.send(.result(.edited(bytes: [0, 0xFF], purpose: .publishForm)))
    #expect(screen.text.contains("00 ff"))
    #expect(screen.text.contains(") hex"))
    screen.type("t")
    screen.press("Ctrl-S")
    #expect(published(screen).first?.payload == ByteBuffer(bytes: [0, 0xFF]))
  }

  @Test func aFileIsReadWhenItIsSent() {
    var screen = form { screen in
      screen.type("t")
      for _ in 0..<12 { screen.press("Tab") }
      screen.press("Right Right Tab")
      screen.type("/tmp/payload")
      screen.press("Ctrl-S")
    }
    #expect(screen.commands == [.readFile(path: "/tmp/payload")])
    screen.send(.result(.fileRead(path: "/tmp/payload", bytes: [1, 2])))
    #expect(published(screen).first?.payload == ByteBuffer(bytes: [1, 2]))
  }
}
