import NIOCore

/// A request that is answered with an error: why, and the answer's bytes.
package struct UpgradeRejection: Error, Equatable, Sendable {
  package let status: Int
  package let violation: UpgradeViolation

  package init(status: Int, violation: UpgradeViolation) {
    self.status = status
    self.violation = violation
  }

  /// Writes a short plain-text answer that closes the connection; nothing for a peer that speaks no HTTP.
  package func encode(into buffer: inout ByteBuffer) {
    if case .notHTTP = violation.kind { return }
    let body = violation.detail + "\n"
    var lines = "HTTP/1.1 \(status) \(reason)\r\n"
    if status == 426 {
      lines += "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n"
    } else {
      lines += "Connection: close\r\n"
    }
    lines += "Content-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    buffer.writeString(lines + body)
  }

  private var reason: String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }
}
