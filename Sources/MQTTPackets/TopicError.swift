/// Why a text is no topic name or topic filter.
package struct TopicError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable, CaseIterable {
    case empty
    /// More than 65,535 bytes of UTF-8.
    case tooLong
    /// U+0000.
    case nullCharacter
    /// `+` or `#` in a topic name.
    case wildcardInName
    /// `#` before the last level: `a/#/b`.
    case multiLevelNotLast
    /// `+` or `#` beside other characters of its level: `a/b#`.
    case wildcardNotAlone
    /// `$share//filter`.
    case shareNameEmpty
    /// `+` or `#` in the share name.
    case shareNameWildcard
    /// `$share/name` or `$share/name/`: nothing is subscribed to.
    case shareWithoutFilter
  }

  package var text: String
  package var reason: Reason
  /// Of the offending byte in the UTF-8 of `text`.
  package var position: Int

  package init(_ text: String, _ reason: Reason, at position: Int) {
    self.text = text
    self.reason = reason
    self.position = position
  }

  /// The conformance clause of that version.
  package func rule(_ version: ProtocolVersion) -> String { reason.rule.text(version) }
}

extension TopicError.Reason {
  var rule: Rule {
    switch self {
    case .empty: Rule("[MQTT-4.7.3-1]")
    case .tooLong: Rule("[MQTT-4.7.3-3]")
    case .nullCharacter: Rule("[MQTT-4.7.3-2]")
    case .wildcardInName: Rule("[MQTT-4.7.0-1]", v3_1_1: "[MQTT-4.7.1-1]")
    case .multiLevelNotLast: Rule("[MQTT-4.7.1-1]", v3_1_1: "[MQTT-4.7.1-2]")
    case .wildcardNotAlone: Rule("[MQTT-4.7.1-2]", v3_1_1: "[MQTT-4.7.1-3]")
    case .shareNameEmpty: Rule("[MQTT-4.8.2-1]")
    case .shareNameWildcard, .shareWithoutFilter: Rule("[MQTT-4.8.2-2]")
    }
  }

  /// The reason in words that fit after the field's name.
  package var words: String {
    switch self {
    case .empty: "is empty"
    case .tooLong: "is longer than 65,535 bytes"
    case .nullCharacter: "contains U+0000"
    case .wildcardInName: "contains a wildcard"
    case .multiLevelNotLast: "has # before its last level"
    case .wildcardNotAlone: "has a wildcard that is not a whole level"
    case .shareNameEmpty: "has an empty share name"
    case .shareNameWildcard: "has a wildcard in its share name"
    case .shareWithoutFilter: "has no filter after its share name"
    }
  }
}
