import Text

/// What the placeholders of a topic or payload stand for in one message of the load.
package struct LoadPlaceholders {
  package static let names = ["run", "client", "topic", "seq"]

  let run: UInt32
  let client: Int
  let topic: Int
  let sequence: UInt64

  package init(run: UInt32, client: Int, topic: Int, sequence: UInt64) {
    self.run = run
    self.client = client
    self.topic = topic
    self.sequence = sequence
  }

  /// - Parameter name: one of `names`, perhaps with a width: `seq:06` has at least six digits.
  func value(_ name: String) -> String {
    switch Self.base(name) {
    case "run": Self.hexadecimal(run)
    case "client": Self.padded(UInt64(client), name)
    case "topic": Self.padded(UInt64(topic), name)
    default: Self.padded(sequence, name)
    }
  }

  /// What is wrong with what follows a placeholder's colon; nil for a good one.
  package static func flaw(_ name: String) -> String? {
    guard base(name).utf8.count < name.utf8.count else { return nil }
    guard base(name) != "run" else { return "takes nothing after its name" }
    return width(name).map { (1...20).contains($0) } == true ? nil : "takes a width from 1 to 20, as {seq:06}"
  }

  /// The name without its width.
  static func base(_ name: String) -> String { String(name.prefix { $0 != ":" }) }

  private static func width(_ name: String) -> Int? { Int(name.dropFirst(base(name).count + 1)) }

  private static func padded(_ value: UInt64, _ name: String) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, (width(name) ?? 0) - text.count)) + text
  }

  static func hexadecimal(_ run: UInt32) -> String {
    let text = String(run, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }
}
