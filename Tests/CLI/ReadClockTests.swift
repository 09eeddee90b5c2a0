import MQTTSession
import Presentation
import Testing

@testable import CLI

struct ReadClockTests {
  @Test func allMessagesOfAReadHaveItsTime() {
    var asked: Int64 = 0
    var clock = ReadClock {
      asked += 1
      return WallTime(nanoseconds: asked)
    }
    let reads = [5, 5, 5, 6, 9, 9].map { MonotonicTime(nanoseconds: $0) }
    #expect(reads.map { clock.time(ofReadAt: $0).nanoseconds } == [1, 1, 1, 2, 3, 3])
  }
}
