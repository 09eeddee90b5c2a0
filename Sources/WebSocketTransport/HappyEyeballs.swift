import NIOCore

/// Which address to try when (RFC 8305, 4 and 5): one after the other with a head start of `delay`, the
/// next one at once when an attempt fails, families taking turns, first connection wins.
///
/// Pure: the owner reports what happened, does what it is told, and calls `timerFired` at `nextAttemptAt`.
package struct HappyEyeballs {
  package enum Action: Equatable {
    /// Start connecting to the address with this index.
    case attempt(Int)
    /// Close the attempt with this index; its outcome no longer matters and must not be reported.
    case abandon(Int)
    /// This attempt is the connection.
    case use(Int)
    /// Nothing is left to try.
    case giveUp
  }

  private enum AttemptState {
    case waiting, running, failed
  }

  /// The addresses in the order in which they are tried; indices refer to it.
  package let addresses: [SocketAddress]
  /// When the next attempt is due beside the running ones; nil when no timer is needed.
  package private(set) var nextAttemptAt: NIODeadline?

  private let delay: TimeAmount
  private var states: [AttemptState]
  private var next = 0
  private var isOver = false

  package init(_ addresses: [SocketAddress], delay: TimeAmount) {
    self.addresses = Self.interleaved(addresses)
    self.delay = delay
    self.states = Array(repeating: .waiting, count: addresses.count)
  }

  /// The addresses still connecting.
  package var running: [Int] {
    states.indices.filter { states[$0] == .running }
  }

  package mutating func start(now: NIODeadline) -> [Action] {
    attemptNext(now: now)
  }

  package mutating func timerFired(now: NIODeadline) -> [Action] {
    guard let due = nextAttemptAt, due <= now else { return [] }
    return attemptNext(now: now)
  }

  package mutating func failed(_ index: Int, now: NIODeadline) -> [Action] {
    guard !isOver, states.indices.contains(index), states[index] == .running else { return [] }
    states[index] = .failed
    return attemptNext(now: now)
  }

  package mutating func connected(_ index: Int) -> [Action] {
    guard !isOver, states.indices.contains(index), states[index] == .running else { return [.abandon(index)] }
    let losers = running.filter { $0 != index }
    end()
    return losers.map(Action.abandon) + [.use(index)]
  }

  /// The deadline passed or the user lost interest.
  package mutating func cancel() -> [Action] {
    let losers = running
    end()
    return losers.map(Action.abandon)
  }

  private mutating func attemptNext(now: NIODeadline) -> [Action] {
    guard !isOver else { return [] }
    guard next < addresses.count else {
      nextAttemptAt = nil
      guard running.isEmpty else { return [] }
      end()
      return [.giveUp]
    }
    let index = next
    states[index] = .running
    next += 1
    nextAttemptAt = next < addresses.count ? now + delay : nil
    return [.attempt(index)]
  }

  private mutating func end() {
    isOver = true
    nextAttemptAt = nil
    for index in states.indices where states[index] == .running { states[index] = .failed }
  }

  /// Families take turns, beginning with the first address's; the resolver's order is kept within each.
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    let preferred = addresses.filter { $0.protocol == first.protocol }
    let others = addresses.filter { $0.protocol != first.protocol }
    var result: [SocketAddress] = []
    for index in 0..<max(preferred.count, others.count) {
      if index < preferred.count { result.append(preferred[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return result
  }
}
