import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@Suite struct DeliveryStateTests {
  static func open(window: Int = 65535) -> DeliveryState {
    var state = DeliveryState(version: .v5)
    state.connectionOpened(sendWindow: window, receiveMaximum: nil)
    return state
  }

  @Test func allIdentifiersOnceThenQueue() {
    var state = Self.open()
    var used: Set<UInt16> = []
    for token in 0..<65535 as Range<UInt64> {
      guard let id = state.send(.to("t", .atLeastOnce), token: token)?.packetIdentifier else { break }
      used.insert(id)
    }
    #expect(used.count == 65535)
    #expect(!used.contains(0))
    #expect(state.send(.to("t", .atLeastOnce), token: 65535) == nil)
    #expect(state.reserveIdentifier() == nil)
    #expect(state.pubAck(Acknowledgement(777)) == .completed(token: 776, .success, []))
    guard case .publish(let publish, let token)? = state.next() else {
      Issue.record("nothing left the queue")
      return
    }
    #expect(publish.packetIdentifier == 777)
    #expect(token == 65535)
    #expect(state.next() == nil)
  }

  @Test func longRunsWrapAroundWhatIsStillOpen() {
    var state = Self.open(window: 100)
    let stuck = state.send(.to("stuck", .exactlyOnce), token: 0)?.packetIdentifier
    let request = state.reserveIdentifier()
    for token in 1...200_000 as ClosedRange<UInt64> {
      guard let id = state.send(.to("t", .atLeastOnce), token: token)?.packetIdentifier, id != stuck,
        id != request,
        state.pubAck(Acknowledgement(id)) == .completed(token: token, .success, [])
      else {
        Issue.record("message \(token)")
        return
      }
    }
    #expect(state.unacknowledged == 1)
  }

  @Test func serversChooseTheReasonCode() {
    var state = Self.open()
    let accepted = incoming("a", .exactlyOnce, id: 1)
    let refused = incoming("b", .exactlyOnce, id: 2)
    let nobody = incoming("c", .atLeastOnce, id: 3)
    #expect([accepted, refused, nobody].map { state.admit($0) } == [.new, .new, .new])
    state.acknowledge(accepted, sequence: 1)
    state.acknowledge(refused, sequence: 2, reasonCode: .notAuthorized)
    state.acknowledge(nobody, sequence: 3, reasonCode: .noMatchingSubscribers)
    #expect(state.nextAcknowledgement() == nil)
    state.release(upTo: 3)
    #expect(state.nextAcknowledgement() == .pubRec(Acknowledgement(1)))
    #expect(state.nextAcknowledgement() == .pubRec(Acknowledgement(2, .notAuthorized)))
    #expect(state.nextAcknowledgement() == .pubAck(Acknowledgement(3, .noMatchingSubscribers)))
    #expect(state.nextAcknowledgement() == nil)
    // The refused exchange is over: the identifier means a new message.
    #expect(state.admit(refused) == .new)
    #expect(state.admit(accepted) == .duplicate)
  }

  @Test func repetitionsThatWaitAreAnsweredOnce() {
    var state = Self.open()
    let first = incoming("a", .exactlyOnce, id: 1)
    #expect(state.admit(first) == .new)
    state.acknowledge(first, sequence: 1)
    for _ in 0..<1000 { #expect(state.admit(first) == .duplicate) }
    #expect(state.nextAcknowledgement() == nil)
    state.release(upTo: 1)
    #expect(state.nextAcknowledgement() == .pubRec(Acknowledgement(1)))
    #expect(state.nextAcknowledgement() == nil)
    // Answered already, but behind a message that is not safe yet.
    let second = incoming("b", .atLeastOnce, id: 2)
    #expect(state.admit(second) == .new)
    state.acknowledge(second, sequence: 2)
    for _ in 0..<1000 { #expect(state.admit(first) == .duplicate) }
    state.release(upTo: 2)
    #expect(state.nextAcknowledgement() == .pubAck(Acknowledgement(2)))
    #expect(state.nextAcknowledgement() == .pubRec(Acknowledgement(1)))
    #expect(state.nextAcknowledgement() == nil)
  }

  @Test func noPeerLeavesMoreOpenThanThereAreIdentifiers() {
    var state = DeliveryState(version: .v3_1_1)
    state.connectionOpened(sendWindow: 1, receiveMaximum: nil)
    for number in 0..<70_000 {
      let publish = incoming("a", .atLeastOnce, id: UInt16(number % 7 + 1))
      guard state.admit(publish) == .new else {
        #expect(number == 65_535)
        return
      }
      state.acknowledge(publish, sequence: UInt64(number) + 1)
    }
    Issue.record("acknowledgements pile up")
  }

  @Test func queueKeepsItsOrderWhileItIsUsed() {
    var state = DeliveryState(version: .v3_1_1)
    for token in 0..<500 as Range<UInt64> { _ = state.send(.to("t"), token: token) }
    state.connectionOpened(sendWindow: 1, receiveMaximum: nil)
    for expected in 0..<500 as Range<UInt64> {
      guard case .publish(_, let token)? = state.next(), token == expected else {
        Issue.record("token \(expected)")
        return
      }
    }
    #expect(state.queuedCount == 0)
  }
}
