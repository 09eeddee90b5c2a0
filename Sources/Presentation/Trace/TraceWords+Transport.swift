import Client
import Glibc
import NIOCore
import Text
import WebSocketTransport

extension TraceWords {
  func lines(_ event: TransportEvent) -> [TraceLine] {
    switch event {
    case .resolving(let host): return [TraceLine(.happened, "dns", "resolving \(host)")]
    case .resolved(let addresses, let time):
      let list = addresses.compactMap(\.ipAddress).joined(separator: ", ")
      return [TraceLine(.happened, "dns", "\(list) (\(Human.duration(time)))")]
    case .attempt(let address): return [TraceLine(.happened, "tcp", "trying \(address.traceText)")]
    case .attemptFailed(let attempt):
      let reason = attempt.errno.map { String(cString: strerror($0)) } ?? "no answer"
      return [TraceLine(.happened, "tcp", "\(attempt.address.traceText) failed: \(reason)")]
    case .connected(let local, let remote):
      let from = local.map { " from \($0.traceText)" } ?? ""
      return [TraceLine(.happened, "tcp", "connected to \(remote.traceText)\(from)")]
    case .proxyAsked(_, _, let bytes): return head(bytes, .sent, "proxy")
    case .proxyAnswered(_, let bytes): return head(bytes, .received, "proxy")
    case .tlsStarted(let name):
      return [TraceLine(.happened, "tls", "handshake" + (name.map { " with \($0)" } ?? ""))]
    case .tlsEstablished(let facts): return lines(facts)
    case .upgradeSent(let bytes): return head(bytes, .sent)
    case .upgradeReceived(let bytes): return head(bytes, .received)
    case .upgraded: return [TraceLine(.happened, "ws", "open")]
    case .failed(let error):
      return [TraceLine(.objected, error.layer.rawValue, DiagnosisTable().diagnosis(error).cause)]
    case .closed(let reason): return [TraceLine(.happened, "tcp", Self.text(reason))]
    }
  }

  private func lines(_ facts: TLSFacts) -> [TraceLine] {
    var first = "\(facts.version) \(facts.cipher)"
    if let alpn = facts.alpn { first += " ALPN \(alpn)" }
    if !facts.isVerified { first += ", certificate not verified" }
    return [TraceLine(.happened, "tls", first)]
      + facts.chain.enumerated().map { depth, certificate in
        var text = "\(depth): \(certificate.subject)"
        if !certificate.names.isEmpty { text += " for \(certificate.names.joined(separator: ", "))" }
        text += ", issued by \(certificate.issuer)"
        if let end = certificate.notAfter {
          let days = (end.secondsSince1970 - Int(wall.seconds)) / 86_400
          text += ", until \(end.description.prefix(10)) (\(Human.plural(days, "day")) left)"
        }
        return TraceLine(.happened, "tls", text, isContinuation: true)
      }
  }

  /// Request line or status line, fields, and what there is of a body in one line.
  private func head(_ bytes: ByteBuffer, _ mark: TraceLine.Mark, _ layer: String = "http") -> [TraceLine] {
    let text = SecretMask.http(Array(bytes.readableBytesView))
    var lines: [TraceLine] = []
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var line = rest[..<end]
      if line.last == 0x0D { line.removeLast() }
      rest = rest[min(end + 1, rest.endIndex)...]
      if line.isEmpty { break }
      lines.append(
        TraceLine(
          mark, layer, (lines.isEmpty ? "" : "  ") + String(decoding: line, as: UTF8.self),
          isContinuation: !lines.isEmpty))
    }
    if !rest.isEmpty {
      lines.append(
        TraceLine(
          mark, layer, "  body: \(String(decoding: rest.prefix(1024), as: UTF8.self))", isContinuation: true)
      )
    }
    return lines
  }

  private static func text(_ reason: CloseReason?) -> String {
    switch reason {
    case nil: "closed by this side"
    case .closeFrame: "closed after the server's close frame"
    case .endOfStream: "closed by the server (FIN)"
    case .reset: "reset by the server (RST)"
    case .tlsTruncated: "cut off: TCP ended without TLS's goodbye"
    case .timedOut: "timed out: nothing was acknowledged any more"
    case .failed(let code): "failed: \(String(cString: strerror(code)))"
    }
  }
}

extension SocketAddress {
  /// `127.0.0.1:80`, `[::1]:80`.
  package var traceText: String {
    guard let address = ipAddress, let port else { return "\(self)" }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
