import Presentation
import Testing

@testable import CLI

struct ReplayScheduleTests {
  private func dues(_ speed: ReplaySchedule.Speed, _ times: [Int64]) -> [Int64?] {
    var schedule = ReplaySchedule(speed)
    return times.map { schedule.due(WallTime(nanoseconds: $0)) }
  }

  @Test func everyMessageIsCountedFromTheFirst() {
    #expect(dues(.factor(1), [1_000, 1_000, 1_700, 1_701]) == [0, 0, 700, 701])
    #expect(dues(.factor(10), [1_000, 2_000, 3_005]) == [0, 100, 200])
    #expect(dues(.factor(0.5), [0, 10]) == [0, 20])
    #expect(dues(.unlimited, [0, 10]) == [nil, nil])
  }

  @Test func aClockThatWasSetBackCostsNothing() {
    #expect(dues(.factor(1), [100, 200, 50, 60]) == [0, 100, 100, 110])
  }

  @Test func timesThatAreFarApart() {
    let century: Int64 = 100 * 365 * 86_400 * 1_000_000_000
    #expect(dues(.factor(1), [.min, .max, 0, .max]) == [0, 0, 0, century])
    #expect(dues(.factor(1e-9), [0, 1_000_000_000_000]) == [0, century])
  }

  @Test func theNextPassFollowsAfterOneMeanInterval() {
    var schedule = ReplaySchedule(.factor(1))
    let times: [Int64] = [1000, 1010, 1040]
    var dues: [Int64?] = []
    for pass in 0..<3 {
      if pass > 0 { schedule.startNextPass() }
      dues += times.map { schedule.due(WallTime(nanoseconds: $0)) }
    }
    #expect(dues == [0, 10, 40, 60, 70, 100, 120, 130, 160])
  }

  @Test func aSingleMessageIsRepeatedAtOnce() {
    var schedule = ReplaySchedule(.factor(1))
    #expect(schedule.due(WallTime(nanoseconds: 5)) == 0)
    schedule.startNextPass()
    #expect(schedule.due(WallTime(nanoseconds: 5)) == 0)
  }

  @Test func percentilesOfTheDrift() {
    var drift = ReplayDrift()
    #expect(drift.percentile(0.5) == 0)
    for value in 1...1000 { drift.record(Int64(value) * 1000) }
    drift.record(-5)
    #expect(drift.count == 1001)
    #expect(drift.maximum == 1_000_000)
    for (share, exact) in [(0.5, 500_000.0), (0.99, 990_000), (0.001, 1000)] {
      let found = Double(drift.percentile(share))
      #expect(found >= exact * 0.99 && found <= exact * 1.07, "\(share)")
    }
    #expect(drift.percentile(1) == 1_000_000)
  }

  @Test func everyTimeHasABucket() {
    let values: [Int64] = [0, 1, 15, 16, 17, 31, 32, 33, 1 << 40, .max - 1, .max]
    for value in values {
      var drift = ReplayDrift()
      drift.record(value)
      #expect(drift.percentile(1) == UInt64(value))
    }
  }
}
