import Presentation
import WebSocketTransport

/// One certificate of the server's chain, as the table shows it. All text is the peer's.
package struct CertificateRow: Equatable, Sendable {
  package var subject: String
  package var issuer: String
  package var names: [String]
  package var notBefore: CertificateTime?
  package var notAfter: CertificateTime?
  /// Whole days, negative once it has expired.
  package var daysLeft: Int?

  package init(_ certificate: CertificateSummary, now: WallTime) {
    subject = certificate.subject
    issuer = certificate.issuer
    names = certificate.names
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
    daysLeft = certificate.notAfter.map { end in
      let seconds = Double(end.secondsSince1970) - Double(now.seconds)
      return Int((seconds / 86_400).rounded(.down))
    }
  }

  /// Whether it ends so soon that it should have been renewed: in two weeks, or in the last third of a
  /// life that is shorter.
  package func endsSoon(now: WallTime) -> Bool {
    guard let start = notBefore, let end = notAfter else { return false }
    let life = end.secondsSince1970 - start.secondsSince1970
    return end.secondsSince1970 - Int(now.seconds) < min(14 * 86_400, life / 3)
  }
}
