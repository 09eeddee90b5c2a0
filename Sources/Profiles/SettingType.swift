/// What a setting's value is made of; it decides how flags, variables and TOML values are read.
package enum SettingType: Sendable {
  case text
  /// A path; in a profile it is relative to the profile file's folder.
  case file
  case directory
  case boolean
  case integer(ClosedRange<Int>)
  case duration(ClosedRange<Duration>)
  /// Whole seconds that go into a packet; `infinite` also takes `never` and -1 for 4,294,967,295.
  case seconds(ClosedRange<Int>, infinite: Bool)
  /// Bytes.
  case size(ClosedRange<Int>)
  /// One of some words; the first of each list is the one that is shown and kept.
  case choice([[String]])
  case tlsVersions
  case headers
  case retries
  /// A switch that may name a file (`--keylog`, `--keylog=FILE`).
  case optionalFile

  /// For messages: "KEY needs …".
  package var expectation: String {
    switch self {
    case .text: "a string"
    case .file: "the path of a file"
    case .directory: "the path of a directory"
    case .boolean: "true or false"
    case .integer(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .duration: "a duration (seconds, or 250ms, 30s, 5m)"
    case .seconds(let range, let infinite):
      "a duration in whole seconds up to \(range.upperBound)" + (infinite ? ", or never" : "")
    case .size(let range): "a size up to \(range.upperBound) bytes (64k, 1M)"
    case .choice(let words): words.compactMap(\.first).joined(separator: ", ").replacingLastComma()
    case .tlsVersions: "a TLS version (1.2, 1.2+ or 1.2-1.3)"
    case .headers: "header fields (Name: value)"
    case .retries: "a number of attempts, or forever"
    case .optionalFile: "true, false or the path of a file"
    }
  }
}

extension String {
  fileprivate func replacingLastComma() -> String {
    guard let comma = lastIndex(of: ",") else { return self }
    return self[..<comma] + " or" + self[index(after: comma)...]
  }
}
