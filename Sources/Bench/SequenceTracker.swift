/// What became of one numbered sequence of messages: each number is new, repeated, or fills a gap.
///
/// Only gaps are kept. With more than `maximumGaps` the oldest is given up: its messages count as lost for
/// good, and one of them that still comes counts as late, for nobody can tell it from a duplicate.
package struct SequenceTracker: Equatable, Sendable {
  package enum Arrival: Equatable, Sendable {
    case inOrder
    /// Behind a later one.
    case reordered
    case duplicate
    /// Belongs to a gap that was given up.
    case late
  }

  static let maximumGaps = 4096

  /// The lowest number that has not been seen, nor jumped over.
  package private(set) var next: UInt64 = 0
  private var gaps: [Range<UInt64>] = []
  /// Numbers below this are no longer known one by one.
  private var known: UInt64 = 0
  private var givenUp: UInt64 = 0

  package init() {}

  /// Numbers below the highest one seen that did not come.
  package var missing: UInt64 { gaps.reduce(givenUp) { $0 + UInt64($1.count) } }

  package mutating func record(_ sequence: UInt64) -> Arrival {
    if sequence == next {
      next = sequence &+ 1
      return .inOrder
    }
    if sequence > next {
      gaps.append(next..<sequence)
      next = sequence &+ 1
      if gaps.count > Self.maximumGaps { giveUp() }
      return .inOrder
    }
    guard sequence >= known else { return .late }
    return fill(sequence) ? .reordered : .duplicate
  }

  private mutating func giveUp() {
    let oldest = gaps.removeFirst()
    givenUp += UInt64(oldest.count)
    known = oldest.upperBound
  }

  private mutating func fill(_ sequence: UInt64) -> Bool {
    var low = 0
    var high = gaps.count
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].upperBound <= sequence { low = middle + 1 } else { high = middle }
    }
    guard low < gaps.count, gaps[low].contains(sequence) else { return false }
    let gap = gaps[low]
    var rest: [Range<UInt64>] = []
    if gap.lowerBound < sequence { rest.append(gap.lowerBound..<sequence) }
    if sequence + 1 < gap.upperBound { rest.append(sequence + 1..<gap.upperBound) }
    gaps.replaceSubrange(low...low, with: rest)
    return true
  }
}
