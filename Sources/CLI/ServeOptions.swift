import Glibc
import LoopbackBroker
import MQTTPackets
import Options
import Presentation
import Profiles
import WebSocketTransport

/// `mqttws serve`: its options.
enum ServeOptions {
  static let definition = CommandDefinition(
    "serve", "run the embedded broker",
    description: [
      """
      A small MQTT 3.1.1 and 5 broker over WebSocket, for demonstrations, tests and debugging. It keeps \
      everything in memory and listens on this machine alone unless it is told otherwise. It is not a \
      production broker.
      """
    ],
    synopsis: "[options]",
    options: listening + contents + general,
    examples: [
      Example("mqttws serve --simulate sensors", "a broker at ws://localhost:8083/mqtt with live devices"),
      Example("mqttws serve --cert broker.pem --key broker.key -p 8084", "wss with your own certificate"),
      Example("mqttws serve --port 0 --ready-fd 3", "a free port, for tests; descriptor 3 gets its URL"),
    ],
    strayArgumentHint: { text in
      if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return "the port goes with -p: -p \(text)" }
      return text.contains("://") ? "it listens where -p and --bind-address say" : nil
    })

  private static let listening: [OptionDefinition] = [
    OptionDefinition(
      "port", letters: "p", .one("PORT"), section: "Listening", "port; 0 takes a free one", default: "8083",
      common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "bind", letters: "A", .one("ADDRESS"), section: "Listening", "address to listen on",
      details: "Another address than loopback lets other machines in, with no protection but a password.",
      default: "127.0.0.1", common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "cert", .one("FILE"), section: "Listening", "certificate for wss", completion: .file, common: true),
    OptionDefinition("key", .one("FILE"), section: "Listening", "its key", completion: .file, common: true),
    OptionDefinition(
      "cafile", .one("FILE"), section: "Listening", "ask clients for a certificate of this authority",
      completion: .file),
    OptionDefinition(
      "allow-origin", .one("ORIGIN"), repeatable: true, section: "Listening",
      "let web pages of this origin in, besides those of this machine"),
    OptionDefinition(
      "allow-host", .one("HOST"), repeatable: true, section: "Listening",
      "name that clients may address this broker by, besides loopback's"),
    OptionDefinition(
      "ready-file", .one("FILE"), section: "Listening", "write the URL to this file once listening",
      completion: .file),
    OptionDefinition(
      "ready-fd", .one("NUMBER"), section: "Listening",
      "write the URL to this descriptor, and close it, once listening", refusesOptionAsValue: true),
  ]

  private static let contents: [OptionDefinition] = [
    OptionDefinition(
      "simulate", .one("sensors"), section: "Broker", "publish simulated devices under sensor/",
      completion: .values(["sensors"]), common: true, refusesOptionAsValue: true),
    OptionDefinition(
      "password-file", .one("FILE"), section: "Broker",
      "let in only who has a USER:PASSWORD line in this file", completion: .file, common: true),
    OptionDefinition(
      "deny-publish", .one("FILTER"), repeatable: true, section: "Broker",
      "refuse publishes to matching topics"),
    OptionDefinition(
      "deny-subscribe", .one("FILTER"), repeatable: true, section: "Broker",
      "refuse subscriptions within this filter"),
    OptionDefinition(
      "max-packet", .one("SIZE"), section: "Broker", "largest packet that is accepted", default: "256M",
      refusesOptionAsValue: true),
    OptionDefinition(
      "receive-maximum", .one("COUNT"), section: "Broker",
      "unacknowledged messages that a client may have under way", default: "1024",
      refusesOptionAsValue: true),
  ]

  private static let general = GeneralOptions.all.filter { ["max-time", "quiet", "json"].contains($0.name) }

  // MARK: - The settings

  static func listener(_ arguments: ParsedArguments) throws(CommandFailure) -> ListenerSettings {
    var listener = ListenerSettings()
    listener.port = Int(clamping: try OptionValues.number(arguments, "port", 0...65_535) ?? 8083)
    if let address = arguments.value("bind") { listener.address = address }
    listener.policy.origins = .loopback(and: Set(arguments.values("allow-origin").map { $0.lowercased() }))
    listener.policy.hosts = .loopback(and: Set(arguments.values("allow-host").map { $0.lowercased() }))
    if let certificate = arguments.value("cert") {
      var tls = TLSServerSettings(certificateFile: certificate, keyFile: arguments.value("key"))
      tls.clientCAFile = arguments.value("cafile")
      tls.requiresClientCertificate = tls.clientCAFile != nil
      listener.tls = tls
    } else if let other = arguments.last("key") ?? arguments.last("cafile") {
      throw .usage("\(other.spelling) means nothing without a certificate", hint: "add --cert")
    }
    return listener
  }

  static func broker(_ arguments: ParsedArguments) throws(CommandFailure) -> BrokerSettings {
    var settings = BrokerSettings()
    if let path = arguments.value("password-file") { settings.users = try users(path) }
    for text in arguments.values("deny-publish") { settings.access.deniedPublishes.append(try filter(text)) }
    for text in arguments.values("deny-subscribe") {
      settings.access.deniedSubscriptions.append(try filter(text))
    }
    if let text = arguments.value("max-packet") {
      guard let size = ValueReader.size(text), (128...BrokerSettings.largestPacket).contains(size) else {
        throw .usage("--max-packet '\(text)' is no size", hint: "such as 64k or 1M, 128 bytes to 256M")
      }
      settings.maximumPacketSize = size
    }
    if let count = try OptionValues.number(arguments, "receive-maximum", 1...65_535) {
      settings.receiveMaximum = UInt16(clamping: count)
    }
    return settings
  }

  private static func filter(_ text: String) throws(CommandFailure) -> TopicFilter {
    do throws(TopicError) {
      return try TopicFilter(text)
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(error, option: "--deny"))
    }
  }

  /// Lines of `USER:PASSWORD`.
  private static func users(_ path: String) throws(CommandFailure) -> [String: [UInt8]] {
    let text: [UInt8]
    do throws(SecretError) {
      text = try SecretSource.file(path).read()
    } catch {
      throw CommandFailure(DiagnosisTable().badInput(path, error.reason, hint: "check --password-file"))
    }
    var users: [String: [UInt8]] = [:]
    for (number, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw CommandFailure(
          DiagnosisTable().badInput(path, "line \(number + 1) has no colon", hint: "write USER:PASSWORD"))
      }
      users[String(decoding: line[..<colon], as: UTF8.self)] = Array(line[(colon + 1)...])
    }
    return users
  }
}
