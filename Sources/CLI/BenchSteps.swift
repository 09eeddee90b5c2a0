import Bench
import Expression
import Text

/// The runs of one `bench`, one after the other: a single one, a sweep, a search, or a comparison whose
/// targets take turns. Pure: results go in, the next run comes out.
struct BenchSteps {
  struct Step {
    var target: Int
    var plan: LoadPlan
    /// Of a series of runs, for progress lines.
    var title: String?
  }

  private let request: BenchRequest
  private let targets: Int
  private(set) var results: [(target: Int, result: LoadResult)] = []
  private(set) var search: RateSearch?

  init(_ request: BenchRequest, targets: Int) {
    self.request = request
    self.targets = targets
    if let condition = request.search {
      search = RateSearch(condition: condition.text, from: request.rates[0].perSecond)
    }
  }

  var isComparison: Bool { targets > 1 }
  var isSweep: Bool { request.rates.count > 1 }

  /// nil when all is done.
  var next: Step? {
    var plan = request.plan
    if let search {
      guard let rate = search.next else { return nil }
      plan.pacing = .open(LoadPlan.Rate(rate, isPerClient: request.rates[0].isPerClient))
      return Step(target: 0, plan: plan, title: "\(Human.count(Int(rate)))/s")
    }
    if isSweep {
      guard results.count < request.rates.count else { return nil }
      let rate = request.rates[results.count]
      plan.pacing = .open(rate)
      return Step(target: 0, plan: plan, title: "\(Human.count(Int(rate.perSecond)))/s")
    }
    guard isComparison else { return results.isEmpty ? Step(target: 0, plan: plan, title: nil) : nil }
    guard results.count < targets * request.rounds else { return nil }
    plan.duration = plan.duration.map { $0 / request.rounds }
    plan.messages = plan.messages.map { max($0 / UInt64(request.rounds), 1) }
    let round = results.count / targets
    // Every other round the other way round, so that none always follows the same one.
    let place = results.count % targets
    return Step(
      target: round.isMultiple(of: 2) ? place : targets - 1 - place, plan: plan,
      title: "round \(round + 1) of \(request.rounds)")
  }

  mutating func record(_ result: LoadResult, of step: Step) {
    results.append((step.target, result))
    guard let condition = request.search else { return }
    let delivered = result.rate.map { result.sentRate >= 0.98 * $0 } ?? true
    let isClean = result.counters.unsent == 0 && result.counters.lost == 0 && !result.isPartial
    search?.record(result, holds: delivered && isClean && Metrics.holds(condition, for: result))
  }

  /// Whole rounds, by target.
  var comparison: Comparison? {
    let whole = results.count / targets
    guard isComparison, whole > 0 else { return nil }
    let rounds = (0..<targets).map { target in
      results.prefix(whole * targets).filter { $0.target == target }.map(\.result)
    }
    return Comparison(rounds)
  }
}
