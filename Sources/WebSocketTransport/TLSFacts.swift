/// A point in time of a certificate; prints as `2031-05-01 12:00:00 UTC`.
package struct CertificateTime: Sendable, Equatable, Comparable, CustomStringConvertible {
  package var secondsSince1970: Int

  package init(secondsSince1970: Int) {
    self.secondsSince1970 = secondsSince1970
  }

  package static func < (left: CertificateTime, right: CertificateTime) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  package var description: String {
    let (days, second) = secondsSince1970.flooredDivision(by: 86_400)
    let (year, month, day) = Self.civilDate(daysSince1970: days)
    let clock = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits)
    return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day)) \(clock.joined(separator: ":")) UTC"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// The proleptic Gregorian date, counted in eras of 400 years that begin on a 1 March.
  private static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }
}

extension Int {
  fileprivate func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let remainder = (self % divisor + divisor) % divisor
    return ((self - remainder) / divisor, remainder)
  }
}

/// What matters of one certificate. All text is the peer's: sanitise it before it is shown.
package struct CertificateSummary: Sendable, Equatable {
  /// Distinguished names in RFC 2253 form.
  package var subject: String
  package var issuer: String
  package var notBefore: CertificateTime?
  package var notAfter: CertificateTime?
  /// DNS names and IP addresses of the subject alternative name, in the certificate's order.
  package var names: [String]

  package init(
    subject: String, issuer: String, notBefore: CertificateTime?, notAfter: CertificateTime?, names: [String]
  ) {
    self.subject = subject
    self.issuer = issuer
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.names = names
  }
}

/// What a finished TLS handshake agreed on.
package struct TLSFacts: Sendable, Equatable {
  /// As OpenSSL writes it: `TLSv1.3`.
  package var version: String
  package var cipher: String
  /// The protocol the server chose by ALPN, if any.
  package var alpn: String?
  /// The peer's chain as it was sent, its own certificate first; empty when the peer sent none.
  package var chain: [CertificateSummary]
  /// False when verification was switched off.
  package var isVerified: Bool

  package init(
    version: String, cipher: String, alpn: String?, chain: [CertificateSummary], isVerified: Bool
  ) {
    self.version = version
    self.cipher = cipher
    self.alpn = alpn
    self.chain = chain
    self.isVerified = isVerified
  }
}
