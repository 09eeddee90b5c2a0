import NIOCore
import NIOPosix

/// A loopback TCP relay in front of a server: it counts what passes, holds it up, and cuts the line.
package final class Relay: Sendable {
  package enum Ending: Sendable {
    /// RST: the line broke.
    case reset
    /// FIN: the other side, or something between, hung up.
    case finish
  }

  /// A line that the relay cut.
  package struct Cut: Sendable, Equatable {
    /// QoS 2 exchanges that had begun on the line and not ended.
    package let unfinishedExchanges: Int
  }

  /// Bytes that were passed on at once.
  package struct Passage: Sendable {
    package let direction: Direction
    package let bytes: [UInt8]
  }

  package struct Record: Sendable {
    package internal(set) var connections = 0
    package internal(set) var open = 0
    package internal(set) var bytes: [Direction: Int] = [:]
    package internal(set) var cuts: [Cut] = []
    package internal(set) var packets: [PacketKind: Int] = [:]
    /// What went over all lines, where that is kept.
    package internal(set) var passages: [Passage] = []
  }

  package let port: UInt16
  private let listener: any Channel
  private let core: RelayCore
  private let record = Monitor(Record())

  package init(to target: UInt16, keepsPassages: Bool = false) throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let core = RelayCore(loop: loop, target: target, record: record, keepsPassages: keepsPassages)
    listener = try ServerBootstrap(group: loop)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { core.accept($0) }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = UInt16(listener.localAddress?.port ?? 0)
    self.core = core
  }

  deinit {
    listener.close(promise: nil)
    core.loop.execute { [core] in core.cut(.reset) }
  }

  /// Cuts every line that is open now. New ones are accepted at once.
  package func cut(_ ending: Ending = .reset) throws { try onLoop { $0.cut(ending) } }

  /// The line over which this many further bytes have gone one way is cut right behind them.
  package func cut(after bytes: Int, _ direction: Direction, _ ending: Ending = .reset) throws {
    try onLoop { $0.trigger = .bytes(left: bytes, direction, ending) }
  }

  /// The line over which the next such packet goes is cut: once the packet was passed on, or in its place.
  package func cut(
    at kind: PacketKind, _ direction: Direction, passingItOn: Bool, _ ending: Ending = .reset
  ) throws {
    try onLoop { $0.trigger = .packet(kind, direction, passingItOn: passingItOn, ending) }
  }

  /// Stops passing bytes these ways, without closing anything, until `resume`.
  package func stall(_ directions: Set<Direction> = [.toServer, .toClient]) throws {
    try onLoop { $0.setStalled(directions) }
  }
  package func resume() throws { try onLoop { $0.setStalled([]) } }

  /// Every byte takes this long from now on.
  package func delay(_ time: Duration) throws { try onLoop { $0.delay = TimeAmount(time) } }

  /// New connections are closed at once while this holds.
  package func refuse(_ isRefusing: Bool) throws { try onLoop { $0.isRefusing = isRefusing } }

  package var now: Record { record.withLock { $0 } }

  /// Waits until the record is as wanted.
  @discardableResult
  package func wait(within time: Duration = .seconds(30), for condition: (Record) -> Bool) throws -> Record {
    if let found = record.wait(until: .after(time), for: { condition($0) ? $0 : nil }) { return found }
    throw DeadlineExceeded("the relay's record is \(now)")
  }

  private func onLoop(_ body: @escaping @Sendable (RelayCore) -> Void) throws {
    try core.loop.submit { [core] in body(core) }.wait()
  }
}
