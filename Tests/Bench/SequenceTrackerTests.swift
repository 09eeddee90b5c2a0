import MQTTSession
import Testing

@testable import Bench

struct SequenceTrackerTests {
  @Test(arguments: [
    ([0, 1, 2], 0, 0, 0), ([0, 2, 3], 1, 0, 0), ([0, 2, 1], 0, 1, 0), ([0, 0, 1, 1], 0, 0, 2),
    ([5], 5, 0, 0), ([5, 0, 1, 2, 3, 4], 0, 5, 0), ([0, 9, 4, 4, 5, 9, 0], 6, 2, 3),
    ([3, 2, 1, 0, 0, 1, 2, 3], 0, 3, 4),
  ])
  func counts(_ arrivals: [UInt64], missing: UInt64, reordered: Int, duplicates: Int) {
    var tracker = SequenceTracker()
    let verdicts = arrivals.map { tracker.record($0) }
    #expect(tracker.missing == missing)
    #expect(verdicts.count { $0 == .reordered } == reordered)
    #expect(verdicts.count { $0 == .duplicate } == duplicates)
    #expect(!verdicts.contains(.late))
  }

  /// Against a set, which knows everything and takes memory for it.
  @Test(arguments: 0..<20)
  func agreesWithASet(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var tracker = SequenceTracker()
    var seen: Set<UInt64> = []
    var highest: UInt64 = 0
    for _ in 0..<3000 {
      let near = highest + random.next() % 6
      let sequence = random.next() % 4 == 0 ? near - min(near, random.next() % 60) : near
      let isNew = seen.insert(sequence).inserted
      let expected: SequenceTracker.Arrival =
        !isNew ? .duplicate : sequence < highest ? .reordered : .inOrder
      #expect(tracker.record(sequence) == expected)
      highest = max(highest, sequence + 1)
    }
    #expect(tracker.next == highest)
    #expect(tracker.missing == highest - UInt64(seen.count))
  }

  @Test func memoryIsBoundedAndWhatIsGivenUpStaysLost() {
    var tracker = SequenceTracker()
    // Every second message is missing.
    for sequence in stride(from: UInt64(1), to: 20_000, by: 2) { _ = tracker.record(sequence) }
    #expect(tracker.missing == 10_000)
    #expect(tracker.record(0) == .late)
    #expect(tracker.record(1) == .late)
    #expect(tracker.record(19_998) == .reordered)
    #expect(tracker.missing == 9_999)
  }
}
