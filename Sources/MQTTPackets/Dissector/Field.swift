/// One field of a packet or frame as a person reads it: where it is, what it is called, what it says.
package struct Field: Equatable, Sendable {
  /// As the specification names it: `Topic Name`, `Receive Maximum`.
  package var name: String
  /// In words; text of the peer's is in it as it came, not sanitised.
  package var value: String
  /// The bytes, from the first one of the packet or frame.
  package var range: Range<Int>
  /// The clause or section that defines the field; of a damaged one the rule that it breaks.
  package var rule: String?
  /// Not to be shown: neither the value nor the bytes.
  package var isSecret: Bool
  /// This is where the packet is no longer legal; `value` says why.
  package var isDamaged: Bool
  /// Parts of it, in order, inside `range`: flags of a byte, properties of a list.
  package var children: [Field]

  package init(
    _ name: String, _ value: String, _ range: Range<Int>, rule: String? = nil, isSecret: Bool = false,
    isDamaged: Bool = false, children: [Field] = []
  ) {
    self.name = name
    self.value = value
    self.range = range
    self.rule = rule
    self.isSecret = isSecret
    self.isDamaged = isDamaged
    self.children = children
  }
}
