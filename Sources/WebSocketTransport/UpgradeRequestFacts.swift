/// A request that may be answered with 101. All texts are the client's: escape them.
package struct UpgradeRequestFacts: Equatable, Sendable {
  package let target: String
  package let host: String
  package let origin: String?
  package let key: String
  /// In the client's order of preference.
  package let offeredSubprotocols: [String]
  /// The first one offered that the policy knows; nil when there is none and the policy does not mind.
  package let subprotocol: String?
  package let headers: HTTPHeaders

  package init(
    target: String, host: String, origin: String?, key: String, offeredSubprotocols: [String],
    subprotocol: String?, headers: HTTPHeaders
  ) {
    self.target = target
    self.host = host
    self.origin = origin
    self.key = key
    self.offeredSubprotocols = offeredSubprotocols
    self.subprotocol = subprotocol
    self.headers = headers
  }

  /// The 101 for this request.
  package var response: UpgradeResponse { UpgradeResponse(acceptingKey: key, subprotocol: subprotocol) }
}
