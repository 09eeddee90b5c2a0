/// How many bytes the view may keep, and how the pools share them. Every pool counts what it really
/// allocated, not only what it uses of it.
package struct MemoryBudget: Equatable, Sendable {
  /// What `--memory` accepts.
  package static let allowed = (64 << 20)...(4 << 30)
  package static let standard = MemoryBudget(total: 128 << 20)

  package let total: Int

  package init(total: Int) { self.total = total }

  package enum Pool: Int, CaseIterable, Sendable {
    case log
    case history
    case topics
    case series
    case wire

    /// As Health shows it.
    package var name: String {
      switch self {
      case .log: "log"
      case .history: "history"
      case .topics: "topics"
      case .series: "series"
      case .wire: "wire"
      }
    }

    fileprivate var percent: Int {
      switch self {
      case .log: 40
      case .history: 30
      case .topics: 15
      case .series: 5
      case .wire: 10
      }
    }
  }

  /// The bytes of one pool.
  package func limit(of pool: Pool) -> Int { total / 100 * pool.percent }

  /// The part of a pool that pinned, marked and selected items may hold back from eviction.
  package static func exempt(of limit: Int) -> Int { limit / 10 }

  /// The part of a pool that a paused view may hold back from eviction.
  package static func frozen(of limit: Int) -> Int { limit / 4 }
}

/// What one pool holds, and what it had to let go.
package struct PoolUse: Equatable, Sendable {
  package var pool: MemoryBudget.Pool
  package var used: Int
  package var limit: Int
  /// Messages, topics, points or wire items, by pool.
  package var evicted: Int
}
