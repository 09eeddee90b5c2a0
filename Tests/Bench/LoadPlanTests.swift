import Testing

@testable import Bench

struct LoadPlanTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var reason: String
    var hint: String
    var change: @Sendable (inout LoadPlan) -> Void

    var testDescription: String { reason }
  }

  static let impossible: [Case] = [
    Case(reason: "no clients", hint: "--publishers 1") { ($0.publishers, $0.subscribers) = (0, 0) },
    Case(reason: "--rate 0", hint: "0.001") { $0.pacing = .open(.init(0)) },
    Case(reason: "40", hint: "--size 40") { $0.payload = .fixed(39) },
    Case(reason: "header", hint: "--no-latency") { $0.payload = .range(10...100) },
    Case(reason: "--in-flight 0", hint: "1") { $0.pacing = .closed(window: 0) },
    Case(reason: "closed loop", hint: "-q 1") {
      $0.pacing = .closed(window: 1)
      $0.subscribers = 0
    },
    Case(reason: "nothing ends", hint: "--duration") { $0.duration = nil },
    Case(reason: "--duration 0", hint: "1ms") { $0.duration = .zero },
    Case(reason: "--warmup", hint: "shorter") { $0.warmUp = .seconds(10) },
    Case(reason: "--connect-rate 0", hint: "0.001") { $0.connectRate = 0 },
    Case(reason: "too much memory", hint: "--subscribers 400") {
      ($0.publishers, $0.subscribers, $0.routing) = (10_000, 5000, .all)
    },
    Case(reason: "--topics 2", hint: "{topic}") {
      $0.topicsPerClient = 2
      if let topic = try? LoadTopic("b/{client}") { $0.topic = topic }
    },
    Case(reason: "share the topic", hint: "{client}") {
      ($0.publishers, $0.subscribers) = (2, 2)
      if let topic = try? LoadTopic("b/c") { $0.topic = topic }
    },
  ]

  @Test(arguments: impossible)
  func impossiblePlansAreRefusedWithTheNearestPossibleOne(_ row: Case) {
    var plan = LoadPlan()
    row.change(&plan)
    let problem = #expect(throws: LoadPlan.Problem.self) { try plan.check() }
    let text = "\(problem?.reason ?? "")|\(problem?.hint ?? "")"
    #expect(problem?.hint.contains(row.hint) == true, "\(text)")
    #expect(row.reason == "40" || problem?.reason.contains(row.reason) == true, "\(text)")
  }

  @Test func theStandardPlanIsPossible() throws {
    try LoadPlan().check()
    var idle = LoadPlan()
    (idle.publishers, idle.subscribers, idle.idle) = (0, 0, 15_000)
    try idle.check()
  }

  @Test func ratesOfOneClientAddUp() {
    var plan = LoadPlan()
    plan.publishers = 4
    plan.echoing = 1
    plan.pacing = .open(.init(10, isPerClient: true))
    #expect(plan.totalRate == 50)
    plan.pacing = .open(.init(10))
    #expect(plan.totalRate == 10)
  }

  @Test(arguments: [
    (LoadPlan.Routing.pairs, 2, 5, [3, 2]), (.pairs, 3, 2, [1, 1, 0]), (.all, 2, 5, [5, 5]),
    (.shared, 2, 5, [1, 1]), (.shared, 1, 0, [0]),
  ])
  func audiences(_ routing: LoadPlan.Routing, publishers: Int, subscribers: Int, expected: [Int]) {
    var plan = LoadPlan()
    (plan.publishers, plan.subscribers, plan.routing) = (publishers, subscribers, routing)
    #expect((0..<publishers).map { plan.audience(of: $0) } == expected)
  }
}
