import Glibc
import MQTTSession

/// When the messages of one client are due. Pure: the same seed gives the same instants.
///
/// Evenly spread, the clients take turns: client 0, 1, 2 … at a distance of one period of the total rate. From
/// 2,000 messages a second on, groups of up to twenty are due at one instant, for waking up costs more than
/// sending; what a client sends then leaves in one write.
/// Poisson arrivals of each client on its own add up to Poisson arrivals of the total rate.
package struct Schedule: Sendable {
  private let arrival: LoadPlan.Arrival
  /// Nanoseconds between two messages of all clients.
  private let period: Double
  private let client: Double
  private let clients: Double
  /// Messages of all clients that are due together.
  private let group: Double
  private var random: SeededRandom
  /// Messages taken so far.
  package private(set) var count: UInt64 = 0
  /// Nanoseconds from the start of the load.
  package private(set) var next: Int64

  /// - Parameters:
  ///   - rate: messages a second of all clients together, above 0.
  ///   - seed: the same for all clients of a run.
  package init(rate: Double, arrival: LoadPlan.Arrival, client: Int, of clients: Int, seed: UInt64) {
    self.arrival = arrival
    period = 1e9 / rate
    self.client = Double(client)
    self.clients = Double(clients)
    group = Double(Self.group(arrival, rate: rate))
    // Of neighbouring seeds only the outputs differ thoroughly: the states follow on from each other.
    var seeds = SeededRandom(seed: seed ^ UInt64(client) &* 0xD1B5_4A32_D192_ED03)
    random = SeededRandom(seed: seeds.next())
    next = 0
    next = arrival == .even ? even() : gap()
  }

  /// Messages of all clients that are due at one instant.
  static func group(_ arrival: LoadPlan.Arrival, rate: Double) -> Int {
    arrival == .poisson || rate < 2000 ? 1 : Int(min(rate / 250, 20))
  }

  /// The next message has been sent.
  package mutating func advance() {
    count += 1
    if arrival == .even { next = even() } else { next = Self.whole(Double(next) + Double(gap())) }
  }

  /// From the count, so that no error adds up.
  private func even() -> Int64 {
    let number = client + Double(count) * clients
    return Self.whole((number / group).rounded(.down) * group * period)
  }

  private mutating func gap() -> Int64 { Self.whole(-log(random.fraction()) * period * clients) }

  private static func whole(_ value: Double) -> Int64 { value < 9e18 ? Int64(value) : .max }
}
