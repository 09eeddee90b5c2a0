import Support
import Testing

/// What is published arrives byte for byte: here, and at Debian's client on the plain listener.
@Suite(.ownThread)
struct RoundTripTests {
  private let program: Mqttws
  private let brokers: Brokers

  init() throws {
    program = try Mqttws()
    brokers = try Brokers.shared()
  }

  private static let payloads: [[UInt8]] =
    [0, 1, 125, 126, 65_535, 65_536].map { size in
      (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
    }
    + [Array(UInt8.min...UInt8.max)]

  @Test(arguments: Route.allCases, Version.allCases)
  func everyPayloadAtEveryQoS(_ route: Route, _ version: Version) throws {
    for qos in ["0", "1", "2"] {
      let topic = freshTopic()
      let target = try route.arguments(brokers) + ["-V", version.rawValue]
      let inbox = route == .embedded ? nil : try brokers.mosquitto.openInbox([topic])
      let subscriber = try program.startSubscriber(
        target + ["-t", topic, "-q", qos, "-N", "-C", "\(Self.payloads.count)"])
      for payload in Self.payloads {
        let options = payload.isEmpty ? ["-n"] : ["-s"]
        let result = try program.command(
          ["pub"] + target + ["-t", topic, "-q", qos] + options, input: .bytes(payload)
        ).run()
        #expect(result.status == .exited(0), "\(payload.count) bytes: \(result.errorText)")
      }
      let wanted = Self.payloads.flatMap { $0 }
      let received = try brokers.mosquitto.keptAwake { try subscriber.wait() }
      #expect(received.status == .exited(0))
      #expect(
        areEqual(received.output, wanted), "QoS \(qos): \(received.output.count) bytes of \(wanted.count)")
      if let inbox { #expect(areEqual(try inbox.take(Self.payloads.count, ["-N"]), wanted)) }
    }
  }

  @Test(arguments: [Route.webSocket, .tls, .embedded])
  func twentyMegabytes(_ route: Route) throws {
    let payload = (0..<20_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
    let file = try program.home.write("payload", payload)
    let topic = freshTopic()
    let target = try route.arguments(brokers)
    let inbox = route == .embedded ? nil : try brokers.mosquitto.openInbox([topic])
    let subscriber = try program.startSubscriber(target + ["-t", topic, "-q", "1", "-N", "-C", "1"])
    let published = try program.command(["pub"] + target + ["-t", topic, "-q", "1", "-f", file]).run()
    #expect(published.status == .exited(0), "\(published.errorText)")
    let received = try brokers.mosquitto.keptAwake { try subscriber.wait(within: .seconds(120)) }
    #expect(received.status == .exited(0))
    #expect(areEqual(received.output, payload))
    if let inbox { #expect(areEqual(try inbox.take(1, ["-N"]), payload)) }
  }

  @Test func debiansClientIsHeardAtEveryQoSAndVersion() throws {
    for version in Version.allCases {
      for qos in ["0", "1", "2"] {
        let topic = freshTopic()
        let payload = Array(UInt8.min...UInt8.max)
        let subscriber = try program.startSubscriber(
          try Route.webSocket.arguments(brokers)
            + ["-V", version.rawValue, "-t", topic, "-q", qos, "-N", "-C", "1"])
        var publish = try brokers.mosquitto.publisher([
          "-V", version.mosquittoName, "-t", topic, "-q", qos, "-s",
        ])
        publish.input = .bytes(payload)
        #expect(try publish.run().status == .exited(0))
        #expect(try subscriber.wait().output == payload)
      }
    }
  }

  /// Each property has two of Debian's placeholders' readings: theirs and ours, of their message and of ours.
  @Test func messagePropertiesArriveEqual() throws {
    let properties = [
      "content-type", "text/plain; x=\u{fc}", "response-topic", "answers/here", "correlation-data", "id 1%",
      "payload-format-indicator", "1", "message-expiry-interval", "3600",
    ]
    var options: [String] = []
    for index in stride(from: 0, to: properties.count, by: 2) {
      options += ["-D", "publish", properties[index], properties[index + 1]]
    }
    options += ["-D", "publish", "user-property", "name", "value one"]
    options += ["-D", "publish", "user-property", "name", "value two"]
    let template = "%t|%p|%C|%R|%D|%F|%P|%q|%r|%l"
    let topic = freshTopic()
    let target = try Route.webSocket.arguments(brokers)
    let inbox = try brokers.mosquitto.openInbox([topic], version: "mqttv5")
    let subscriber = try program.startSubscriber(
      target + ["-t", topic, "-q", "1", "-F", template, "-C", "2"])
    let message = ["-t", topic, "-q", "1", "-m", "pay load"]
    #expect(try brokers.mosquitto.publisher(["-V", "mqttv5"] + message + options).run().status == .exited(0))
    let published = try program.command(["pub"] + target + message + options).run()
    #expect(published.status == .exited(0), "\(published.errorText)")
    let line =
      "\(topic)|pay load|text/plain; x=\u{fc}|answers/here|id 1%|1|name:value one name:value two|1|0|8"
    #expect(try subscriber.wait().outputLines == [line, line])
    let theirs = String(decoding: try inbox.take(2, ["-F", template]), as: UTF8.self)
    #expect(theirs == "\(line)\n\(line)\n")
  }

  @Test func anEncryptedClientKeyOpensWithItsPassword() throws {
    let certificates = try Certificates.shared()
    var program = self.program
    program.environment["KEY_PASSWORD"] = certificates.keyPassword
    let result = try program.run(
      "pub", "wss://localhost:\(brokers.mosquitto.clientCertificatePort)/mqtt", "--cafile",
      certificates.authority.certificate, "--cert", certificates.client.certificate, "--key",
      certificates.encryptedClientKey, "--key-password-env", "KEY_PASSWORD", "-t", freshTopic(), "-m", "x",
      "-q", "1")
    #expect(result.status == .exited(0), "\(result.errorText)")
  }

  @Test(arguments: Version.allCases)
  func retainedMessagesAndWillsArrive(_ version: Version) throws {
    let topic = freshTopic()
    let target = try Route.webSocket.arguments(brokers) + ["-V", version.rawValue]
    #expect(
      try program.command(["pub"] + target + ["-t", "\(topic)/kept", "-r", "-q", "1", "-m", "status"]).run()
        .status
        == .exited(0))
    let subscriber = try program.startSubscriber(
      target + ["-t", "\(topic)/#", "-q", "1", "-F", "%t %r %p", "-C", "2"])
    let dying = try program.startSubscriber(
      target + ["-t", "other", "--will-topic", "\(topic)/will", "--will-payload", "gone", "--will-qos", "1"])
    dying.kill()
    #expect(try subscriber.wait().outputLines == ["\(topic)/kept 1 status", "\(topic)/will 0 gone"])
  }
}
