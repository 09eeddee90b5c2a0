import Support
import Testing

@Suite(.ownThread)
struct ProfileShowTests {
  @Test func everyValueHasItsOriginAndNoSecretShows() throws {
    let stage = try Stage()
    try stage.profiles(
      """
      default = "lab"

      [profiles.lab]
      url = "wss://broker.lab:8084/mqtt?token=query-secret"
      username = "ci"
      password-command = "pass show mqtt/lab"
      keep-alive = "45s"

      [profiles.lab-admin]
      extends = "lab"
      username = "admin"
      headers = { "Authorization" = "Bearer header-secret" }

      """)
    stage.program.environment["MQTTWS_KEEP_ALIVE"] = "20"
    let result = try stage.program.run("profile", "show", "@lab-admin")
    #expect(result.status == .exited(0), "\(result.errorText)")
    func line(_ key: String) -> String { result.outputLines.first { $0.hasPrefix(key) } ?? "" }
    #expect(line("username").contains("admin") && line("username").contains("profiles.toml:11"))
    #expect(line("keep-alive").contains("20") && line("keep-alive").contains("MQTTWS_KEEP_ALIVE"))
    #expect(line("connect-timeout").contains("10") && line("connect-timeout").contains("default"))
    #expect(line("password-command").contains("profiles.toml:6"))
    #expect(result.outputText.contains("broker.lab") && result.outputText.contains("profiles.toml:4"))
    for secret in ["query-secret", "header-secret"] {
      #expect(!(result.outputText + result.errorText).contains(secret), "\(secret) shows")
    }
  }
}
