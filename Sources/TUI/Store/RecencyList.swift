/// The members of some queues in the order in which they were last touched, by index. Both links of a
/// member lie in one array, so touching one costs no search and no allocation. A member is in one queue.
struct RecencyList: Sendable {
  enum Lane: Int32, CaseIterable, Sendable {
    case ordinary
    /// Pinned members, which have a share of their own.
    case exempt
    /// Members that are to go last.
    case last
  }

  /// A queue is a ring through its sentinel, whose `newer` is the oldest member and whose `older` is the
  /// newest.
  private struct Link {
    var newer: Int32
    var older: Int32
  }

  private static let none: Int32 = -1
  private static let sentinels = Lane.allCases.count
  /// The sentinels, then the members.
  private var links = (0..<Int32(sentinels)).map { Link(newer: $0, older: $0) }

  var allocated: Int { links.capacity * MemoryLayout<Link>.stride }

  /// Makes `member` the newest of that queue.
  mutating func touch(_ member: Int32, in lane: Lane = .ordinary) {
    let index = member + Int32(Self.sentinels)
    if links[Int(lane.rawValue)].older == index { return }
    detach(index)
    insert(index, after: links[Int(lane.rawValue)].older)
  }

  /// Makes `member` the oldest of that queue.
  mutating func age(_ member: Int32, in lane: Lane = .ordinary) {
    let index = member + Int32(Self.sentinels)
    detach(index)
    insert(index, after: lane.rawValue)
  }

  mutating func remove(_ member: Int32) {
    let index = member + Int32(Self.sentinels)
    if Int(index) < links.count { detach(index) }
  }

  /// The member that was not touched for longest.
  func oldest(in lane: Lane = .ordinary) -> Int32? {
    let index = Int(links[Int(lane.rawValue)].newer)
    return index < Self.sentinels ? nil : Int32(index - Self.sentinels)
  }

  /// Puts a detached link on the newer side of another.
  private mutating func insert(_ index: Int32, after older: Int32) {
    let newer = links[Int(older)].newer
    links[Int(index)] = Link(newer: newer, older: older)
    links[Int(older)].newer = index
    links[Int(newer)].older = index
  }

  private mutating func detach(_ index: Int32) {
    while links.count <= Int(index) { links.append(Link(newer: Self.none, older: Self.none)) }
    let link = links[Int(index)]
    guard link.newer != Self.none else { return }
    links[Int(link.newer)].older = link.older
    links[Int(link.older)].newer = link.newer
    links[Int(index)] = Link(newer: Self.none, older: Self.none)
  }
}
