import Glibc
import Presentation
import Text

/// What the system lets one process have, raised or explained before thousands of connections are opened.
enum ProcessLimits {
  /// Of the process's own: standard streams, the loop's, files.
  private static let spareDescriptors = 64

  /// Makes room for `connections` sockets.
  /// - Parameters:
  ///   - socketsEach: 2 where the other end is in this process as well.
  ///   - isOneAddress: all go to one address and port, so that each needs a local port of its own.
  static func makeRoom(
    connections: Int, socketsEach: Int, isOneAddress: Bool
  ) throws(CommandFailure) {
    let needed = connections * socketsEach + spareDescriptors
    let available = raiseDescriptors(to: needed)
    if available < needed {
      throw exhausted(
        "\(Human.plural(connections, "client")) need \(Human.grouped(needed)) descriptors, and this process may have "
          + Human.grouped(available),
        most: (available - spareDescriptors) / socketsEach,
        "raise the hard limit of ulimit -n")
    }
    if isOneAddress, let ports = localPorts(), connections > ports {
      throw exhausted(
        "\(Human.plural(connections, "client")) to one address need as many local ports, and the system has "
          + Human.grouped(ports),
        most: ports, "widen net.ipv4.ip_local_port_range, or run shards with another --bind each")
    }
  }

  private static func exhausted(_ cause: String, most: Int, _ advice: String) -> CommandFailure {
    CommandFailure(
      Diagnosis(.system, .os, cause, "the most is \(Human.grouped(max(most, 0))) clients; or \(advice)"))
  }

  /// - Returns: how many there may be in the end.
  private static func raiseDescriptors(to needed: Int) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return .max }
    if limit.rlim_cur >= UInt(needed) { return Int(clamping: limit.rlim_cur) }
    var raised = limit
    raised.rlim_cur = min(UInt(needed), limit.rlim_max)
    if setrlimit(resource, &raised) == 0, raised.rlim_cur >= UInt(needed) { return needed }
    // Who may raise the hard limit too does not have to ask.
    var highest = rlimit(rlim_cur: UInt(needed), rlim_max: UInt(needed))
    if setrlimit(resource, &highest) == 0 { return needed }
    getrlimit(resource, &limit)
    return Int(clamping: limit.rlim_cur)
  }

  private static func localPorts() -> Int? {
    guard
      let bytes = try? InputFile.read("/proc/sys/net/ipv4/ip_local_port_range", limit: 1024, option: "--bind")
    else { return nil }
    let numbers = String(decoding: bytes, as: UTF8.self).split { $0 == "\t" || $0 == " " || $0 == "\n" }
      .compactMap { Int($0) }
    guard numbers.count == 2, numbers[1] >= numbers[0] else { return nil }
    return numbers[1] - numbers[0] + 1
  }
}
