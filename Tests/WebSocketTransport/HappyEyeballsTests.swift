import NIOCore
import Testing

@testable import WebSocketTransport

/// Plays attempts whose outcome is known beforehand on a virtual clock, and writes down what happened when.
private struct Simulation {
  enum Outcome {
    case connects(afterMilliseconds: Int)
    case fails(afterMilliseconds: Int)
    case hangs
  }

  private enum Event {
    case attemptEnds(Int, connects: Bool)
    case timer
  }

  var outcomes: [Outcome]
  var addresses: [SocketAddress]
  var log: [String] = []

  mutating func run() -> [String] {
    var eyeballs = HappyEyeballs(addresses, delay: .milliseconds(250))
    var ends: [Int: (at: Int, connects: Bool)] = [:]
    var now = 0
    perform(eyeballs.start(now: at(0)), now, &ends)
    while let (time, event) = next(ends, eyeballs.nextAttemptAt) {
      now = time
      switch event {
      case .timer: perform(eyeballs.timerFired(now: at(now)), now, &ends)
      case .attemptEnds(let index, let connects):
        ends[index] = nil
        let actions = connects ? eyeballs.connected(index) : eyeballs.failed(index, now: at(now))
        perform(actions, now, &ends)
      }
    }
    return log
  }

  private func at(_ milliseconds: Int) -> NIODeadline {
    .uptimeNanoseconds(0) + .milliseconds(Int64(milliseconds))
  }

  private func next(
    _ ends: [Int: (at: Int, connects: Bool)], _ timer: NIODeadline?
  ) -> (Int, Event)? {
    let end = ends.min { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
    let timerAt = timer.map { Int(($0 - at(0)).nanoseconds / 1_000_000) }
    if let end, end.value.at <= timerAt ?? .max {
      return (end.value.at, .attemptEnds(end.key, connects: end.value.connects))
    }
    return timerAt.map { ($0, .timer) }
  }

  private mutating func perform(
    _ actions: [HappyEyeballs.Action], _ now: Int, _ ends: inout [Int: (at: Int, connects: Bool)]
  ) {
    for action in actions {
      switch action {
      case .attempt(let index):
        log.append("\(now) attempt \(index)")
        switch outcomes[index] {
        case .connects(let time): ends[index] = (now + time, true)
        case .fails(let time): ends[index] = (now + time, false)
        case .hangs: break
        }
      case .abandon(let index):
        log.append("\(now) abandon \(index)")
        ends[index] = nil
      case .use(let index): log.append("\(now) use \(index)")
      case .giveUp: log.append("\(now) give up")
      }
    }
  }
}

@Suite struct HappyEyeballsTests {
  private static let cases: [(outcomes: [Simulation.Outcome], log: [String])] = [
    ([], ["0 give up"]),
    ([.connects(afterMilliseconds: 10)], ["0 attempt 0", "10 use 0"]),
    ([.fails(afterMilliseconds: 0)], ["0 attempt 0", "0 give up"]),
    // A failure brings the next one forward.
    (
      [.fails(afterMilliseconds: 5), .connects(afterMilliseconds: 7)],
      ["0 attempt 0", "5 attempt 1", "12 use 1"]
    ),
    // Silence costs the head start and no more; the silent attempt is dropped.
    (
      [.hangs, .connects(afterMilliseconds: 7)],
      ["0 attempt 0", "250 attempt 1", "257 abandon 0", "257 use 1"]
    ),
    // The first one may still win.
    (
      [.connects(afterMilliseconds: 300), .connects(afterMilliseconds: 100)],
      ["0 attempt 0", "250 attempt 1", "300 abandon 1", "300 use 0"]
    ),
    // A failure beside a running attempt starts the next at once, and its head start begins then.
    (
      [.hangs, .fails(afterMilliseconds: 50), .hangs, .connects(afterMilliseconds: 1)],
      [
        "0 attempt 0", "250 attempt 1", "300 attempt 2", "550 attempt 3", "551 abandon 0", "551 abandon 2",
        "551 use 3",
      ]
    ),
    // The last failure ends it only when nothing is running.
    (
      [.fails(afterMilliseconds: 400), .fails(afterMilliseconds: 10)],
      ["0 attempt 0", "250 attempt 1", "400 give up"]
    ),
    ([.hangs, .hangs], ["0 attempt 0", "250 attempt 1"]),
  ]

  @Test(arguments: cases.indices) func attempts(_ index: Int) throws {
    let (outcomes, log) = Self.cases[index]
    let addresses = try outcomes.indices.map { try SocketAddress(ipAddress: "192.0.2.\($0)", port: 1) }
    var simulation = Simulation(outcomes: outcomes, addresses: addresses)
    #expect(simulation.run() == log)
  }

  @Test(arguments: [
    (["192.0.2.1", "192.0.2.2", "::1", "::2"], ["192.0.2.1", "::1", "192.0.2.2", "::2"]),
    (["::1", "::2", "::3", "192.0.2.1"], ["::1", "192.0.2.1", "::2", "::3"]),
    (["::1", "::2"], ["::1", "::2"]),
  ]) func familiesTakeTurns(_ given: [String], _ expected: [String]) throws {
    let addresses = try given.map { try SocketAddress(ipAddress: $0, port: 80) }
    #expect(HappyEyeballs.interleaved(addresses).map(\.ipAddress) == expected)
  }

  @Test func cancellingAbandonsWhatRunsAndStaysSilent() throws {
    let addresses = try (0..<3).map { try SocketAddress(ipAddress: "192.0.2.\($0)", port: 1) }
    var eyeballs = HappyEyeballs(addresses, delay: .milliseconds(250))
    let start = NIODeadline.uptimeNanoseconds(0)
    #expect(eyeballs.start(now: start) == [.attempt(0)])
    #expect(eyeballs.timerFired(now: start + .milliseconds(249)) == [])
    #expect(eyeballs.timerFired(now: start + .milliseconds(250)) == [.attempt(1)])
    #expect(eyeballs.cancel() == [.abandon(0), .abandon(1)])
    #expect(eyeballs.nextAttemptAt == nil)
    #expect(eyeballs.connected(1) == [.abandon(1)])
    #expect(eyeballs.failed(0, now: start) == [])
  }
}
