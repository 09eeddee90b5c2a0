import Testing
import WebSocketTransport

@testable import Profiles

private let path = "/etc/mqttws/profiles.toml"

func parse(_ text: String, mode: UInt32? = 0o600) throws(ProfileError) -> ProfileFile {
  try ProfileFileParser.parse(Array(text.utf8), path: path, home: "/home/me", mode: mode)
}

@Suite struct ProfileFileTests {
  @Test func readsTheDocumentedExample() throws {
    let file = try parse(
      """
      default = "lab"

      [profiles.lab]
      url = "wss://broker.lab:8084/mqtt"
      username = "ci"
      password-command = "pass show mqtt/lab"     # or password-file, password-env
      cafile = "lab-ca.pem"                       # relative to this file

      [profiles.lab-admin]
      extends = "lab"
      username = "admin"
      headers = { "X-Tenant" = "acme" }

      [profiles.aws]
      url = "wss://abc123-ats.iot.eu-west-1.amazonaws.com/mqtt"
      auth = "aws-sigv4"
      """)
    #expect(file.defaultName == "lab")
    #expect(file.profiles.map(\.name) == ["lab", "lab-admin", "aws"])
    #expect(file.profiles.map(\.line) == [3, 9, 14])
    let lab = try #require(file.profile("lab"))
    #expect(
      lab.entries == [
        entry(.url, .text("wss://broker.lab:8084/mqtt"), 4),
        entry(.username, .text("ci"), 5),
        entry(.passwordCommand, .text("pass show mqtt/lab"), 6),
        entry(.cafile, .text("/etc/mqttws/lab-ca.pem"), 7),
      ])
    #expect(try file.chain("lab-admin").map(\.name) == ["lab", "lab-admin"])
    #expect(file.profile("lab-admin")?.entries.last?.value == .headers([HTTPHeader("X-Tenant", "acme")]))
  }

  private func entry(_ key: SettingKey, _ value: SettingValue, _ line: Int) -> SettingEntry {
    SettingEntry(key, value, .profile(name: "lab", file: path, line: line))
  }

  static let values: [(String, SettingKey, SettingValue)] = [
    ("port = 8083", .port, .integer(8083)),
    ("tls = true", .tls, .boolean(true)),
    ("keep-alive = 30", .keepAlive, .integer(30)),
    ("keep-alive = \"2m\"", .keepAlive, .integer(120)),
    ("session-expiry = \"never\"", .sessionExpiry, .integer(4_294_967_295)),
    ("session-expiry = -1", .sessionExpiry, .integer(4_294_967_295)),
    ("connect-timeout = 2.5", .connectTimeout, .duration(.milliseconds(2500))),
    ("connect-timeout = \"250ms\"", .connectTimeout, .duration(.milliseconds(250))),
    ("max-packet = \"64k\"", .maximumPacket, .integer(65536)),
    ("max-packet = 1000", .maximumPacket, .integer(1000)),
    ("protocol-version = 5", .protocolVersion, .text("5")),
    ("protocol-version = \"mqttv311\"", .protocolVersion, .text("3.1.1")),
    ("tls-version = 1.2", .tlsVersion, .tlsVersions(minimum: .v1_2, maximum: .v1_2)),
    ("retry = \"forever\"", .retry, .retries(nil)),
    ("retry = 3", .retry, .retries(3)),
    ("cert = \"~/c.pem\"", .certificate, .text("/home/me/c.pem")),
    ("cert = \"/c.pem\"", .certificate, .text("/c.pem")),
    ("username = \"\"", .username, .text("")),
    ("reconnect = false", .reconnect, .boolean(false)),
    ("client-id = 'ci-{random}'", .clientIdentifier, .text("ci-{random}")),
  ]

  @Test(arguments: values) func reads(_ line: String, _ key: SettingKey, _ value: SettingValue) throws {
    let file = try parse("[profiles.a]\n\(line)\n")
    #expect(
      file.profiles.first?.entries == [SettingEntry(key, value, .profile(name: "a", file: path, line: 2))])
  }

  typealias Bad = (text: String, line: Int, column: Int, message: String, hint: String?)
  static let bad: [Bad] = [
    ("[profiles.a]\nusrname = 'x'", 2, 1, "unknown key 'usrname'", "did you mean username?"),
    (
      "[profiles.a]\n  password_file = 'x'", 2, 3, "unknown key 'password_file'",
      "did you mean password-file?"
    ),
    ("[profiles.a]\nheader = {}", 2, 1, "unknown key 'header'", "did you mean headers?"),
    ("[profiles.a]\nxyzzy = 1", 2, 1, "unknown key 'xyzzy'", "mqttws help profiles lists the keys"),
    (
      "[profiles]\na = { url = 'ws://h', qqqq = 1 }", 2, 23, "unknown key 'qqqq'",
      "mqttws help profiles lists the keys"
    ),
    ("profiles.a.hots = 'x'", 1, 12, "unknown key 'hots'", "did you mean host?"),
    ("[lab]\nurl = 'ws://h'", 1, 2, "unknown key 'lab'", "write [profiles.lab]"),
    ("defualt = 'a'", 1, 1, "unknown key 'defualt'", "did you mean default?"),
    (
      "[profiles.a]\nport = \"8083\"", 2, 1, "port needs a number from 1 to 65535, found '8083'",
      "write it without quotes"
    ),
    ("[profiles.a]\nport = 0", 2, 1, "port needs a number from 1 to 65535, found the number 0", nil),
    ("[profiles.a]\ntls = \"yes\"", 2, 1, "tls needs true or false, found 'yes'", "write it without quotes"),
    ("[profiles.a]\ntls = 1", 2, 1, "tls needs true or false, found the number 1", nil),
    ("[profiles.a]\npassword = 5", 2, 1, "password needs a string, found the number 5", nil),
    ("[profiles.a]\nusername = ['x']", 2, 1, "username needs a string, found a list", nil),
    (
      "[profiles.a]\nprotocol-version = 4", 2, 1, "protocol-version needs 5 or 3.1.1, found the number 4", nil
    ),
    (
      "[profiles.a]\nconnect-timeout = 2020-01-01", 2, 1,
      "connect-timeout needs a duration (seconds, or 250ms, 30s, 5m), found a date or time", nil
    ),
    (
      "[profiles.a]\nheaders = { X = 1 }", 2, 1,
      "headers needs a string for X, found the number 1", "change headers"
    ),
    (
      "[profiles.a]\nheaders = 'X: 1'", 2, 1,
      "headers needs a table of strings ({ \"Name\" = \"value\" }), found 'X: 1'", nil
    ),
    (
      "[profiles.a]\nheaders = { Upgrade = 'x' }", 2, 13,
      "header 'Upgrade' belongs to the handshake, which sends its own", nil
    ),
    (
      "[profiles.a]\nheaders = { X = \"a\\r\\nB: c\" }", 2, 13,
      "header 'X' has a control character in its value", nil
    ),
    ("[profiles.a]\nurl = 'broker'", 2, 1, "the URL has no ws:// or wss:// in front", nil),
    (
      "[profiles.a]\ninsecure = true", 2, 1, "insecure cannot be stored",
      "give --insecure for one run, or trust the server with cafile"
    ),
    (
      "[profiles.a]\npassword = 'a'\npassword-file = 'b'", 3, 1,
      "password and password-file exclude each other", "keep one of them"
    ),
    (
      "[profiles.demo]\nurl = 'ws://h'", 1, 11, "the name 'demo' is reserved for the built-in @demo",
      "rename the profile"
    ),
    (
      "[profiles.'a b']\nurl = 'ws://h'", 1, 11, "profiles needs a name without @ and spaces, found 'a b'",
      nil
    ),
    ("profiles = 3", 1, 1, "profiles needs a table, found the number 3", nil),
    ("[[profiles]]\nurl = 'ws://h'", 1, 3, "profiles needs a table, found a list", nil),
    ("[profiles]\na = 3", 2, 1, "a needs a table ([profiles.a]), found the number 3", nil),
    ("default = 3", 1, 1, "default needs the name of a profile, found the number 3", nil),
    ("default = 'lba'\n[profiles.lab]\n", 1, 1, "there is no profile 'lba'", "did you mean @lab?"),
    (
      "[profiles.lab]\nextends = 'xyzzy'", 2, 1, "there is no profile 'xyzzy'",
      "the file has @lab; @demo is built in"
    ),
    (
      "[profiles.a]\nextends = 'b'\n[profiles.b]\nextends = 'a'", 4, 1,
      "profiles extend each other in a circle: a → b → a", nil
    ),
    ("[profiles.a]\nextends = 'a'", 2, 1, "profiles extend each other in a circle: a → a", nil),
    ("[profiles.a]\n# ö\nusername = \"\\u0000\"", 3, 13, "a NUL character", nil),
  ]

  @Test(arguments: bad) func refuses(_ bad: Bad) {
    do throws(ProfileError) {
      let file = try parse(bad.text)
      Issue.record("accepted: \(file)")
    } catch {
      #expect(error.message == "\(path):\(bad.line):\(bad.column): \(bad.message)")
      if bad.hint != nil { #expect(error.hint == bad.hint) }
    }
  }

  static let badBytes: [([UInt8], Int, Int, ProfileError.Cause)] = [
    (Array("a = 1\n\u{0}".utf8), 2, 1, .nulCharacter),
    (Array("# ".utf8) + [0xC0, 0x80], 1, 3, .invalidUTF8),
    (Array("# ä\nx = \"".utf8) + [0xED, 0xA0, 0x80], 2, 6, .invalidUTF8),
    ([0xFF], 1, 1, .invalidUTF8),
  ]

  @Test(arguments: badBytes) func refusesBytes(
    _ bytes: [UInt8], _ line: Int, _ column: Int, _ cause: ProfileError.Cause
  ) {
    #expect(throws: ProfileError(cause, file: path, at: TOMLPosition(line: line, column: column))) {
      try ProfileFileParser.parse(bytes, path: path)
    }
  }

  static let syntax: [(String, Int)] = [
    ("[profiles.a\nurl = 'x'", 1), ("[profiles.a]\nurl = 'a'\nurl = 'b'", 3), ("[a]\n[a]", 2), ("x = ", 1),
    ("[profiles.a]\nusername = \"a\nb\"", 2), ("x = 1 y = 2", 1),
    (String(repeating: "[", count: 10000), 1),
  ]

  @Test(arguments: syntax) func placesSyntaxErrors(_ text: String, _ line: Int) {
    do throws(ProfileError) {
      _ = try parse(text)
      Issue.record("accepted")
    } catch {
      guard case .syntax(let message) = error.cause else {
        Issue.record("\(error)")
        return
      }
      #expect(error.line == line)
      #expect(!message.isEmpty)
    }
  }

  @Test func takesByteOrderMarkAndCarriageReturns() throws {
    let file = try parse("\u{FEFF}default = \"a\"\r\n\r\n[profiles.a]\r\nurl = \"ws://h\"\r\n")
    #expect(file.profiles.first?.entries.first?.origin == .profile(name: "a", file: path, line: 4))
    #expect(file.profiles.first?.entries.first?.value == .text("ws://h"))
    #expect(try parse("").profiles.isEmpty)
  }

  static let exposures: [(String, UInt32, Bool)] = [
    ("password = 'x'", 0o644, true),
    ("password = 'x'", 0o640, true),
    ("password = 'x'", 0o604, true),
    ("password = 'x'", 0o600, false),
    ("password = 'x'", 0o700, false),
    ("password-file = 'x'", 0o644, false),
    ("key-password = 'x'", 0o644, true),
    ("url = 'ws://u:p@h'", 0o644, true),
    ("url = 'ws://u@h'", 0o644, false),
    ("proxy = 'http://u:p@h'", 0o644, true),
    ("headers = { Authorization = 'x' }", 0o644, true),
    ("headers = { X-Tenant = 'x' }", 0o644, false),
  ]

  @Test(arguments: exposures) func aSecretMustBePrivate(_ line: String, _ mode: UInt32, _ isRefused: Bool) {
    do throws(ProfileError) {
      _ = try parse("[profiles.a]\n\(line)", mode: mode)
      #expect(!isRefused)
    } catch {
      #expect(isRefused)
      #expect(error.line == 2)
      #expect(error.hint.hasPrefix("run chmod 600 \(path)"))
    }
  }

  @Test func manyKeysAreReadInGoodTime() throws {
    let text = (0..<30_000).map { "[profiles.p\($0)]\nport = 1\n" }.joined()
    #expect(try parse(text).profiles.count == 30_000)
  }
}
