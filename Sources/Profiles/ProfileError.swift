import WebSocketTransport

/// What is wrong with the profile file, or with what was asked of it.
///
/// Texts inside come from the file and are not sanitised. Nothing of a file with an error is applied.
package struct ProfileError: Error, Equatable, Sendable {
  package enum Cause: Equatable, Sendable {
    case unreadable(errno: Int32)
    /// A directory, FIFO, device or socket.
    case notRegular
    case tooLarge(limit: Int)
    /// It holds a literal secret and its mode lets others read it.
    case exposed(key: String, mode: UInt32)
    case invalidUTF8
    case nulCharacter
    case syntax(String)
    case unknownKey(String, nearest: String?)
    /// A value of another type, or one that the setting does not take.
    case badValue(key: String, expected: String, found: String, hint: String?)
    case badHeader(name: String, reason: String)
    case badURL(WebSocketURLError)
    case unknownProfile(String, nearest: String?, known: [String])
    case noProfiles(asked: String)
    case circular([String])
    case tooDeep(String, limit: Int)
    /// Two keys of one profile that exclude each other.
    case conflict(String, String)
    case reservedName(String)
    case notStorable(String)
    case unsupported(key: String, value: String)
    case missingTarget(profile: String)
    /// One setting needs another.
    case incomplete(String, needs: String)
  }

  package var cause: Cause
  /// The file as it was found; empty when there is none to name.
  package var file: String
  /// From 1.
  package var line: Int?
  /// From 1, in characters.
  package var column: Int?

  package init(_ cause: Cause, file: String, at position: TOMLPosition? = nil) {
    self.cause = cause
    self.file = file
    line = position?.line
    column = position?.column
  }
}
