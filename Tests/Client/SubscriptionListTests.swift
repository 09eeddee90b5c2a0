import MQTTPackets
import MQTTSession
import Testing

@testable import Client

@Suite struct SubscriptionListTests {
  private var list = SubscriptionList()

  private mutating func ask(_ id: UInt64, _ filters: String..., properties: Properties = []) {
    list.ask(filters.map { Subscription($0) }, properties: properties, RequestID(id))
  }

  @discardableResult
  private mutating func answer(_ id: RequestID, _ asked: [String], _ codes: [UInt8]) -> Bool {
    list.answered(
      id, SubAck(1, codes.map { ReasonCode(rawValue: $0) }), asked: asked.map { Subscription($0) })
  }

  private mutating func lost() -> [[String]] { list.takeLost().map { $0.subscriptions.map(\.filter) } }

  @Test mutating func onlyAnsweredRequestsAreLost() {
    ask(1, "a")
    ask(2, "b", "c")
    #expect(lost() == [])
    #expect(!answer(RequestID(2), ["b", "c"], [0, 1]))
    #expect(lost() == [["b", "c"]])
  }

  @Test mutating func whatWasTakenWaitsForItsAnswer() throws {
    ask(1, "a", properties: [.subscriptionIdentifier(7)])
    answer(RequestID(1), ["a"], [0])
    let request = try #require(list.takeLost().first)
    #expect(list.isOwn(request.id))
    #expect(!list.isOwn(RequestID(1)))
    #expect(request.properties == [.subscriptionIdentifier(7)])
    #expect(lost() == [])
    #expect(answer(request.id, ["a"], [0]))
    #expect(lost() == [["a"]])
  }

  @Test mutating func ownIdentifiersDiffer() {
    ask(1, "a")
    ask(2, "b")
    answer(RequestID(1), ["a"], [0])
    answer(RequestID(2), ["b"], [0])
    #expect(Set(list.takeLost().map(\.id)).count == 2)
  }

  @Test mutating func deniedFiltersAreForgotten() {
    ask(1, "a", "b", "c")
    answer(RequestID(1), ["a", "b", "c"], [0, 0x87, 2])
    #expect(lost() == [["a", "c"]])
    ask(2, "d")
    answer(RequestID(2), ["d"], [0x80])
    #expect(lost() == [])
  }

  @Test mutating func unsubscribedFiltersAreForgotten() {
    ask(1, "a", "b")
    ask(2, "c")
    answer(RequestID(1), ["a", "b"], [0, 0])
    answer(RequestID(2), ["c"], [0])
    list.remove(["a", "c", "other"])
    #expect(lost() == [["b"]])
  }

  @Test mutating func theLastRequestForAFilterCounts() {
    ask(1, "a", "b")
    answer(RequestID(1), ["a", "b"], [0, 0])
    ask(2, "a")
    #expect(lost() == [["b"]])
    answer(RequestID(2), ["a"], [1])
    #expect(lost() == [["a"]])
  }

  @Test mutating func aLateDenialIsOfItsOwnRequest() {
    ask(1, "a")
    ask(2, "a")
    answer(RequestID(1), ["a"], [0x87])
    answer(RequestID(2), ["a"], [0])
    #expect(lost() == [["a"]])
  }

  @Test mutating func rejectedRequestsAreForgotten() {
    ask(1, "a")
    answer(RequestID(1), ["a"], [0])
    list.remove(RequestID(1))
    #expect(lost() == [])
  }
}
