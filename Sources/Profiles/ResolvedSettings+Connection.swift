import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Options
import WebSocketTransport

/// What a command asks of its connection beyond the settings.
package struct ConnectionNeeds: Sendable {
  /// The highest QoS that it publishes or subscribes with.
  package var highestQoS: QoS
  /// Whether it outlives a connection; `--no-reconnect` overrules it.
  package var reconnects: Bool
  /// Further CONNECT and will properties (`-D connect …`, `-D will …`).
  package var connectProperties: Properties
  package var willProperties: Properties
  /// Messages of QoS 1 and 2 that may be unacknowledged; nil is the version's default.
  package var maximumInFlight: UInt16?

  package init(
    highestQoS: QoS = .atMostOnce, reconnects: Bool = true, connectProperties: Properties = [],
    willProperties: Properties = []
  ) {
    self.highestQoS = highestQoS
    self.reconnects = reconnects
    self.connectProperties = connectProperties
    self.willProperties = willProperties
  }
}

extension ResolvedSettings {
  /// How long a session outlives its connection when it is only kept for the run's reconnections.
  package static let runSessionExpiry: UInt32 = 3600

  /// Puts in the address of the broker that serves `@demo`.
  package mutating func supplyDemo(_ url: WebSocketURL) {
    target = .url(url)
    targetOrigins = TargetOrigins(all: .command("the embedded broker of @demo"))
  }

  /// What the client is given; nil while `@demo` has no address.
  ///
  /// - Parameter keyPassword: what `keyPassword` holds, read by the caller because it may take long.
  package func connectionSettings(
    _ needs: ConnectionNeeds = ConnectionNeeds(), keyPassword: [UInt8]? = nil,
    random: inout some RandomNumberGenerator
  ) throws(UsageError) -> ConnectionSettings? {
    guard let url else { return nil }
    let reconnects = needs.reconnects && boolean(.reconnect, default: true)
    var policy = ReconnectPolicy(reconnects: reconnects)
    if case .retries(let times)? = entry(.retry)?.value {
      policy.retries = times.map(ReconnectPolicy.Retries.limited) ?? .unlimited
    }
    var settings = ConnectionSettings(
      transport: transportSettings(url, keyPassword: keyPassword),
      session: try sessionSettings(needs, reconnects: reconnects, random: &random),
      credentials: SecretCredentials(username: text(.username), password: password),
      reconnect: policy)
    settings.keepsSession = boolean(.keepSession) || entry(.sessionExpiry) != nil
    return settings
  }

  // MARK: Session

  private func sessionSettings(
    _ needs: ConnectionNeeds, reconnects: Bool, random: inout some RandomNumberGenerator
  ) throws(UsageError) -> SessionSettings {
    let version: ProtocolVersion = text(.protocolVersion) == "3.1.1" ? .v3_1_1 : .v5
    let keeps = boolean(.keepSession)
    var session = SessionSettings(
      version: version, clientIdentifier: clientIdentifier(&random), cleanStart: !keeps,
      keepAlive: UInt16(clamping: integer(.keepAlive) ?? 30))
    if let size = integer(.maximumPacket) { session.maximumPacketSize = size }
    session.maximumInFlight = needs.maximumInFlight
    session.will = try will(needs, version)
    guard version == .v5 else { return session }
    if let seconds = integer(.sessionExpiry) {
      session.sessionExpiryInterval = UInt32(clamping: seconds)
    } else if keeps {
      session.sessionExpiryInterval = .max
    } else if reconnects, needs.highestQoS > .atMostOnce {
      session.sessionExpiryInterval = Self.runSessionExpiry
    }
    session.receiveMaximum = integer(.receiveMaximum).map { UInt16(clamping: $0) }
    session.topicAliasMaximum = UInt16(clamping: integer(.topicAliasMaximum) ?? 0)
    for property in needs.connectProperties.elements { Self.set(property, of: &session) }
    return session
  }

  /// A property that a setting stands for is that setting, from the command line.
  private static func set(_ property: Property, of session: inout SessionSettings) {
    switch property {
    case .sessionExpiryInterval(let seconds): session.sessionExpiryInterval = seconds
    case .receiveMaximum(let count): session.receiveMaximum = count
    case .topicAliasMaximum(let count): session.topicAliasMaximum = count
    case .maximumPacketSize(let size): session.maximumPacketSize = Int(size)
    default: session.connectProperties.append(property)
    }
  }

  private func clientIdentifier(_ random: inout some RandomNumberGenerator) -> String {
    guard let pattern = text(.clientIdentifier) else {
      return (text(.clientIdentifierPrefix) ?? "mqttws-") + Self.randomText(&random)
    }
    let parts = pattern.split(separator: "{random}", omittingEmptySubsequences: false)
    var identifier = String(parts[0])
    for part in parts.dropFirst() { identifier += Self.randomText(&random) + part }
    return identifier
  }

  /// 8 characters that every server takes.
  private static func randomText(_ random: inout some RandomNumberGenerator) -> String {
    let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz0123456789"
    return alphabet.withUTF8Buffer { alphabet in
      String(unsafeUninitializedCapacity: 8) { room in
        for index in 0..<8 { room[index] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        return 8
      }
    }
  }

  private func will(_ needs: ConnectionNeeds, _ version: ProtocolVersion) throws(UsageError) -> Message? {
    guard let topic = text(.willTopic) else { return nil }
    do throws(TopicError) {
      try TopicName.validate(topic)
    } catch {
      throw UsageError("the will's topic '\(topic)' \(error.reason.words)", argument: topic)
    }
    var will = Message(topic: topic)
    will.payload = ByteBuffer(string: text(.willPayload) ?? "")
    will.qos = QoS(rawValue: UInt8(clamping: integer(.willQoS) ?? 0)) ?? .atMostOnce
    will.retain = boolean(.willRetain)
    if version == .v5 {
      will.properties = needs.willProperties
      if will.properties.willDelayInterval == nil, let delay = integer(.willDelay) {
        will.properties.append(.willDelayInterval(UInt32(clamping: delay)))
      }
    }
    return will
  }

  // MARK: Transport

  private func transportSettings(_ url: WebSocketURL, keyPassword: [UInt8]?) -> TransportSettings {
    var transport = TransportSettings(url: url)
    if case .headers(let headers)? = entry(.headers)?.value {
      for header in headers {
        switch header.name.lowercased() {
        case "host": transport.hostHeader = header.value
        case "origin": transport.origin = header.value
        default: transport.headers.append(header.name, header.value)
        }
      }
    }
    if let origin = text(.origin) { transport.origin = origin }
    if let name = text(.subprotocol) { transport.subprotocol = name.isEmpty ? nil : name }
    transport.allowsMissingSubprotocol = boolean(.allowMissingSubprotocol)
    transport.tls = tlsSettings(keyPassword)
    transport.addressFamily = text(.addressFamily).flatMap(AddressFamily.init(rawValue:)) ?? .any
    transport.proxy = text(.proxy).flatMap(ProxyURL.settings)
    transport.bindAddress = text(.bindAddress)
    if let timeout = duration(.connectTimeout) { transport.connectTimeout = timeout }
    return transport
  }

  private func tlsSettings(_ keyPassword: [UInt8]?) -> TLSSettings {
    var tls = TLSSettings()
    tls.cafile = text(.cafile)
    tls.capath = text(.capath)
    tls.certificateFile = text(.certificate)
    tls.keyFile = text(.key)
    tls.keyPassword = keyPassword
    tls.verifiesPeer = !boolean(.insecure)
    tls.serverName = text(.serverName)
    if case .tlsVersions(let minimum, let maximum)? = entry(.tlsVersion)?.value {
      tls.minimumVersion = minimum
      tls.maximumVersion = maximum
    }
    tls.ciphers = text(.ciphers)
    tls.cipherSuites = text(.tlsCipherSuites)
    if let list = text(.alpn) { tls.alpn = list.split(separator: ",").map(String.init) }
    switch entry(.keyLog)?.value {
    case .text(let path): tls.keyLogFile = path
    case .boolean(true): tls.keyLogFile = environmentKeyLogFile
    default: break
    }
    return tls
  }
}
