import Testing

@testable import Client

@Suite struct ReconnectPolicyTests {
  /// What happens to a policy, and what it then decides with a die that always shows one half.
  enum Step: Sendable {
    case connected
    case progressed
    /// Seconds of the clock.
    case failed(Permanence, at: Int = 0, ReconnectPolicy.Decision)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var policy: ReconnectPolicy
    var steps: [Step]

    init(_ name: String, _ policy: ReconnectPolicy = ReconnectPolicy(), _ steps: Step...) {
      testDescription = name
      self.policy = policy
      self.steps = steps
    }
  }

  static let rows = [
    Row("the first connection fails at once", .init(), .failed(.transient, .stop)),
    Row(
      "a number of retries", .init(retries: .limited(2)), .failed(.transient, .retry(after: ms(125))),
      .failed(.transient, .retry(after: ms(250))), .failed(.transient, .stop)),
    Row(
      "retries for ever, doubling up to 30 s", .init(retries: .unlimited),
      .failed(.transient, .retry(after: ms(125))), .failed(.transient, .retry(after: ms(250))),
      .failed(.transient, .retry(after: ms(500))), .failed(.transient, .retry(after: ms(1000))),
      .failed(.transient, .retry(after: ms(2000))), .failed(.transient, .retry(after: ms(4000))),
      .failed(.transient, .retry(after: ms(8000))), .failed(.transient, .retry(after: ms(15000))),
      .failed(.transient, .retry(after: ms(15000)))),
    Row("nothing retries what is permanent", .init(retries: .unlimited), .failed(.permanent, .stop)),
    Row(
      "after a CONNACK it goes on, whatever the retries", .init(), .connected,
      .failed(.transient, .retry(after: ms(125))), .failed(.transient, .retry(after: ms(250)))),
    Row("after a CONNACK the permanent still is", .init(), .connected, .failed(.permanent, .stop)),
    Row(
      "no reconnection, however many retries", .init(retries: .unlimited, reconnects: false), .connected,
      .failed(.transient, .stop)),
    Row(
      "retries count before the first CONNACK only", .init(retries: .limited(1)),
      .failed(.transient, .retry(after: ms(125))), .connected, .failed(.transient, .retry(after: ms(250)))),
    Row(
      "a CONNACK alone does not start the series anew", .init(), .connected,
      .failed(.transient, .retry(after: ms(125))), .connected, .failed(.transient, .retry(after: ms(250))),
      .connected, .progressed, .failed(.transient, .retry(after: ms(125)))),
    Row(
      "patience that was asked for", .init(), .connected,
      .failed(.transient(atLeast: .seconds(5)), .retry(after: .seconds(5)))),
    Row(
      "patience that the series has anyway", .init(), .connected, .failed(.transient, .retry(after: ms(125))),
      .failed(.transient(atLeast: ms(200)), .retry(after: ms(250)))),
    Row(
      "one takeover", .init(), .connected, .progressed,
      .failed(.takeover, at: 100, .retry(after: ms(125)))),
    Row(
      "two takeovers within ten seconds", .init(), .connected, .progressed,
      .failed(.takeover, at: 100, .retry(after: ms(125))), .connected, .progressed,
      .failed(.takeover, at: 109, .stop)),
    Row(
      "two takeovers with another loss in between", .init(), .connected, .progressed,
      .failed(.takeover, at: 100, .retry(after: ms(125))), .connected, .progressed,
      .failed(.transient, at: 101, .retry(after: ms(125))), .connected, .failed(.takeover, at: 109, .stop)),
    Row(
      "two takeovers with time between them", .init(), .connected, .progressed,
      .failed(.takeover, at: 100, .retry(after: ms(125))), .connected, .progressed,
      .failed(.takeover, at: 110, .retry(after: ms(125))), .connected, .progressed,
      .failed(.takeover, at: 119, .stop)),
    Row(
      "a takeover where nothing reconnects", .init(reconnects: false), .connected,
      .failed(.takeover, .stop)),
  ]

  static func ms(_ count: Int) -> Duration { .milliseconds(count) }

  @Test(arguments: rows) func decides(_ row: Row) {
    var policy = row.policy
    for (index, step) in row.steps.enumerated() {
      switch step {
      case .connected: policy.connected()
      case .progressed: policy.progressed()
      case .failed(let permanence, let time, let expected):
        let decision = policy.failed(permanence, now: .seconds(time), random: 1 << 63)
        #expect(decision == expected, "step \(index)")
      }
    }
  }

  @Test(
    arguments: [
      (0, Duration.zero), (.max, .nanoseconds(249_999_999)), (1 << 62, .nanoseconds(62_500_000)),
    ] as [(UInt64, Duration)]) func jitterIsFull(_ random: UInt64, _ expected: Duration)
  {
    var policy = ReconnectPolicy()
    policy.connected()
    #expect(policy.failed(.transient, now: .zero, random: random) == .retry(after: expected))
  }

  @Test func neverOverflows() {
    var policy = ReconnectPolicy(retries: .unlimited)
    for _ in 0..<10_000 { _ = policy.failed(.transient, now: .zero, random: .max) }
    #expect(
      policy.failed(.transient, now: .zero, random: .max) == .retry(after: .nanoseconds(29_999_999_999)))
  }
}
