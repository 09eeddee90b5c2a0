/// Writes one JSON document, compact, and places the commas.
///
/// Between `beginObject` and its end every value needs its key first; the writer does not check that.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let escaping: JSONString.Escaping
  /// Whether the next value or key is the first of its container.
  private var isFirst = true

  package init(escaping: JSONString.Escaping = .required) { self.escaping = escaping }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func beginObject() { open(0x7B) }
  package mutating func endObject() { close(0x7D) }
  package mutating func beginArray() { open(0x5B) }
  package mutating func endArray() { close(0x5D) }

  package mutating func key(_ name: String) {
    separate()
    JSONString.append(name, escaping: escaping, to: &bytes)
    bytes.append(0x3A)
    isFirst = true
  }

  package mutating func value(_ text: String) {
    separate()
    JSONString.append(text, escaping: escaping, to: &bytes)
  }

  package mutating func value(_ number: Int) {
    separate()
    bytes.append(decimal: number)
  }

  /// Not a number and the infinities, which JSON lacks, become null.
  package mutating func value(_ number: Double) {
    guard number.isFinite else { return null() }
    separate()
    bytes.append(contentsOf: number.description.utf8)
  }

  package mutating func value(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  package mutating func value(_ value: JSONValue) {
    separate()
    value.append(to: &bytes, escaping: escaping)
  }

  package mutating func field(_ name: String, _ text: String) {
    key(name)
    value(text)
  }

  package mutating func field(_ name: String, _ number: Int) {
    key(name)
    value(number)
  }

  package mutating func field(_ name: String, _ number: Double) {
    key(name)
    value(number)
  }

  package mutating func field(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    isFirst = true
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    isFirst = false
  }

  private mutating func separate() {
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
  }
}
