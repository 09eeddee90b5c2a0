import Options
import Testing

@testable import Profiles

@Suite struct SettingsTableTests {
  @Test func everyKeyIsDefinedOnce() {
    #expect(SettingsTable.all.map(\.key.rawValue).sorted() == SettingKey.allCases.map(\.rawValue).sorted())
  }

  @Test func everySpellingIsTakenOnce() {
    let options = ConnectionOptions.all
    let letters = options.flatMap(\.letters)
    #expect(Set(letters).count == letters.count)
    var names = options.flatMap { [$0.name] + $0.spellings }
    names += options.filter(\.isNegatable).map { "no-" + $0.name }
    #expect(Set(names).count == names.count)
  }

  @Test func mosquittoLettersMeanTheSame() {
    let letters: [(Character, String)] = [
      ("h", "host"), ("p", "port"), ("u", "username"), ("P", "password"), ("i", "client-id"),
      ("I", "client-id-prefix"), ("k", "keep-alive"), ("c", "keep-session"), ("A", "bind-address"),
      ("V", "protocol-version"), ("x", "session-expiry"), ("L", "url"), ("4", "ipv4"), ("6", "ipv6"),
    ]
    for (letter, name) in letters {
      #expect(ConnectionOptions.all.first { $0.letters.contains(letter) }?.name == name)
    }
  }

  @Test func variablesFollowTheKeys() {
    #expect(SettingKey.connectTimeout.environmentName == "MQTTWS_CONNECT_TIMEOUT")
    for option in ConnectionOptions.all {
      guard let variable = option.environment else { continue }
      #expect(variable.hasPrefix("MQTTWS_"))
      #expect(variable.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (65...90).contains($0) })
    }
  }

  /// What help says is the default must be a value that the setting takes.
  @Test func numericDefaultsAreValues() throws {
    for setting in SettingsTable.all {
      guard let text = setting.defaultText else { continue }
      switch setting.type {
      case .text: continue
      default: _ = try ValueReader.read(text, as: setting.type)
      }
    }
  }

  @Test func helpFitsEightyColumns() {
    let command = CommandDefinition(
      "sub", "subscribe", synopsis: "[TARGET]", positionals: [ConnectionOptions.target],
      options: ConnectionOptions.all)
    let text = HelpRenderer.text(for: command, program: "mqttws", detail: .full)
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    #expect(
      HelpRenderer.text(for: command, program: "mqttws", detail: .short).split(separator: "\n").count <= 24)
  }
}
