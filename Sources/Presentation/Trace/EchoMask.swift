import Client
import NIOCore
import WebSocketTransport

/// Masks in an answer what was secret in the request: some servers and proxies repeat the address that was
/// asked for, or the fields.
struct EchoMask {
  private var secrets = KnownSecrets()

  mutating func pass(_ event: TraceEvent) -> TraceEvent {
    guard case .transport(let transport) = event.kind else { return event }
    var event = event
    switch transport {
    case .connected: secrets = KnownSecrets()
    case .proxyAsked(_, _, let bytes), .upgradeSent(let bytes):
      secrets.formUnion(KnownSecrets(head: Array(bytes.readableBytesView)))
    case .proxyAnswered(let status, let bytes):
      event.kind = .transport(.proxyAnswered(status: status, masked(bytes)))
    case .upgradeReceived(let bytes): event.kind = .transport(.upgradeReceived(masked(bytes)))
    case .failed(.upgradeRefused(var refusal)):
      refusal.bodyPrefix = secrets.masked(refusal.bodyPrefix)
      event.kind = .transport(.failed(.upgradeRefused(refusal)))
    default: break
    }
    return event
  }

  private func masked(_ bytes: ByteBuffer) -> ByteBuffer {
    ByteBuffer(bytes: secrets.masked(Array(bytes.readableBytesView)))
  }
}
