import MQTTPackets
import NIOCore
import Testing

@testable import TUI

@Suite struct WirePaneTests {
  /// The Wire view with the newest frame selected, and the decoded pane focused.
  private static func decoded(_ fill: (inout Plant) -> Void = { _ in }) -> Screen {
    var plant = Plant(rows: 40, columns: 100, seconds: 2)
    fill(&plant)
    plant.screen.press("3 Tab")
    return plant.screen
  }

  @Test func framesAreNumberedOneByOne() {
    let screen = Self.decoded()
    let rows = screen.text.split(separator: "\n").filter { $0.contains("BIN fin") }
    let numbers = rows.compactMap { $0.dropFirst(2).split(separator: " ").first.flatMap { Int($0) } }
    #expect(numbers.count > 5)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 })
  }

  @Test func branchesFoldAndStayFolded() {
    var screen = Self.decoded { $0.deliver("a/b", "1", properties: [.contentType("text/plain")]) }
    #expect(screen.text.contains("▸ WebSocket  FIN=1 RSV=000 opcode=2 (binary) MASK=0 len="))
    #expect(screen.text.contains("▸ Fixed Header"))
    #expect(screen.text.contains("Content Type"))
    screen.press("l")
    #expect(screen.text.contains("▾ WebSocket") && screen.text.contains("Payload Length"))
    screen.press("Enter")
    #expect(screen.text.contains("▸ WebSocket"))
    screen.press("j j j j h")
    #expect(screen.text.contains("▸ Properties") && !screen.text.contains("Content Type"))
    // The same branch of another frame.
    screen.press("Tab Tab k k k j j j Tab")
    #expect(screen.text.contains("▸ Properties"))
    screen.press("h")
    #expect(screen.text.contains(">▾ MQTT 5.0 PUBLISH") || screen.text.contains("> ▸ MQTT 5.0 PUBLISH"))
  }

  @Test func fieldsAndBytesAreLinked() {
    var screen = Self.decoded { $0.deliver("a/b", "1") }
    screen.press("j j j")
    #expect(screen.text.contains("[00 03 61 2f  62]"))
    screen.press("Tab G")
    #expect(screen.model.workspace.selection.fieldBytes == 10..<11)
    let line = screen.text.split(separator: "\n").first { $0.hasPrefix(">") && $0.contains("Payload") }
    #expect(line != nil)
  }

  @Test func aFieldThatIsLookedAtKeepsItsFrame() {
    var plant = Plant(rows: 40, columns: 100, seconds: 2)
    plant.screen.press("3 Tab j")
    let frame = plant.screen.model.workspace.selection.frame
    plant.deliver("a/b", "1")
    #expect(plant.screen.model.workspace.selection.frame == frame)
    #expect(plant.screen.text.contains("follow off"))
    plant.screen.press("Tab Tab G")
    plant.deliver("a/b", "2")
    #expect(plant.screen.text.contains("follow on"))
    #expect(plant.screen.model.workspace.selection.frame != frame)
  }

  @Test func anExchangeIsWalkedBothWays() throws {
    var screen = Self.decoded()
    #expect(screen.text.contains("PUBACK"))
    let ack = try #require(screen.model.workspace.selection.frame)
    #expect(screen.text.contains("pid=4711 rc=0x00 Success"))
    screen.press("S-Tab Enter")
    #expect(screen.model.workspace.selection.frame == ack - 1)
    #expect(screen.text.contains("answer  PUBACK sent"))
    screen.press("Enter")
    #expect(screen.model.workspace.selection.frame == ack)
  }

  @Test func fragmentsTellWhatTheyArePartOf() {
    var screen = Self.decoded { $0.deliver("a/b", "0123456789", cutAt: [3, 6]) }
    #expect(screen.text.contains("fragment 1/3 of a packet"))
    #expect(screen.text.contains("fragment 2/3 of a packet"))
    #expect(screen.text.contains("in 3 frames"))
    screen.press("S-Tab k")
    #expect(screen.text.contains("of a packet that ends in frame"))
  }

  @Test func keysOfMasksAndSecretsAreTold() {
    var screen = Self.decoded { plant in
      plant.cross { wire in
        wire.send(.pingReq)
        var connect = Connect(version: .v5, clientIdentifier: "c")
        connect.username = "u"
        connect.password = Array("canary".utf8)
        wire.send(.connect(connect))
      }
    }
    #expect(screen.text.contains("key 9c41e07b"))
    screen.press("\\")
    #expect(screen.text.contains("********") && !screen.text.contains("canary"))
    #expect(!screen.text.contains("63 61 6e 61"))
    screen.press("e")
    screen.type("b")
    screen.press("y")
    screen.type("b")
    for command in screen.commands {
      switch command {
      case .export(let part): #expect(!String(decoding: part.bytes, as: UTF8.self).contains("canary"))
      case .copy(let bytes, _): #expect(!String(decoding: bytes, as: UTF8.self).contains("canary"))
      default: Issue.record("\(command)")
      }
    }
    #expect(screen.commands.count == 2)
  }

  @Test(arguments: [
    ("ws.opcode == 2 and dir == out", "CONNECT", "PUBLISH"), ("topic == \"a/b\"", "a/b", "plant"),
    ("type == puback", "PUBACK", "PUBLISH"), ("pid == 4711 and dir == in", "PUBLISH", "PUBACK"),
  ])
  func theFilterHoldsForFrames(_ filter: String, _ shown: String, _ hidden: String) {
    var plant = Plant(rows: 40, columns: 100, seconds: 2)
    plant.deliver("a/b", "1")
    plant.screen.press("3 /")
    plant.screen.type(filter)
    plant.screen.press("Enter \\")
    #expect(plant.screen.model.overlay == nil, "\(plant.screen.text)")
    let rows = plant.screen.text.split(separator: "\n").filter { $0.contains("BIN fin") }
    #expect(rows.contains { $0.contains(shown) }, "\(plant.screen.text)")
    #expect(!rows.contains { $0.contains(hidden) }, "\(plant.screen.text)")
    #expect(plant.screen.text.contains(" pass"))
  }

  @Test func aChosenMessageLeadsToItsFrame() {
    var plant = Plant(rows: 24, columns: 80, seconds: 10)
    plant.screen.press("2 k k k k 3")
    let screen = plant.screen
    #expect(screen.text.contains("follow off"))
    let topic = screen.model.workspace.selection.topic ?? ""
    let row = screen.text.split(separator: "\n").first { $0.hasPrefix(">") }
    #expect(row?.contains(topic) == true, "\(topic) in\n\(screen.text)")
    // Who only follows the log follows the wire as well.
    plant.screen.press("2 G 3 G 2")
    plant.deliver("a/b", "1")
    plant.screen.press("3")
    #expect(plant.screen.text.contains("follow on"))
  }

  @Test func theDashboardShowsTheFrameOfTheMessage() {
    var plant = Plant(rows: 40, columns: 140, seconds: 10)
    plant.screen.press("o g j j j j")
    #expect(plant.screen.text.contains("Topic Name  plant/line1/temp"), "\(plant.screen.text)")
    #expect(plant.screen.text.contains("answer  PUBACK sent"))
  }

  @Test func aPausedViewKeepsItsFrames() {
    var plant = Plant(rows: 24, columns: 80, seconds: 3)
    plant.screen.press("3 Space")
    let shown = plant.screen.model.workspace.store.shownWire.shown
    let rows = plant.screen.row(4)
    for index in 0..<50 { plant.deliver("a/\(index)", "1") }
    #expect(plant.screen.model.workspace.store.shownWire.shown == shown)
    #expect(plant.screen.row(4) == rows)
    plant.screen.press("Space")
    #expect(plant.screen.model.workspace.store.shownWire.shown.upperBound == shown.upperBound + 50)
  }
}
