import Options

/// One profile as it is written, without what it inherits.
package struct Profile: Equatable, Sendable {
  package var name: String
  package var line: Int
  package var extends: String?
  package var extendsPosition: TOMLPosition?
  package var entries: [SettingEntry]
}

/// A line of the table `[keys]`, which only `watch` understands.
package struct KeyBinding: Equatable, Sendable {
  package var action: String
  package var keys: String
  package var position: TOMLPosition
}

/// The profile file, read and checked as a whole.
package struct ProfileFile: Equatable, Sendable {
  package var path: String
  package var defaultName: String?
  package var defaultPosition: TOMLPosition?
  /// In the order of the file.
  package private(set) var profiles: [Profile] = []
  /// Keys that are moved, in the order of the file.
  package internal(set) var keys: [KeyBinding] = []
  private var indices: [String: Int] = [:]

  /// How many profiles one may extend, one through the other.
  package static let extendsLimit = 32

  package init(path: String) { self.path = path }

  mutating func append(_ profile: Profile) {
    indices[profile.name] = profiles.count
    profiles.append(profile)
  }

  package func profile(_ name: String) -> Profile? {
    indices[name].map { profiles[$0] }
  }

  /// The profile after those that it extends, the farthest first.
  package func chain(_ name: String) throws(ProfileError) -> [Profile] {
    guard let last = profile(name) else { throw unknown(name, at: nil) }
    var chain = [last]
    while let parent = chain[0].extends {
      guard let next = profile(parent) else { throw unknown(parent, at: chain[0].extendsPosition) }
      if chain.contains(where: { $0.name == parent }) {
        let names = chain.reversed().map(\.name) + [parent]
        throw ProfileError(.circular(names), file: path, at: chain[0].extendsPosition)
      }
      chain.insert(next, at: 0)
      if chain.count > Self.extendsLimit + 1 {
        throw ProfileError(
          .tooDeep(name, limit: Self.extendsLimit), file: path, at: last.extendsPosition)
      }
    }
    return chain
  }

  func unknown(_ name: String, at position: TOMLPosition?) -> ProfileError {
    let names = profiles.map(\.name)
    return ProfileError(
      .unknownProfile(name, nearest: NearestName.of(name, among: names), known: names), file: path,
      at: position)
  }
}
