/// The one name of a setting: its key in the profile file, its flag (`--KEY`) and its environment
/// variable (`MQTTWS_KEY`).
package enum SettingKey: String, CaseIterable, Sendable {
  case url
  case host
  case port
  case path
  case tls
  case username
  case password
  case passwordFile = "password-file"
  case passwordEnvironment = "password-env"
  case passwordCommand = "password-command"
  case authentication = "auth"
  case clientIdentifier = "client-id"
  case clientIdentifierPrefix = "client-id-prefix"
  case protocolVersion = "protocol-version"
  case keepAlive = "keep-alive"
  case keepSession = "keep-session"
  case sessionExpiry = "session-expiry"
  case receiveMaximum = "receive-maximum"
  case topicAliasMaximum = "topic-alias-maximum"
  case maximumPacket = "max-packet"
  case willTopic = "will-topic"
  case willPayload = "will-payload"
  case willQoS = "will-qos"
  case willRetain = "will-retain"
  case willDelay = "will-delay"
  case cafile
  case capath
  case certificate = "cert"
  case key
  case keyPassword = "key-password"
  case keyPasswordFile = "key-password-file"
  case keyPasswordEnvironment = "key-password-env"
  case keyPasswordCommand = "key-password-command"
  case insecure
  case serverName = "server-name"
  case tlsVersion = "tls-version"
  case ciphers
  case tlsCipherSuites = "tls-ciphersuites"
  case alpn = "tls-alpn"
  case keyLog = "keylog"
  case headers
  case origin
  case subprotocol
  case allowMissingSubprotocol = "allow-no-subprotocol"
  case proxy
  case addressFamily = "address-family"
  case bindAddress = "bind-address"
  case connectTimeout = "connect-timeout"
  case retry
  case reconnect

  package var environmentName: String {
    // By bytes: every start of the program puts all of these together for the options' help.
    let upper = rawValue.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 & 0xDF }
    return "MQTTWS_" + String(decoding: upper, as: UTF8.self)
  }
}
