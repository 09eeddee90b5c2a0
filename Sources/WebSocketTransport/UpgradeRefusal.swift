/// An answer to the upgrade that is sound HTTP but not 101. All texts are the server's: escape them.
package struct UpgradeRefusal: Error, Equatable, Sendable {
  /// Bytes of the body that are kept at most.
  package static let maximumBodyPrefix = 1024

  package let status: Int
  /// The words behind the status; may be empty.
  package let reason: String
  package let headers: HTTPHeaders
  /// The first bytes of the body, chunked coding removed.
  package var bodyPrefix: [UInt8]

  package init(status: Int, reason: String, headers: HTTPHeaders, bodyPrefix: [UInt8] = []) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.bodyPrefix = bodyPrefix
  }

  package var location: String? { headers.first("Location") }
}
