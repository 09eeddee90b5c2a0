/// A line of Health: a label, a value, and what the value means.
struct HealthLine: Equatable {
  var label: String
  var text: String
  var role: Role

  init(_ label: String, _ text: String, _ role: Role = .plain) {
    self.label = label
    self.text = text
    self.role = role
  }

  /// Begins a group.
  static func heading(_ text: String) -> HealthLine { HealthLine(text, "", .title) }

  var isHeading: Bool { role == .title }
}
