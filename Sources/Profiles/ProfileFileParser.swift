import Options
import WebSocketTransport

/// Makes a `ProfileFile` of a TOML text, or says what is wrong with it. Pure.
package struct ProfileFileParser {
  private let path: String
  private let home: String?

  /// - Parameters:
  ///   - home: what `~/` at the beginning of a file name stands for.
  ///   - mode: the file's permissions; nil does not check them.
  package static func parse(
    _ bytes: [UInt8], path: String, home: String? = nil, mode: UInt32? = nil
  ) throws(ProfileError) -> ProfileFile {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let nul = bytes.firstIndex(of: 0) {
      throw ProfileError(.nulCharacter, file: path, at: position(of: nul, in: bytes))
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      let index = firstInvalid(bytes)
      throw ProfileError(.invalidUTF8, file: path, at: position(of: index, in: bytes))
    }
    let parser = ProfileFileParser(path: path, home: home)
    let root: TOMLTable
    do throws(TOMLError) {
      root = try TOMLParser.parse(bytes)
    } catch {
      throw ProfileError(.syntax(error.message), file: path, at: error.position)
    }
    let file = try parser.file(root)
    if let mode { try parser.checkExposure(file, mode) }
    return file
  }

  // MARK: The file

  private func file(_ root: TOMLTable) throws(ProfileError) -> ProfileFile {
    var file = ProfileFile(path: path)
    for item in root.items {
      switch (item.key, item.value) {
      case ("default", .string(let name)):
        file.defaultName = name
        file.defaultPosition = item.position
      case ("default", _): throw badValue(item, "the name of a profile")
      case ("profiles", .table(let table)):
        for item in table.items { file.append(try profile(item)) }
      case ("profiles", _): throw badValue(item, "a table")
      case ("keys", .table(let table)):
        for item in table.items {
          guard case .string(let keys) = item.value else { throw badValue(item, "a key, such as \"Ctrl-X\"") }
          file.keys.append(KeyBinding(action: item.key, keys: keys, position: item.position))
        }
      case ("keys", _): throw badValue(item, "a table ([keys])")
      default:
        var nearest = NearestName.of(item.key, among: ["default", "profiles", "keys"])
        if nearest == nil, case .table = item.value { nearest = "profiles.\(item.key)" }
        throw error(.unknownKey(item.key, nearest: nearest), item.position)
      }
    }
    try checkReferences(file)
    return file
  }

  private func profile(_ item: TOMLTable.Item) throws(ProfileError) -> Profile {
    let name = item.key
    guard name != TargetText.demoName else { throw error(.reservedName(name), item.position) }
    guard !name.isEmpty, name.first != "@", !name.contains(where: \.isWhitespace) else {
      throw error(
        .badValue(
          key: "profiles", expected: "a name without @ and spaces", found: "'\(name)'", hint: nil),
        item.position
      )
    }
    guard case .table(let table) = item.value else { throw badValue(item, "a table ([profiles.\(name)])") }
    var profile = Profile(name: name, line: item.position.line, entries: [])
    var seen: [(SettingDefinition.Group, SettingKey)] = []
    for item in table.items {
      switch (item.key, item.value) {
      case ("extends", .string(let parent)):
        profile.extends = parent
        profile.extendsPosition = item.position
      case ("extends", _): throw badValue(item, "the name of a profile")
      default:
        let (entry, group) = try entry(item, of: name)
        if let group {
          if let other = seen.first(where: { $0.0 == group }) {
            throw error(.conflict(other.1.rawValue, item.key), item.position)
          }
          seen.append((group, entry.key))
        }
        profile.entries.append(entry)
      }
    }
    return profile
  }

  private func entry(
    _ item: TOMLTable.Item, of profile: String
  ) throws(ProfileError) -> (SettingEntry, SettingDefinition.Group?) {
    guard let setting = SettingKey(rawValue: item.key).flatMap(SettingsTable.definition) else {
      throw error(.unknownKey(item.key, nearest: Self.nearestKey(item.key)), item.position)
    }
    guard setting.isStorable else { throw error(.notStorable(item.key), item.position) }
    let value: SettingValue
    do throws(BadValue) {
      value = try ProfileValueReader.read(item.value, as: setting.type)
    } catch {
      throw badValue(item, error, isSecret: setting.isSecret)
    }
    try check(value, setting.key, item)
    let origin = Origin.profile(name: profile, file: path, line: item.position.line)
    return (SettingEntry(setting.key, resolved(value, setting.type), origin), setting.group)
  }

  private static func nearestKey(_ key: String) -> String? {
    let keys = SettingsTable.all.filter(\.isStorable).map(\.key.rawValue) + ["extends"]
    let lower = key.lowercased()
    let withDashes = String(lower.map { $0 == "_" ? "-" : $0 })
    if keys.contains(withDashes) { return withDashes }
    let bySpelling = SettingsTable.all.first { $0.spellings.contains(withDashes) || $0.flag == withDashes }
    return bySpelling?.key.rawValue ?? NearestName.of(withDashes, among: keys)
  }

  /// File names are relative to the profile file's folder.
  private func resolved(_ value: SettingValue, _ type: SettingType) -> SettingValue {
    switch (type, value) {
    case (.file, .text(let name)), (.directory, .text(let name)):
      if name.hasPrefix("/") { return value }
      if name.hasPrefix("~/"), let home { return .text(home + name.dropFirst()) }
      guard let slash = path.lastIndex(of: "/") else { return value }
      return .text(path[...slash] + name)
    default: return value
    }
  }

  // MARK: Checks

  private func check(
    _ value: SettingValue, _ key: SettingKey, _ item: TOMLTable.Item
  ) throws(ProfileError) {
    switch (key, value) {
    case (.headers, .headers(let headers)):
      for header in headers {
        guard let reason = HeaderCheck.problem(header) else { continue }
        var position = item.position
        if case .table(let table) = item.value { position = table[header.name]?.position ?? position }
        throw error(.badHeader(name: header.name, reason: reason), position)
      }
    case (.url, .text(let text)):
      do throws(WebSocketURLError) {
        _ = try WebSocketURL(parsing: text)
      } catch let reason {
        throw error(.badURL(reason), item.position)
      }
    default: break
    }
  }

  private func checkReferences(_ file: ProfileFile) throws(ProfileError) {
    for profile in file.profiles where profile.extends != nil { _ = try file.chain(profile.name) }
    guard let name = file.defaultName, case .profile(let wanted) = TargetText(profileName: name),
      file.profile(wanted) == nil
    else { return }
    throw file.unknown(wanted, at: file.defaultPosition)
  }

  /// As ssh does with keys: a secret that others can read is none.
  private func checkExposure(_ file: ProfileFile, _ mode: UInt32) throws(ProfileError) {
    guard mode & 0o044 != 0 else { return }
    for profile in file.profiles {
      guard let entry = profile.entries.first(where: \.holdsLiteralSecret) else { continue }
      guard case .profile(_, _, let line) = entry.origin else { continue }
      throw error(.exposed(key: entry.key.rawValue, mode: mode), TOMLPosition(line: line, column: 1))
    }
  }

  // MARK: Errors

  private func error(_ cause: ProfileError.Cause, _ position: TOMLPosition) -> ProfileError {
    ProfileError(cause, file: path, at: position)
  }

  private func badValue(
    _ item: TOMLTable.Item, _ expected: String, isSecret: Bool = false
  ) -> ProfileError {
    badValue(item, BadValue(expected: expected), isSecret: isSecret)
  }

  private func badValue(_ item: TOMLTable.Item, _ reason: BadValue, isSecret: Bool) -> ProfileError {
    let found = reason.found ?? ProfileValueReader.describe(item.value, isSecret: isSecret)
    return error(
      .badValue(key: item.key, expected: reason.expected, found: found, hint: reason.hint), item.position)
  }

  // MARK: Bytes

  private static func firstInvalid(_ bytes: [UInt8]) -> Int {
    var start = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: line, as: UTF8.self) == nil {
        var good = 0
        for length in 1...line.count where String(validating: line.prefix(length), as: UTF8.self) != nil {
          good = length
          if length - good > 4 { break }
        }
        return start + good
      }
      start += line.count + 1
    }
    return start
  }

  private static func position(of index: Int, in bytes: [UInt8]) -> TOMLPosition {
    let before = bytes[..<min(index, bytes.count)]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    return TOMLPosition(line: line, column: column)
  }
}

extension SettingEntry {
  /// Whether the value itself is, or holds, a secret.
  package var holdsLiteralSecret: Bool {
    switch (key, value) {
    case (.password, _), (.keyPassword, _): true
    case (.url, .text(let text)):
      (try? WebSocketURL(parsing: text)).map { $0.password != nil } ?? false
    case (.proxy, .text(let text)): ProxyURL.settings(text)?.password != nil
    case (_, .headers(let headers)): headers.contains { HeaderCheck.isSecret($0.name) }
    default: false
    }
  }
}
