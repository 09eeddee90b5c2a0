/// Place in a text, both from 1; columns count characters.
package struct TOMLPosition: Equatable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a text is no TOML.
struct TOMLError: Error, Equatable {
  var message: String
  var position: TOMLPosition
}

enum TOMLValue {
  case string(String)
  case integer(Int)
  case float(Double)
  case boolean(Bool)
  /// No setting is one, so what it says is not kept.
  case dateTime
  case array([TOMLValue])
  case table(TOMLTable)
}

/// Keys and values in the order of the text. A class, because a table grows at several places of a text.
final class TOMLTable {
  struct Item {
    var key: String
    /// Of the key.
    var position: TOMLPosition
    var value: TOMLValue
  }

  /// How a table came to be decides what may still be added to it (TOML 1.0.0, "Table").
  enum Definition {
    /// As the parent that a header names in passing: `[a.b]` makes `a`.
    case implied
    case header
    /// As the parent in a dotted key: `a.b = 1` makes `a`.
    case dotted
    /// `{ … }`: complete as it stands.
    case inline
    /// The array behind `[[…]]` has this as an element.
    case element
  }

  var definition: Definition
  private(set) var items: [Item] = []
  private var indices: [String: Int] = [:]

  init(_ definition: Definition) { self.definition = definition }

  subscript(key: String) -> Item? { indices[key].map { items[$0] } }

  /// Whether the key was free.
  func add(_ item: Item) -> Bool {
    guard indices[item.key] == nil else { return false }
    indices[item.key] = items.count
    items.append(item)
    return true
  }

  func replace(_ key: String, with value: TOMLValue) {
    if let index = indices[key] { items[index].value = value }
  }
}
