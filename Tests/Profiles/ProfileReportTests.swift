import Testing

@testable import Profiles

@Suite struct ProfileReportTests {
  @Test func showsEveryValueWithItsOriginAndNoSecret() throws {
    let settings = try resolve("@lab-admin", ["MQTTWS_KEEP_ALIVE": "60", "MQTTWS_KEY_PASSWORD": "geheim"])
    let text = ProfileReport.text(ProfileReport.settings(settings))
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    for expected in [
      "url wss://broker.lab:8084/mqtt profile lab, profiles.toml:4",
      "username admin profile lab-admin, profiles.toml:12",
      "password-command (from command: pass show mqtt/lab) profile lab, profiles.toml:6",
      "keep-alive 60 the environment (MQTTWS_KEEP_ALIVE)",
      "key-password (set, hidden) the environment (MQTTWS_KEY_PASSWORD)",
      "headers X-Tenant: acme, Authorization: (set, hidden) profile lab-admin, profiles.toml:13",
      "protocol-version 5 the built-in default",
      "client-id mqttws- and 8 random characters the built-in default",
    ] {
      #expect(lines.contains(expected), "\(expected) in \(text)")
    }
    let json = ProfileReport.json(ProfileReport.settings(settings))
    for secret in ["geheim", "s3cret"] {
      #expect(!text.contains(secret))
      #expect(!json.contains(secret))
    }
    #expect(
      json.hasPrefix("[{\"key\":\"url\",\"value\":\"wss://broker.lab:8084/mqtt\",\"origin\":\"profile lab, "))
  }

  @Test func partsOfTheAddressHaveTheirOwnRows() throws {
    let rows = ProfileReport.settings(try resolve("@lab -p 1 --path /a?token=x"))
    #expect(rows[0].value == "wss://broker.lab:1/a?token=…")
    #expect(rows[1] == .init(key: "port", value: "1", origin: .flag("-p")))
    #expect(rows[2].key == "path")
    #expect(!rows[2].value.contains("=x"))
  }

  @Test func listsProfiles() throws {
    let file = try parse(
      """
      default = "lab"
      [profiles.lab]
      url = "wss://u:geheim@broker/mqtt?token=geheim"
      [profiles.sub]
      extends = "lab"
      [profiles.none]
      """)
    let rows = ProfileReport.list(file)
    #expect(
      ProfileReport.text(rows) == """
        @lab   wss://u:…@broker/mqtt?token=…  default
        @sub   wss://u:…@broker/mqtt?token=…  extends lab
        @none  -

        """)
    #expect(
      ProfileReport.json(Array(rows[1...])) == """
        [{"name":"sub","url":"wss://u:…@broker/mqtt?token=…","extends":"lab","default":false},\
        {"name":"none","default":false}]

        """)
  }

  @Test func foreignTextIsMadeHarmless() {
    let row = ProfileReport.Setting(key: "username", value: "a\u{1B}[2Jb", origin: .builtIn)
    #expect(!ProfileReport.text([row]).unicodeScalars.contains("\u{1B}"))
  }
}
