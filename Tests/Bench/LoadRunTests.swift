import Client
import NIOCore
import NIOEmbedded
import Testing

@testable import Bench

/// Runs of load on a virtual clock: every figure is exact.
struct LoadRunTests {
  /// Runs `plan` to its end. `act` is called every millisecond of the virtual clock, with the milliseconds
  /// since the start.
  private func run(
    _ plan: LoadPlan, _ broker: VirtualBroker, _ act: (Int, LoadRun) -> Void = { _, _ in }
  ) throws -> LoadRun.Outcome {
    var outcome: LoadRun.Outcome?
    var cpu: Int64 = 0
    let environment = LoadEnvironment(
      run: 77, seed: 1, wallClock: { 1_000 },
      cpuTime: {
        cpu += 1_000_000
        return cpu
      }, describe: { "\($0.layer)" })
    let run = LoadRun(plan, target: try broker.target(), eventLoop: broker.loop, environment: environment) {
      outcome = $0
    }
    run.start()
    for millisecond in 0..<60_000 {
      act(millisecond, run)
      broker.loop.advanceTime(by: .milliseconds(1))
      if let outcome { return outcome }
    }
    Issue.record("the run does not end")
    throw CancellationError()
  }

  private func result(
    _ plan: LoadPlan, _ broker: VirtualBroker, _ act: (Int, LoadRun) -> Void = { _, _ in }
  ) throws -> LoadResult {
    guard case .done(let result) = try run(plan, broker, act) else {
      Issue.record("the run failed")
      throw CancellationError()
    }
    return result
  }

  private func plan(_ change: (inout LoadPlan) -> Void = { _ in }) -> LoadPlan {
    var plan = LoadPlan()
    change(&plan)
    return plan
  }

  @Test func everyMessageIsCountedAndTimed() throws {
    let broker = VirtualBroker()
    let result = try result(plan(), broker)
    #expect(result.counters.sent == 10_000)
    #expect(result.counters.received == 10_000)
    #expect(broker.published == 10_000)
    #expect(result.latencies[.corrected]?.count == UInt64(broker.delivered))
    #expect(result.counters.errors == 0)
    #expect(result.counters.lost + result.counters.duplicates + result.counters.reordered == 0)
    #expect(abs(result.throughput - 1000) < 1)
    // The broker takes 100 us, and nothing else takes time.
    let corrected = try #require(result.latencies[.corrected])
    #expect((99_900...100_200).contains(corrected.percentile(50)))
    #expect(corrected == result.latencies[.raw])
    #expect(result.latencies[.connect]?.count == 2)
    #expect(result.latencies[.subscribe]?.count == 1)
    #expect(result.distrust.isEmpty)
    #expect(result.series.points.count >= 10)
    #expect(result.series.points.reduce(0) { $0 + $1.received } == 10_000)
  }

  /// For each corrected and raw: a stall of two seconds in a run of ten.
  @Test func aStalledBrokerShowsInCorrectedLatency() throws {
    let broker = VirtualBroker()
    let result = try result(plan(), broker) { millisecond, _ in
      if millisecond == 4000 { broker.stall() }
      if millisecond == 6000 { broker.resume() }
    }
    #expect(result.counters.received == 10_000)
    #expect(result.counters.lost == 0)
    let corrected = try #require(result.latencies[.corrected])
    let raw = try #require(result.latencies[.raw])
    #expect((1_890_000_000...1_910_000_000).contains(corrected.percentile(99)))
    #expect((1_998_000_000...2_003_000_000).contains(corrected.maximum))
    // Between 1,950 and 2,000 of 10,000 were due in the stall and waited.
    #expect(corrected.percentile(75) < 200_000)
    #expect(raw.percentile(99) < 10_000_000)
    #expect(result.counters.heldBack > 1900)
    #expect(result.notes.contains { $0.hasPrefix("nothing came back for 2.00s from ") })
    #expect(result.notes.contains { $0.contains("could not be sent when they were due") })
    #expect(result.distrust.isEmpty, "\(result.distrust)")
  }

  /// What waited is more than one client may send before it is the others' turn.
  @Test func theLoadGoesOnAfterALongBacklog() throws {
    let broker = VirtualBroker()
    let result = try result(plan { $0.window = .fixed(600) }, broker) { millisecond, _ in
      if millisecond == 4000 { broker.stall() }
      if millisecond == 6000 { broker.resume() }
    }
    #expect(result.counters.sent == 10_000)
    #expect(result.counters.received == 10_000)
    #expect(result.counters.heldBack > 1000)
  }

  @Test func withoutAWindowEverythingIsSentIntoTheStall() throws {
    let broker = VirtualBroker()
    let result = try result(plan { $0.window = .unlimited }, broker) { millisecond, _ in
      if millisecond == 4000 { broker.stall() }
      if millisecond == 6000 { broker.resume() }
    }
    #expect(result.counters.heldBack == 0)
    #expect((result.latencies[.raw]?.percentile(99) ?? 0) > 1_800_000_000)
  }

  @Test(arguments: [UInt8(0), 1])
  func lossDuplicatesAndReorderingAreCountedExactly(_ qos: UInt8) throws {
    let broker = VirtualBroker()
    var injected = (lost: 0, duplicates: 0, reordered: 0)
    broker.fate = { number in
      if number % 97 == 3 {
        injected.lost += 1
        return .drop
      }
      if number % 89 == 5 {
        injected.duplicates += 1
        return .twice
      }
      if number % 101 == 50, number < 9990, number % 97 != 2 {
        injected.reordered += 1
        return .hold
      }
      return .deliver
    }
    let result = try result(plan { $0.qos = qos }, broker)
    #expect(result.counters.sent == 10_000)
    #expect(result.counters.lost == UInt64(injected.lost))
    #expect(result.counters.duplicates == UInt64(injected.duplicates))
    #expect(result.counters.reordered == UInt64(injected.reordered))
    #expect(result.counters.received == UInt64(broker.delivered))
    #expect(result.latencies[.corrected]?.count == 10_000 - UInt64(injected.lost))
    #expect(result.counters.acknowledged == (qos == 1 ? 10_000 : 0))
  }

  @Test(arguments: LoadPlan.Routing.allCases.filter { $0 != .shared })
  func manyClientsHearWhatTheyAreToHear(_ routing: LoadPlan.Routing) throws {
    let broker = VirtualBroker()
    let result = try result(
      plan {
        ($0.publishers, $0.subscribers, $0.echoing, $0.idle) = (4, 8, 3, 5)
        $0.routing = routing
        $0.topicsPerClient = 3
        $0.duration = .seconds(2)
        $0.arrival = .poisson
      }, broker)
    #expect(result.counters.connects == 20)
    #expect(result.counters.sent > 1500)
    #expect(result.counters.received == result.counters.expected)
    #expect(result.counters.received == UInt64(broker.delivered))
    #expect(result.counters.foreign + result.counters.lost == 0)
  }

  @Test func aClosedLoopHasAsManyUnderWayAsItMay() throws {
    let broker = VirtualBroker()
    broker.delay = .milliseconds(10)
    let result = try result(
      plan {
        $0.pacing = .closed(window: 5)
        $0.duration = .seconds(1)
      }, broker)
    // Five every ten milliseconds, and the last ones are waited for.
    #expect((490...510).contains(result.counters.sent))
    #expect(result.counters.received == result.counters.sent)
    #expect(result.rate == nil)
    #expect(result.notes.contains { $0.hasPrefix("no schedule") })
  }

  @Test func messagesEndTheRun() throws {
    let broker = VirtualBroker()
    let result = try result(
      plan {
        $0.publishers = 3
        $0.routing = .all
        ($0.messages, $0.duration) = (1234, nil)
      }, broker)
    #expect(result.counters.sent == 1234)
    #expect(result.counters.received == 1234)
  }

  /// The rate is that of the messages, not of the time that they might have taken.
  @Test func messagesThatEndBeforeTheTimeKeepTheirRate() throws {
    let result = try result(
      plan { ($0.messages, $0.duration) = (500, .seconds(60)) }, VirtualBroker())
    #expect(result.counters.sent == 500)
    #expect(result.sendingTime < 1)
  }

  @Test func warmUpAndTrimAreSentAndNotMeasured() throws {
    let broker = VirtualBroker()
    let result = try result(
      plan {
        $0.warmUp = .seconds(2)
        $0.trim = .seconds(1)
      }, broker)
    #expect(result.counters.received == 10_000)
    #expect(result.latencies[.corrected]?.count == 7000)
  }

  @Test func deadConnectionsComeBackAndAreCounted() throws {
    let broker = VirtualBroker()
    let result = try result(plan { $0.qos = 1 }, broker) { millisecond, _ in
      if millisecond == 3000 {
        broker.die()
        broker.isRefusing = true
      }
      if millisecond == 3300 { broker.isRefusing = false }
    }
    #expect(result.counters.disconnects == 2)
    #expect(result.counters.connects == 4)
    #expect(result.counters.sent == 10_000)
    #expect(result.series.points.contains { $0.disconnects == 2 })
    #expect(!result.causes.isEmpty)
    // What was due meanwhile went late, and counts from when it was due.
    #expect((result.latencies[.acknowledgement]?.maximum ?? 0) > 290_000_000)
  }

  @Test func aBrokerThatStaysAwayEndsTheRunAllTheSame() throws {
    let broker = VirtualBroker()
    let result = try result(plan { $0.duration = .seconds(3) }, broker) { millisecond, _ in
      if millisecond == 1000 {
        broker.isRefusing = true
        broker.die()
      }
    }
    #expect(result.counters.unsent > 1900)
    #expect(result.counters.connectFailures > 0)
    #expect(result.distrust.contains { $0.contains("were never sent") })
  }

  @Test func nobodyToConnectToIsAFailure() throws {
    let broker = VirtualBroker()
    broker.isRefusing = true
    guard case .failed(.transport) = try run(plan(), broker) else {
      Issue.record("no failure")
      return
    }
  }

  @Test func stoppingGivesAPartialResult() throws {
    let broker = VirtualBroker()
    let result = try result(plan(), broker) { millisecond, run in
      if millisecond == 2500 { run.stop() }
    }
    #expect(result.isPartial)
    #expect((2400...2500).contains(result.counters.sent))
    #expect(abs(result.sentRate - 1000) < 50)
  }

  @Test func ofALostMessageTheWindowIsGivenBack() throws {
    let broker = VirtualBroker()
    broker.fate = { (3000..<3050).contains($0) ? .drop : .deliver }
    let result = try result(plan { $0.window = .fixed(50) }, broker)
    #expect(result.counters.lost == 50)
    #expect(result.counters.sent == 10_000)
    #expect(result.notes.contains { $0.contains("taken for lost") })
  }

  @Test func onlyWhatConnectsIsMeasuredOfIdleClients() throws {
    let broker = VirtualBroker()
    let result = try result(
      plan {
        ($0.publishers, $0.subscribers, $0.idle) = (0, 0, 300)
        $0.duration = .seconds(2)
      }, broker)
    #expect(result.counters.connects == 300)
    #expect(result.latencies[.connect]?.count == 300)
    #expect(result.latencies[.corrected] == nil)
    #expect(result.counters.errors == 0)
  }
}
