import MQTTSession

/// Everything that the views show of the messages, within a budget of bytes. A plain value without clock
/// and IO; it is changed in place and never copied on the way.
package struct Store: Sendable {
  package let budget: MemoryBudget
  /// Exact: of all messages that were ever taken in, kept or not.
  package private(set) var totals = Totals()

  package struct Totals: Equatable, Sendable {
    package var messages = 0
    /// Of payloads.
    package var bytes = 0
  }

  package init(budget: MemoryBudget = .standard) { self.budget = budget }

  /// Takes in a batch that arrived until `time`.
  package mutating func ingest(_ batch: borrowing MessageBatch, at time: MonotonicTime) {
    for record in batch.records {
      totals.messages += 1
      totals.bytes += Int(record.payloadLength)
    }
  }

  /// Goes on with work that is spread over frames (sorting, filtering, searching), at most `steps`
  /// messages or topics of it.
  /// - Returns: whether there is more to do.
  package mutating func advance(to time: MonotonicTime, steps: Int) -> Bool { false }

  /// One row a pool, in the order of `MemoryBudget.Pool`.
  package var poolUse: [PoolUse] {
    MemoryBudget.Pool.allCases.map {
      PoolUse(pool: $0, used: 0, limit: budget.limit(of: $0), evicted: 0)
    }
  }
}
