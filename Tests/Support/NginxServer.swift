import Glibc

/// nginx in the foreground with the server blocks given; everything it writes lies in a temporary directory.
package final class NginxServer: Sendable {
  package let ports: [UInt16]
  package let server: Server
  private let directory: TemporaryDirectory

  /// `blocks` gets as many free ports as wanted and returns the text inside `http { … }`.
  package init(ports count: Int = 1, _ blocks: ([UInt16]) -> String) throws {
    let directory = try TemporaryDirectory()
    let (ports, server) = try withFreshPorts {
      let ports = try (0..<count).map { _ in try Port.free() }
      let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map { "\($0)_temp_path \(directory.path)/\($0);" }.joined(separator: "\n")
      let configuration = try directory.write(
        "nginx.conf",
        """
        \(geteuid() == 0 ? "user root;" : "")
        daemon off;
        worker_processes 1;
        pid \(directory.path)/pid;
        error_log stderr warn;
        events { worker_connections 256; }
        http {
        access_log off;
        \(temporary)
        \(blocks(ports))
        }

        """)
      let command = try Command("nginx", ["-p", directory.path, "-c", configuration, "-e", "stderr"])
      return (ports, try Server(command, ports: ports))
    }
    (self.ports, self.server, self.directory) = (ports, server, directory)
  }
}
