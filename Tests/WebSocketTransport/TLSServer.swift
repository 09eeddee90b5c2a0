import Support
import Testing

@testable import WebSocketTransport

/// `openssl s_server` with the given certificate: the other end of TLS that is not ours.
struct TLSServer {
  let process: ChildProcess
  let port: Int

  init(_ identity: Certificates.Identity, _ further: [String] = []) throws {
    try self.init(certificate: identity.certificate, key: identity.key, further)
  }

  init(certificate: String, key: String, _ further: [String]) throws {
    var arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key]
    // -naccept ends it after the one connection; without -quiet it prints its port and what it received.
    arguments += ["-naccept", "1"] + further
    var command = try Command("openssl", arguments)
    command.input = .pipe
    process = try command.start()
    let line = try process.line { $0.hasPrefix("ACCEPT ") }
    port = Int(line.split(separator: ":").last ?? "") ?? 0
  }

  func stop() {
    process.kill()
  }
}
