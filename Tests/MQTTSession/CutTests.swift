import MQTTPackets
import MQTTSession
import Testing

/// What survives when connections end at the worst moments.
@Suite struct CutTests {
  static let workload: [(String, QoS)] = [
    ("2a", .exactlyOnce), ("1a", .atLeastOnce), ("2b", .exactlyOnce), ("1b", .atLeastOnce),
  ]

  /// A link whose two ends have just been given the workload.
  static func begin(_ version: ProtocolVersion) -> Link {
    var link = Link(version, window: 2)
    link.connect()
    for (index, (topic, qos)) in workload.enumerated() {
      link.clientPublishes(topic, qos, UInt64(index))
      link.serverPublishes(topic, qos, UInt64(index))
    }
    return link
  }

  /// One small thing happens; false when nothing is left to happen.
  static func step(_ link: inout Link, _ number: Int) -> Bool {
    let idle = link.toServer.isEmpty && link.toClient.isEmpty && link.handled == link.clientSequence
    if idle { return false }
    switch number % 3 {
    case 0: link.moveToServer()
    case 1: link.moveToClient()
    default: if link.handled < link.clientSequence { link.handle(upTo: link.handled + 1) }
    }
    return true
  }

  static func problems(_ link: Link) -> [String] {
    var problems = link.allProblems
    for (index, (topic, qos)) in workload.enumerated() {
      for (place, count) in [("server", link.atServer[topic] ?? 0), ("client", link.atClient[topic] ?? 0)] {
        if qos == .exactlyOnce ? count != 1 : count < 1 {
          problems.append("\(topic) at the \(place): \(count)")
        }
      }
      let outcomes = link.outcomes[RequestID(UInt64(index))] ?? []
      if outcomes != [.acknowledged(.success, [])] { problems.append("\(topic): \(outcomes)") }
      if link.completed[UInt64(index)] != 1 { problems.append("\(topic) of the server not completed once") }
    }
    if link.client.unacknowledged != 0 || link.server.unacknowledged != 0 || !link.server.isEmpty {
      problems.append("something is left in flight")
    }
    return problems
  }

  @Test(arguments: ProtocolVersion.allCases)
  func withoutACut(_ version: ProtocolVersion) {
    var link = Self.begin(version)
    link.settle()
    #expect(Self.problems(link) == [])
    #expect(link.atServer.values.allSatisfy { $0 == 1 } && link.atClient.values.allSatisfy { $0 == 1 })
  }

  /// Cut after every step; what is still on the wire gets lost, except for every possible head of it,
  /// in both directions.
  @Test(arguments: ProtocolVersion.allCases)
  func everySingleCut(_ version: ProtocolVersion) {
    var link = Self.begin(version)
    var number = 0
    var cuts = 0
    repeat {
      for toServer in 0...link.toServer.count {
        for toClient in 0...link.toClient.count {
          var trial = link
          for _ in 0..<toServer { trial.moveToServer() }
          for _ in 0..<toClient { trial.moveToClient() }
          trial.cut()
          trial.settle()
          cuts += 1
          let problems = Self.problems(trial)
          #expect(problems == [], "step \(number), \(toServer) and \(toClient) more")
          if !problems.isEmpty { return }
        }
      }
      number += 1
    } while Self.step(&link, number)
    #expect(cuts > 200)
  }

  /// Cut after every step, and again after every step that follows.
  @Test(arguments: ProtocolVersion.allCases)
  func everyPairOfCuts(_ version: ProtocolVersion) {
    var link = Self.begin(version)
    var first = 0
    var cuts = 0
    repeat {
      var second = link
      second.cut()
      second.connect()
      var number = 0
      repeat {
        var trial = second
        trial.cut()
        trial.settle()
        cuts += 1
        let problems = Self.problems(trial)
        #expect(problems == [], "steps \(first) and \(number)")
        if !problems.isEmpty { return }
        number += 1
      } while Self.step(&second, number)
      first += 1
    } while Self.step(&link, first)
    #expect(cuts > 1000)
  }

  /// Everything at random, from one seed: publishing at both ends, packets moving, owners falling behind,
  /// cuts and, where asked for, servers that forget.
  static func simulate(_ version: ProtocolVersion, seed: UInt64, forgets: Bool) -> (
    Link, published: [QoS], cuts: Int
  ) {
    var random = SeededRandom(seed: seed)
    var link = Link(version, window: UInt16.random(in: 1...5, using: &random))
    var published: [QoS] = []
    var cuts = 0
    for _ in 0..<1200 {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<8:
        let qos: QoS = Bool.random(using: &random) ? .exactlyOnce : .atLeastOnce
        link.clientPublishes("\(published.count)", qos, UInt64(published.count))
        link.serverPublishes("\(published.count)", qos, UInt64(published.count))
        published.append(qos)
      case 8..<45: link.moveToServer()
      case 45..<82: link.moveToClient()
      case 82..<94:
        link.handle(upTo: UInt64.random(in: link.handled...link.clientSequence, using: &random))
      case 94..<96:
        if link.isUp { cuts += 1 }
        link.cut()
      case 96 where forgets && UInt8.random(in: 0..<4, using: &random) == 0: link.loseServerState()
      default: link.connect()
      }
    }
    link.settle()
    return (link, published, cuts)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func thousandsOfRandomCuts(_ version: ProtocolVersion) {
    var cuts = 0
    for seed in 1...100 as ClosedRange<UInt64> {
      let (link, published, some) = Self.simulate(version, seed: seed, forgets: false)
      cuts += some
      var problems = link.allProblems
      for (index, qos) in published.enumerated() {
        for counts in [link.atServer, link.atClient] {
          let count = counts["\(index)"] ?? 0
          if qos == .exactlyOnce ? count != 1 : count < 1 {
            problems.append("message \(index): \(count) times")
          }
        }
        if link.outcomes[RequestID(UInt64(index))]?.count != 1 {
          problems.append("message \(index): no one outcome")
        }
      }
      if link.client.unacknowledged != 0 || !link.server.isEmpty {
        problems.append("something is left in flight")
      }
      #expect(problems == [], "seed \(seed)")
      if !problems.isEmpty { return }
    }
    #expect(cuts > 1000)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func serversThatForget(_ version: ProtocolVersion) {
    var losses = 0
    var unknown = 0
    for seed in 1...60 as ClosedRange<UInt64> {
      let (link, published, _) = Self.simulate(version, seed: seed, forgets: true)
      losses += link.losses
      var problems = link.allProblems
      for (index, qos) in published.enumerated() {
        let count = link.atServer["\(index)"] ?? 0
        switch link.outcomes[RequestID(UInt64(index))] ?? [] {
        case [.acknowledged(.success, [])]:
          if qos == .exactlyOnce ? count != 1 : count < 1 {
            problems.append("message \(index): \(count) times")
          }
        case [.unknown]:
          unknown += 1
          if qos != .exactlyOnce || count > 1 { problems.append("message \(index): unknown, \(count) times") }
        case let outcomes: problems.append("message \(index): \(outcomes)")
        }
      }
      #expect(problems == [], "seed \(seed)")
      if !problems.isEmpty { return }
    }
    #expect(losses > 100)
    #expect(unknown > 100)
  }
}
