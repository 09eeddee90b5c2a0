import Glibc

/// Debian's broker with one plain listener, for its own clients, beside WebSocket listeners of every kind.
package final class Mosquitto: Sendable {
  package enum Persistence: Sendable {
    case none
    /// Every change is on disk at once, so that a killed broker comes back with its sessions.
    case everyChange
  }

  /// Plain MQTT over TCP, open to all.
  package let plainPort: UInt16
  /// WebSocket, open to all.
  package let openPort: UInt16
  /// WebSocket, `user` and `password` wanted, and the ACL of `aclUser` in force.
  package let passwordPort: UInt16
  /// wss with a good certificate; with a client certificate wanted; with an expired, a wrong-name, a stranger's.
  package let tlsPort: UInt16
  package let clientCertificatePort: UInt16
  package let expiredPort: UInt16
  package let wrongNamePort: UInt16
  package let strangerPort: UInt16

  /// May do everything.
  package let user = "tester"
  package let password = "p\u{e4}ss w@rd/%"
  /// May read and write below open/ and read below readable/; the same password.
  package let limitedUser = "limited"

  package let server: Server
  private let directory: TemporaryDirectory

  package init(persistence: Persistence = .none, furtherLines: [String] = []) throws {
    let directory = try TemporaryDirectory()
    let certificates = try Certificates.shared()
    let passwords = directory.file("passwords")
    try directory.write("passwords", "\(user):\(password)\n\(limitedUser):\(password)\n")
    try runTool("mosquitto_passwd", ["-U", passwords])
    let acl = try directory.write(
      "acl",
      "user \(user)\ntopic readwrite #\nuser \(limitedUser)\ntopic readwrite open/#\ntopic read readable/#\n")
    let built = try withFreshPorts {
      let ports = try (0..<8).map { _ in try Port.free() }
      let lines = Self.configuration(
        ports, directory, certificates, passwords: passwords, acl: acl, persistence, furtherLines)
      let configuration = try directory.write("mosquitto.conf", lines.joined(separator: "\n") + "\n")
      var command = try Command("mosquitto", ["-c", configuration])
      command.errors = .captured
      return (ports, try Server(command, ports: ports))
    }
    self.directory = directory
    server = built.1
    (plainPort, openPort, passwordPort, tlsPort) = (built.0[0], built.0[1], built.0[2], built.0[3])
    (clientCertificatePort, expiredPort) = (built.0[4], built.0[5])
    (wrongNamePort, strangerPort) = (built.0[6], built.0[7])
  }

  private static func configuration(
    _ ports: [UInt16], _ directory: TemporaryDirectory, _ certificates: Certificates, passwords: String,
    acl: String, _ persistence: Persistence, _ furtherLines: [String]
  ) -> [String] {
    func listener(_ port: UInt16, _ lines: String...) -> [String] { ["listener \(port) 127.0.0.1"] + lines }
    func tls(_ port: UInt16, _ identity: Certificates.Identity, _ lines: String...) -> [String] {
      listener(port, "protocol websockets", "allow_anonymous true")
        + ["certfile \(identity.certificate)", "keyfile \(identity.key)"] + lines
    }
    var lines = [
      "per_listener_settings true", "max_queued_messages 0", "queue_qos0_messages true", "log_type error",
      "log_type warning", "log_type notice", "log_dest stderr",
    ]
    // Started by root it would change to a user who cannot read our files.
    if geteuid() == 0 { lines.append("user root") }
    if persistence == .everyChange {
      lines += [
        "persistence true", "persistence_location \(directory.path)/", "autosave_on_changes true",
        "autosave_interval 1",
      ]
    }
    lines += furtherLines
    lines += listener(ports[0], "allow_anonymous true")
    lines += listener(ports[1], "protocol websockets", "allow_anonymous true")
    lines += listener(
      ports[2], "protocol websockets", "allow_anonymous false", "password_file \(passwords)",
      "acl_file \(acl)")
    lines += tls(ports[3], certificates.server)
    lines += tls(
      ports[4], certificates.server, "cafile \(certificates.authority.certificate)",
      "require_certificate true")
    lines += tls(ports[5], certificates.expiredServer)
    lines += tls(ports[6], certificates.wrongNameServer)
    lines += tls(ports[7], certificates.strangerServer)
    return lines
  }

  /// Waits until the persistence file holds these bytes: an acknowledged change is written a moment later.
  package func waitUntilPersisted(_ text: String, within time: Duration = .seconds(20)) throws {
    let deadline = Deadline.after(time)
    let file = directory.file("mosquitto.db")
    while !String(decoding: (try? readFile(file)) ?? [], as: UTF8.self).contains(text) {
      if deadline.hasPassed { throw DeadlineExceeded("\(file) does not hold \(text)") }
      pause(.milliseconds(5))
    }
  }

  /// Runs `body` while a client of the plain listener keeps the broker awake. Left alone, 2.0.11 sends a large
  /// message over WebSocket at 4 KiB for each of its 0.1 s naps.
  package func keptAwake<Result>(_ body: () throws -> Result) throws -> Result {
    let name = SocketName.ipv4(plainPort)
    let caller = try name.socket()
    defer { close(caller) }
    try checked("connect") { name.withAddress { connect(caller, $0, $1) } }
    let identity = Array("awake-\(UInt64.random(in: 0...UInt64.max))".utf8)
    try writeAll(
      [0x10, UInt8(12 + identity.count), 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 0, 0, UInt8(identity.count)]
        + identity, to: caller)
    let hasEnded = Monitor(false)
    try startThread {
      while let answer = try? readSome(caller), !answer.isEmpty {
        if (try? writeAll([0xc0, 0], to: caller)) == nil { break }
      }
      hasEnded.withLock { $0 = true }
    }
    // The thread leaves the descriptor before it is closed, and its number somebody else's.
    defer {
      shutdown(caller, Int32(SHUT_RDWR))
      let left: Bool? = hasEnded.wait(until: .after(.seconds(60))) { $0 ? true : nil }
      if left == nil { print("The client that kept mosquitto awake does not end.") }
    }
    return try body()
  }

  // MARK: Debian's clients on the plain listener

  package func publisher(_ arguments: [String]) throws -> Command {
    try Command("mosquitto_pub", ["-h", "127.0.0.1", "-p", "\(plainPort)"] + arguments)
  }

  package func subscriber(_ arguments: [String]) throws -> Command {
    try Command("mosquitto_sub", ["-h", "127.0.0.1", "-p", "\(plainPort)"] + arguments)
  }

  /// Subscribes for later: `Inbox.take` gets what has arrived since, in one process that has nothing to miss.
  package func openInbox(_ filters: [String], qos: Int = 2, version: String = "mqttv311") throws -> Inbox {
    let inbox = Inbox(
      broker: self, identity: "inbox-\(UInt64.random(in: 0...UInt64.max))", version: version,
      subscription: filters.flatMap { ["-t", $0] } + ["-q", "\(qos)"])
    try inbox.run(["-E"], within: .seconds(30))
    return inbox
  }

  package struct Inbox: Sendable {
    let broker: Mosquitto
    let identity: String
    let version: String
    let subscription: [String]

    /// What mosquitto_sub prints for the next messages; further arguments are its own (`-N`, `-F`, `-v`).
    package func take(_ count: Int, _ arguments: [String] = [], within time: Duration = .seconds(60)) throws
      -> [UInt8]
    {
      try run(["-C", "\(count)"] + arguments, within: time)
    }

    @discardableResult
    fileprivate func run(_ arguments: [String], within time: Duration) throws -> [UInt8] {
      let command = try broker.subscriber(["-c", "-i", identity, "-V", version] + subscription + arguments)
      let result = try command.run(within: time)
      guard result.status == .exited(0) else {
        throw ToolFailed(
          description: "\(command.line): \(result.status)\n\(result.errorText)\(broker.server.log)")
      }
      return result.output
    }
  }
}
