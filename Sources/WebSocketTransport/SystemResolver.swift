import Glibc
import NIOCore
import Synchronization

/// getaddrinfo, which can only block, on a thread of its own for each name.
///
/// A thread that nobody waits for any more ends when the system answers it; it holds nothing but the name.
package struct SystemResolver: NameResolver {
  package init() {}

  package func resolve(
    _ host: String, port: Int, family: AddressFamily, on eventLoop: any EventLoop
  ) -> Resolution {
    let lookup = Lookup(host: host, port: port, family: family, eventLoop: eventLoop)
    let resolution = Resolution(addresses: lookup.future, onCancel: { lookup.cancel() })
    lookup.start()
    return resolution
  }

  /// The addresses of an IP literal (IPv6 without brackets, a zone allowed), nil for anything else.
  /// Never asks a name server and never blocks.
  package static func literal(_ host: String, port: Int) -> SocketAddress? {
    guard let first = host.utf8.first else { return nil }
    let isHexDigit = (0x30...0x39).contains(first) || (0x61...0x66).contains(first | 0x20)
    guard first == UInt8(ascii: ":") || isHexDigit else { return nil }
    let found = try? addresses(of: host, port: port, family: .any, flags: AI_NUMERICHOST).get()
    return found?.first
  }

  /// Blocks, unless `flags` say that the name is numeric.
  static func addresses(
    of host: String, port: Int, family: AddressFamily, flags: Int32
  ) -> Result<[SocketAddress], ResolutionFailure> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_protocol = Int32(IPPROTO_TCP)
    hints.ai_flags = flags | AI_NUMERICSERV
    switch family {
    case .any: hints.ai_family = AF_UNSPEC
    case .ipv4: hints.ai_family = AF_INET
    case .ipv6: hints.ai_family = AF_INET6
    }
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    let systemError = errno
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else { return .failure(failure(code, errno: systemError, family: family)) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = address(of: entry.pointee), !addresses.contains(address) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    return addresses.isEmpty ? .failure(.noAddress(family)) : .success(addresses)
  }

  private static func address(of entry: addrinfo) -> SocketAddress? {
    guard let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
    switch entry.ai_family {
    case AF_INET: return SocketAddress(raw.loadUnaligned(as: sockaddr_in.self))
    case AF_INET6: return SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self))
    default: return nil
    }
  }

  private static func failure(_ code: Int32, errno: Int32, family: AddressFamily) -> ResolutionFailure {
    switch code {
    case EAI_NONAME: return .notFound
    case EAI_AGAIN: return .temporary
    case EAI_SYSTEM: return .system(errno: errno)
    case noDataCode, EAI_FAMILY, addressFamilyCode: return .noAddress(family)
    default: return .other(code: code, text: String(cString: gai_strerror(code)))
    }
  }

  /// EAI_NODATA and EAI_ADDRFAMILY, which the C library hides from strict sources.
  private static let noDataCode: Int32 = -5
  private static let addressFamilyCode: Int32 = -9
}

/// One call of getaddrinfo. The loop owns the promise until it is fulfilled; the thread asks under the lock
/// whether the loop still wants to hear from it, so that it never calls a loop that is gone.
private final class Lookup: Sendable {
  private let host: String
  private let port: Int
  private let family: AddressFamily
  private let eventLoop: any EventLoop
  private let promise: EventLoopPromise<[SocketAddress]>
  private let isWanted = Mutex(true)

  var future: EventLoopFuture<[SocketAddress]> { promise.futureResult }

  init(host: String, port: Int, family: AddressFamily, eventLoop: any EventLoop) {
    self.host = host
    self.port = port
    self.family = family
    self.eventLoop = eventLoop
    self.promise = eventLoop.makePromise()
  }

  func start() {
    if let code = DetachedThread.start({ self.run() }) { finish(.failure(.system(errno: code))) }
  }

  func cancel() {
    finish(.failure(.temporary))
  }

  private func run() {
    let result = SystemResolver.addresses(of: host, port: port, family: family, flags: 0)
    isWanted.withLock { isWanted in
      if isWanted { eventLoop.execute { self.finish(result) } }
    }
  }

  /// On the loop; the first caller wins.
  private func finish(_ result: Result<[SocketAddress], ResolutionFailure>) {
    let isFirst = isWanted.withLock { isWanted in
      defer { isWanted = false }
      return isWanted
    }
    guard isFirst else { return }
    switch result {
    case .success(let addresses): promise.succeed(addresses)
    case .failure(let failure): promise.fail(failure)
    }
  }
}
