import MQTTPackets
import NIOCore
import Testing

@testable import TUI

/// What one list or pane selects, and what the others make of it.
@Suite struct SelectionTests {
  @Test func detailFollowsTheLogThatFollows() {
    var screen = Screen()
    screen.receive([("a", "one"), ("b", "two")])
    screen.press("2")
    #expect(screen.text.contains("two") && screen.model.workspace.selection.topic == "b")
    screen.receive([("c", "three")])
    #expect(screen.model.workspace.selection.topic == "c")
    // Browsing in detail must not be undone by the next message.
    screen.receive([("c", "four")])
    screen.press("[")
    #expect(screen.model.workspace.selection.message == 3)
    screen.receive([("d", "five")])
    #expect(screen.model.workspace.selection.message == 3)
    #expect(screen.text.contains("follow off"))
    screen.press("G")
    #expect(screen.model.workspace.selection.topic == "d")
    screen.press("1")
    #expect(screen.model.workspace.selection.topic == "a")
  }

  @Test func aBranchShowsTheNewestBelow() {
    var screen = Screen()
    screen.receive([("a/b", "one"), ("a/c", "two"), ("z", "three")])
    #expect(screen.text.contains("a/c · newest below"))
    #expect(screen.text.contains("two"))
    screen.receive([("a/b", "four")])
    #expect(screen.text.contains("a/b · newest below"))
  }

  @Test func theFormTakesTheSelectedMessageAlong() {
    var screen = Screen()
    screen.connect()
    let message = Message(
      topic: "plant/line1", payload: ByteBuffer(string: "{\"t\":1}"), qos: .atLeastOnce, retain: true,
      properties: [.payloadFormatIndicator(1), .contentType("application/json")])
    screen.receive(Publish(message: message, packetIdentifier: 1))
    screen.press("2 p Ctrl-S")
    guard case .publish(let request) = screen.commands.last else {
      Issue.record("nothing was published")
      return
    }
    // Retained it would outlive the message.
    var expected = message
    expected.retain = false
    #expect(request.message == expected)
  }

  @Test func aDraftThatIsReplacedIsInTheHistory() {
    var screen = Screen()
    screen.connect()
    screen.receive([("a", "one"), ("b", "two")])
    screen.press("5")
    screen.type("mine")
    screen.press("Esc p")
    #expect(screen.text.contains("Topic     a_"))
    screen.press("Esc j p")
    #expect(screen.text.contains("Topic     b_"))
    screen.press("PgUp")
    #expect(screen.text.contains("Topic     mine_"))
  }

  @Test func aPauseTellsWhatWasEvicted() {
    var screen = Screen(rows: 24, columns: 120)
    screen.model.workspace.store = Store(budget: MemoryBudget(total: 64 << 20))
    let payload = String(repeating: "x", count: 1000)
    func burst(_ screen: inout Screen, _ count: Int) {
      for _ in 0..<(count / 1000) { screen.receive((0..<1000).map { ("t/\($0 % 50)", payload) }) }
    }
    burst(&screen, 10_000)
    screen.press("2 Space")
    burst(&screen, 40_000)
    screen.press("\\")
    #expect(screen.text.contains("+40,000 behind · "), "\(screen.row(2))")
    #expect(screen.text.contains("evicted while paused"), "\(screen.row(2))")
    let store = screen.model.workspace.store
    #expect(store.evictedWhilePaused > 0 && store.evictedWhilePaused + store.shownCount == 10_000)
    screen.press("Space")
    #expect(!screen.text.contains("evicted while paused"))
  }

  @Test func marksAreKeptInOnePlace() {
    var screen = Screen()
    screen.receive([("a", "one"), ("b", "two")])
    screen.press("2 k m x")
    #expect(screen.model.workspace.store.kept.message(1) != nil)
    screen.press("j m x")
    #expect(screen.model.workspace.store.kept.message(1) == nil)
    #expect(screen.model.workspace.store.kept.message(2) != nil)
  }

  @Test func longNotesGoOnBelow() {
    var screen = Screen()
    let text = (0..<14).map { "word\($0)" }.joined(separator: " ")
    screen.send(.note(Note(.warning, text)))
    #expect(screen.row(19).contains("WARN  word0 word1"))
    #expect(screen.row(20).contains("word13"))
    screen.send(.note(Note(.information, "short")))
    #expect(screen.row(19).contains("short") || screen.row(21).contains("short"))
  }
}
