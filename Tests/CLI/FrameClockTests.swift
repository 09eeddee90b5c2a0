import MQTTSession
import Testing

@testable import CLI

/// When frames are drawn.
@Suite struct FrameClockTests {
  private func at(_ milliseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func nothingChangedNothingDrawn() {
    var clock = FrameClock(framesPerSecond: 20)
    #expect(clock.due == nil)
    clock.changed(urgently: false)
    #expect(clock.due == at(0))
    clock.drew(from: at(100), to: at(101))
    #expect(clock.due == nil)
  }

  @Test func dataWaitsForTheNextFrameAndKeysDoNot() {
    var clock = FrameClock(framesPerSecond: 20)
    clock.drew(from: at(100), to: at(101))
    clock.changed(urgently: false)
    #expect(clock.due == at(151))
    clock.changed(urgently: true)
    #expect(clock.due == at(0))
    clock.changed(urgently: false)
    #expect(clock.due == at(0))
  }

  @Test func manyKeysShareFrames() {
    var clock = FrameClock(framesPerSecond: 20)
    clock.changed(urgently: true)
    clock.drew(from: at(100), to: at(101))
    clock.changed(urgently: true)
    #expect(clock.due == at(117))
    clock.drew(from: at(117), to: at(118))
    clock.changed(urgently: false)
    #expect(clock.due == at(168))
    // A frame for data puts off none for a key.
    clock.drew(from: at(168), to: at(169))
    clock.changed(urgently: true)
    #expect(clock.due == at(134))
  }

  @Test func aSlowTerminalGetsFewerFrames() {
    var clock = FrameClock(framesPerSecond: 20)
    for expected in [100, 200, 400, 800, 1000, 1000] {
      clock.drew(from: at(0), to: at(60))
      #expect(clock.presentGap == .milliseconds(expected))
    }
    clock.drew(from: at(0), to: at(30))
    #expect(clock.presentGap == .seconds(1))
    for expected in [500, 250, 125] {
      clock.drew(from: at(0), to: at(5))
      #expect(clock.presentGap == .milliseconds(expected))
    }
    for _ in 1...3 { clock.drew(from: at(0), to: at(5)) }
    #expect(clock.presentGap == .milliseconds(50))
  }
}
