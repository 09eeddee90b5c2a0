/// One header field. From a peer, the value is its bytes read as UTF-8 with the rest replaced.
package struct HTTPHeader: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Header fields in the order they were written; names compare without case.
package struct HTTPHeaders: Hashable, Sendable {
  package private(set) var fields: [HTTPHeader]

  package init(_ fields: [HTTPHeader] = []) { self.fields = fields }

  package mutating func append(_ name: String, _ value: String) {
    fields.append(HTTPHeader(name, value))
  }

  /// Every value of the fields called `name`.
  package subscript(name: String) -> [String] {
    fields.filter { HTTPText.equalWithoutCase($0.name, name) }.map(\.value)
  }

  /// The first value of the fields called `name`.
  package func first(_ name: String) -> String? {
    fields.first { HTTPText.equalWithoutCase($0.name, name) }?.value
  }

  /// Whether the comma-separated lists called `name` hold `token`, compared without case.
  package func contains(_ name: String, token: String) -> Bool {
    self[name].contains { list in
      HTTPText.list(list).contains { HTTPText.equalWithoutCase($0, token) }
    }
  }
}
