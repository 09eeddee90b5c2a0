import Glibc
import Support
import Testing

/// The tools the other suites stand on: real servers, certificates, the relay and the scripted peer.
@Suite(.ownThread)
struct SupportServerTests {
  @Test func certificatesAreWhatTheirNamesSay() throws {
    let made = try Certificates.shared()
    func verify(_ certificate: String, _ arguments: String...) throws -> String {
      let command = try Command(
        "openssl", ["verify", "-CAfile", made.authority.certificate] + arguments + [certificate])
      let result = try command.run()
      return result.status == .exited(0) ? "ok" : result.errorText
    }
    #expect(try verify(made.server.certificate, "-verify_hostname", "localhost") == "ok")
    #expect(try verify(made.server.certificate, "-verify_ip", "127.0.0.1") == "ok")
    #expect(try verify(made.server.certificate, "-verify_ip", "::1") == "ok")
    #expect(try verify(made.client.certificate, "-purpose", "sslclient") == "ok")
    #expect(try verify(made.expiredServer.certificate).contains("certificate has expired"))
    #expect(try verify(made.futureServer.certificate).contains("not yet valid"))
    #expect(try verify(made.wrongNameServer.certificate) == "ok")
    #expect(
      try verify(made.wrongNameServer.certificate, "-verify_hostname", "localhost").contains(
        "hostname mismatch"))
    #expect(try verify(made.strangerServer.certificate).contains("unable to get local issuer certificate"))
    try runTool(
      "openssl", ["pkey", "-in", made.encryptedClientKey, "-noout", "-passin", "pass:\(made.keyPassword)"])
    #expect(throws: ToolFailed.self) {
      try runTool("openssl", ["pkey", "-in", made.encryptedClientKey, "-noout", "-passin", "pass:wrong"])
    }
  }

  @Test func mosquittoServesItsOwnClientsAndOurInbox() throws {
    let broker = try Mosquitto()
    let payload = Array(UInt8.min...UInt8.max)
    let inbox = try broker.openInbox(["a/#"])
    var command = try broker.publisher(["-t", "a/b", "-q", "1", "-s"])
    command.input = .bytes(payload)
    #expect(try command.run().status == .exited(0))
    #expect(try inbox.take(1, ["-N"]) == payload)
  }

  @Test func mosquittoComesBackOnItsPortsWithWhatItPersisted() throws {
    let broker = try Mosquitto(persistence: .everyChange)
    let inbox = try broker.openInbox(["kept"])
    #expect(try broker.publisher(["-t", "kept", "-q", "1", "-m", "still here"]).run().status == .exited(0))
    try broker.waitUntilPersisted("still here")
    broker.server.kill()
    #expect(!Port.accepts(broker.plainPort))
    try broker.server.start()
    #expect(try inbox.take(1) == Array("still here\n".utf8))
  }

  @Test func nginxServesItsBlocks() throws {
    let server = try NginxServer(ports: 1) { ports in
      "server { listen 127.0.0.1:\(ports[0]); location / { return 404 nothing; } }"
    }
    let result = try Command(
      "bash",
      [
        "-c",
        "exec 3<>/dev/tcp/127.0.0.1/\(server.ports[0]); printf 'GET /x HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3",
      ]
    ).run()
    #expect(result.outputText.hasPrefix("HTTP/1.1 404"))
  }

  @Test func theRelayPassesAllAndCounts() throws {
    let broker = try Mosquitto()
    let relay = try Relay(to: broker.plainPort)
    let inbox = try broker.openInbox(["big"])
    let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var command = try Command(
      "mosquitto_pub", ["-h", "127.0.0.1", "-p", "\(relay.port)", "-t", "big", "-q", "2", "-s"])
    command.input = .bytes(payload)
    #expect(try command.run().status == .exited(0))
    #expect(areEqual(try inbox.take(1, ["-N"]), payload))
    let record = try relay.wait { $0.open == 0 }
    #expect(record.connections == 1)
    #expect((record.bytes[.toServer] ?? 0) > payload.count)
    #expect(record.cuts.isEmpty)
  }

  @Test(arguments: [Relay.Ending.reset, .finish])
  func theRelayCutsBehindAByte(_ ending: Relay.Ending) throws {
    let peer = try ScriptedPeer { connection in
      try connection.send("0123456789")
      try connection.readToEnd()
    }
    let relay = try Relay(to: peer.port)
    try relay.cut(after: 4, .toClient, ending)
    let result = try Command("bash", ["-c", "cat </dev/tcp/127.0.0.1/\(relay.port)"]).run()
    #expect(result.outputText == "0123")
    #expect(result.errorText.contains("reset") == (ending == .reset))
    #expect(relay.now.cuts.map(\.unfinishedExchanges) == [0])
  }

  @Test func theRelayHoldsUpWhatItStalls() throws {
    let peer = try ScriptedPeer { connection in
      while true { try connection.send(connection.read(1)) }
    }
    let relay = try Relay(to: peer.port)
    var command = try Command(
      "bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(relay.port); cat <&3 & cat >&3; wait"])
    command.input = .pipe
    let child = try command.start()
    try child.write("a\n")
    try child.line { $0 == "a" }
    try relay.stall()
    try child.write("b\n")
    #expect(throws: DeadlineExceeded.self) { try child.line(within: .milliseconds(100)) { $0 == "b" } }
    try relay.resume()
    try child.line { $0 == "b" }
  }

  @Test func theTapSeesUnfinishedExchanges() throws {
    // A WebSocket peer that takes a QoS 2 PUBLISH and answers PUBREC only.
    let peer = try ScriptedPeer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.sendFrame([0x20, 2, 0, 0])
      let publish = try connection.readPacket()
      try connection.sendFrame([0x50, 2] + publish[4...5])
      try connection.readToEnd()
    }
    let relay = try Relay(to: peer.port)
    try relay.cut(at: .pubRec, .toClient, passingItOn: true)
    // Masked with zeros: CONNECT, then a PUBLISH at QoS 2 to the empty topic with packet id 258.
    let frames = #"\x82\x8e\0\0\0\0\x10\x0c\0\4MQTT\4\2\0\0\0\0\x82\x86\0\0\0\0\x34\4\0\0\1\2"#
    let head = #"GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"#
    let script = "exec 3<>/dev/tcp/127.0.0.1/\(relay.port); printf '\(head)\(frames)' >&3; cat <&3"
    let result = try Command("bash", ["-c", script]).run()
    #expect(result.outputText.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
    #expect(result.output.suffix(6) == [0x82, 4, 0x50, 2, 1, 2])
    #expect(relay.now.cuts.map(\.unfinishedExchanges) == [1])
    try peer.waitForEnd()
  }
}
