/// Where something went wrong: the first word of every error line, and what decides the exit code.
package enum Layer: String, Sendable, CaseIterable {
  case usage
  case profile
  case input
  case output
  case dns
  case tcp
  case proxy
  case tls
  case upgrade
  case websocket
  case mqtt
  case session
  case system
  case check
  case time
}
