import Glibc

/// squid in the foreground, as a forward proxy on loopback; everything it writes lies in a temporary directory.
package final class SquidServer: Sendable {
  /// Opens tunnels for everybody.
  package let openPort: UInt16
  /// Wants a user name and a password, and takes any.
  package let loginPort: UInt16
  /// Refuses everybody.
  package let closedPort: UInt16
  package let server: Server
  private let directory: TemporaryDirectory

  package init() throws {
    let directory = try TemporaryDirectory()
    // Started by root it changes to a user of its own.
    if geteuid() == 0 { try checked("chmod") { chmod(directory.path, 0o777) } }
    let (ports, server) = try withFreshPorts {
      let ports = try (0..<3).map { _ in try Port.free() }
      let configuration = try directory.write(
        "squid.conf",
        """
        http_port 127.0.0.1:\(ports[0]) name=open
        http_port 127.0.0.1:\(ports[1]) name=login
        http_port 127.0.0.1:\(ports[2]) name=closed
        pid_filename none
        cache_log \(directory.path)/log
        access_log none
        cache deny all
        cache_mem 8 MB
        pinger_enable off
        coredump_dir \(directory.path)
        shutdown_lifetime 0 seconds
        auth_param basic program /usr/lib/squid/basic_fake_auth
        auth_param basic children 1 startup=0
        acl closed myportname closed
        acl login myportname login
        acl signed proxy_auth REQUIRED
        http_access deny closed
        http_access deny login !signed
        http_access allow all

        """)
      return (ports, try Server(try Command("squid", ["-N", "-f", configuration]), ports: ports))
    }
    (openPort, loginPort, closedPort) = (ports[0], ports[1], ports[2])
    self.server = server
    self.directory = directory
  }
}
