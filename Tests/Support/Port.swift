import Glibc

/// Loopback ports for servers that cannot be handed an open socket.
package enum Port {
  private static let taken = Monitor<Set<UInt16>>([])

  /// A port that is free on 127.0.0.1 and ::1 and is given out once. It lies below the range from which the kernel
  /// takes the ports of outgoing connections: there a client that reconnects to a stopped server would in time
  /// get the server's port as its own and be connected to itself.
  package static func free() throws -> UInt16 {
    for _ in 0..<2000 {
      let port = UInt16.random(in: 15_000..<32_000)
      let isNew = taken.withLock { $0.insert(port).inserted }
      if isNew && isFree(port) { return port }
    }
    throw SystemError("find a free port", EADDRINUSE)
  }

  private static func isFree(_ port: UInt16) -> Bool {
    [SocketName.ipv4(port), .ipv6(port)].allSatisfy { name in
      guard let descriptor = try? name.socket() else { return true }
      defer { close(descriptor) }
      return name.withAddress { bind(descriptor, $0, $1) } == 0 || errno == EADDRNOTAVAIL
    }
  }

  package static func accepts(_ port: UInt16) -> Bool {
    guard let descriptor = try? SocketName.ipv4(port).socket() else { return false }
    defer { close(descriptor) }
    return SocketName.ipv4(port).withAddress { connect(descriptor, $0, $1) } == 0
  }
}

/// A loopback address as the socket calls take it.
enum SocketName {
  case ipv4(UInt16)
  case ipv6(UInt16)

  func socket() throws -> Int32 {
    let family = if case .ipv4 = self { AF_INET } else { AF_INET6 }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return try checked("socket") { Glibc.socket(family, kind, 0) }
  }

  func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch self {
    case .ipv4(let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
      return withUnsafeBytes(of: &address) { Self.call(body, $0) }
    case .ipv6(let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      return withUnsafeBytes(of: &address) { Self.call(body, $0) }
    }
  }

  private static func call<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result, _ bytes: UnsafeRawBufferPointer
  ) -> Result {
    bytes.withMemoryRebound(to: sockaddr.self) { address in
      guard let base = address.baseAddress else { preconditionFailure("an address has bytes") }
      return body(base, socklen_t(bytes.count))
    }
  }
}
