/// Bytes for a file that is written on the user's word, in one part or in many.
package struct ExportPart: Sendable, Equatable {
  package var bytes: [UInt8]
  /// nil chooses a name that ends in `suffix`.
  package var path: String?
  package var suffix: String
  /// What the file holds, for the note at its end.
  package var what: String
  package var isFirst = true
  package var isLast = true

  init(_ bytes: [UInt8], _ what: String, path: String?, suffix: String) {
    self.bytes = bytes
    self.path = path
    self.suffix = suffix
    self.what = what
  }
}
