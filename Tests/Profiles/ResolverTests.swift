import Options
import Testing
import WebSocketTransport

@testable import Profiles

private let fileText = """
  default = "lab"

  [profiles.lab]
  url = "wss://broker.lab:8084/mqtt"
  username = "ci"
  password-command = "pass show mqtt/lab"
  cafile = "lab-ca.pem"
  keep-alive = 45

  [profiles.lab-admin]
  extends = "lab"
  username = "admin"
  headers = { "X-Tenant" = "acme", "Authorization" = "Bearer s3cret" }

  [profiles.parts]
  host = "parts.lab"
  tls = true

  [profiles.bare]
  username = "nobody"

  [profiles.moved]
  extends = "lab"
  url = "ws://u:pw@elsewhere/x"

  [profiles.aws]
  url = "wss://aws/mqtt"
  auth = "aws-sigv4"
  """

private let command = CommandDefinition(
  "sub", "subscribe", synopsis: "[TARGET]", positionals: [ConnectionOptions.target],
  options: ConnectionOptions.all)

/// Resolves a command line (split at spaces) over an environment and the file above.
func resolve(
  _ line: String, _ environment: [String: String] = [:], file text: String? = fileText
) throws(SettingsError) -> ResolvedSettings {
  let arguments: ParsedArguments
  do throws(UsageError) {
    arguments = try OptionParser.parse(line.split(separator: " ").map(String.init), for: command)
  } catch {
    throw .usage(error)
  }
  let resolver = Resolver(
    arguments: arguments, target: arguments.positionals.first, environment: Environment(environment)
  ) { () throws(ProfileError) in
    guard let text else { return nil }
    return try ProfileFileParser.parse(Array(text.utf8), path: "/p/profiles.toml")
  }
  return try resolver.resolve()
}

/// `key=value` of the settings that were set, in alphabetical order.
private func summary(_ settings: ResolvedSettings) -> String {
  settings.entries.map { "\($0.key.rawValue)=\(ProfileReport.shown($0))" }.sorted().joined(separator: " ")
}

@Suite struct ResolverTests {
  static let lab =
    "cafile=/p/lab-ca.pem keep-alive=45 password-command=(from command: pass show mqtt/lab) username=ci"

  typealias Target = (line: String, environment: [String: String], url: String, summary: String)
  static let targets: [Target] = [
    ("", [:], "wss://broker.lab:8084/mqtt", lab),
    ("@lab", [:], "wss://broker.lab:8084/mqtt", lab),
    ("--profile lab", [:], "wss://broker.lab:8084/mqtt", lab),
    ("--profile @lab", [:], "wss://broker.lab:8084/mqtt", lab),
    ("", ["MQTTWS_PROFILE": "lab"], "wss://broker.lab:8084/mqtt", lab),
    ("ws://h", [:], "ws://h/", ""),
    ("-L wss://h/a?b=c", [:], "wss://h/a?b=c", ""),
    ("ws://u:p@h", [:], "ws://h/", "password=(set, hidden) username=u"),
    ("", ["MQTTWS_URL": "ws://e"], "ws://e/", ""),
    ("@lab", ["MQTTWS_URL": "ws://e"], "wss://broker.lab:8084/mqtt", lab),
    ("ws://h", ["MQTTWS_PROFILE": "lab"], "ws://h/", ""),
    ("ws://h", ["MQTTWS_HOST": "x", "MQTTWS_PORT": "1", "MQTTWS_TLS": "1"], "ws://h/", ""),
    ("ws://h", ["MQTTWS_USERNAME": "e"], "ws://h/", "username=e"),
    (
      "ws://u@h", ["MQTTWS_USERNAME": "e", "MQTTWS_PASSWORD": "p"], "ws://h/",
      "password=(set, hidden) username=u"
    ),
    ("ws://u@h -u f", [:], "ws://h/", "username=f"),
    ("", ["MQTTWS_URL": ""], "wss://broker.lab:8084/mqtt", lab),
    ("-p 1 --path /x", [:], "wss://broker.lab:1/x", lab),
    ("--no-tls", [:], "ws://broker.lab:8084/mqtt", lab),
    ("ws://h --tls", [:], "wss://h/", ""),
    ("ws://h:80 -h ::1", [:], "ws://[::1]:80/", ""),
    ("@parts", [:], "wss://parts.lab:8083/mqtt", ""),
    (
      "@moved", [:], "ws://elsewhere/x",
      "cafile=/p/lab-ca.pem keep-alive=45 password=(set, hidden) username=u"
    ),
    (
      "@lab -u bob --password-env PW", [:], "wss://broker.lab:8084/mqtt",
      "cafile=/p/lab-ca.pem keep-alive=45 password-env=(from variable: PW) username=bob"
    ),
    (
      "@lab", ["MQTTWS_KEEP_ALIVE": "1m", "MQTTWS_PASSWORD_FILE": "pw"], "wss://broker.lab:8084/mqtt",
      "cafile=/p/lab-ca.pem keep-alive=60 password-file=(from file: pw) username=ci"
    ),
    (
      "@lab -k 5", ["MQTTWS_KEEP_ALIVE": "60"], "wss://broker.lab:8084/mqtt",
      "cafile=/p/lab-ca.pem keep-alive=5 password-command=(from command: pass show mqtt/lab) username=ci"
    ),
    (
      "@lab-admin --header X-Tenant:b --header X-New:c", [:], "wss://broker.lab:8084/mqtt",
      "cafile=/p/lab-ca.pem headers=Authorization: (set, hidden), X-Tenant: b, X-New: c keep-alive=45"
        + " password-command=(from command: pass show mqtt/lab) username=admin"
    ),
    (
      "@lab-admin --header X-Tenant: --header Authorization:", [:], "wss://broker.lab:8084/mqtt",
      "cafile=/p/lab-ca.pem keep-alive=45 password-command=(from command: pass show mqtt/lab) username=admin"
    ),
    (
      "ws://h -4 -V 311 --retry forever --tls-version 1.2+ --connect-timeout 250ms -x -1", [:], "ws://h/",
      "address-family=ipv4 connect-timeout=250.0ms protocol-version=3.1.1 retry=forever session-expiry=never tls-version=1.2+"
    ),
  ]

  @Test(arguments: targets) func resolves(_ target: Target) throws {
    let settings = try resolve(target.line, target.environment)
    #expect(settings.url?.description == target.url)
    #expect(summary(settings) == target.summary)
  }

  @Test func withoutAnyTargetTheBuiltInIsTriedAndSaysSo() throws {
    let settings = try resolve("", file: nil)
    #expect(settings.url?.description == "ws://localhost:8083/mqtt")
    #expect(settings.usesBuiltInTarget)
    #expect(settings.origin(of: .host) == .builtIn)
    #expect(try !resolve("-h h", file: nil).usesBuiltInTarget)
    #expect(try !resolve("-p 1", file: nil).usesBuiltInTarget)
    #expect(try !resolve("").usesBuiltInTarget)
  }

  @Test func theDemoWaitsForItsAddress() throws {
    for line in ["@demo", "--profile demo"] {
      var settings = try resolve(line)
      #expect(settings.target == .demo)
      #expect(settings.url == nil)
      #expect(!settings.usesBuiltInTarget)
      settings.supplyDemo(try WebSocketURL(parsing: "ws://127.0.0.1:1/mqtt"))
      #expect(settings.url?.port == 1)
      #expect(settings.origin(of: .host) == .command("the embedded broker of @demo"))
    }
    #expect(try resolve("", ["MQTTWS_PROFILE": "demo"]).target == .demo)
    #expect(try resolve("", file: "default = '@demo'").target == .demo)
  }

  @Test func aURLNeverReadsTheFile() throws {
    #expect(try resolve("ws://h", file: "this is no TOML").url?.host == "h")
  }

  // MARK: Credentials

  typealias Drop = (line: String, environment: [String: String], summary: String, dropped: [String]?)
  static let drops: [Drop] = [
    ("@lab -h other", [:], "cafile=/p/lab-ca.pem keep-alive=45", ["username", "password-command"]),
    ("-h other", [:], "cafile=/p/lab-ca.pem keep-alive=45", ["username", "password-command"]),
    ("@lab -h BROKER.lab", [:], lab, nil),
    ("@lab -p 1", [:], lab, nil),
    (
      "@lab -h other -u bob", [:], "cafile=/p/lab-ca.pem keep-alive=45 username=bob",
      ["username", "password-command"]
    ),
    (
      "@lab-admin -h other", [:], "cafile=/p/lab-ca.pem headers=X-Tenant: acme keep-alive=45",
      ["username", "password-command", "header Authorization"]
    ),
    (
      "", ["MQTTWS_PROFILE": "lab", "MQTTWS_HOST": "other"], "cafile=/p/lab-ca.pem keep-alive=45",
      ["username", "password-command"]
    ),
    ("-h other", ["MQTTWS_URL": "ws://u:p@h"], "", ["username", "password"]),
    ("-h other", ["MQTTWS_URL": "ws://h", "MQTTWS_USERNAME": "u"], "username=u", nil),
    ("ws://u:p@h -h other", [:], "password=(set, hidden) username=u", nil),
    ("@parts -h other", [:], "", nil),
  ]

  @Test(arguments: drops) func credentialsStayWithTheirHost(_ drop: Drop) throws {
    let settings = try resolve(drop.line, drop.environment)
    #expect(summary(settings) == drop.summary)
    let dropped = settings.notes.compactMap { note in
      if case .credentialsDropped(let keys, _, _) = note { keys.sorted() } else { nil }
    }
    #expect(dropped == (drop.dropped.map { [$0.sorted()] } ?? []))
  }

  // MARK: Origins and notes

  @Test func everyValueKnowsWhereItCameFrom() throws {
    let settings = try resolve("@lab-admin -p 1 -k 5", ["MQTTWS_PASSWORD": "x"])
    let origins: [(SettingKey, String)] = [
      (.host, "profile lab, profiles.toml:4"), (.port, "the command line (-p)"),
      (.username, "profile lab-admin, profiles.toml:12"), (.password, "the environment (MQTTWS_PASSWORD)"),
      (.keepAlive, "the command line (-k)"), (.retry, "the built-in default"),
    ]
    for (key, origin) in origins { #expect(settings.origin(of: key).description == origin) }
    #expect(settings.profileName == "lab-admin")
    #expect(try resolve("ws://h").origin(of: .host).description == "the command line")
  }

  static let notes: [(String, [String: String], [SettingsNote])] = [
    ("ws://h --cafile x --insecure", [:], [.unusedWithoutTLS(["--cafile", "--insecure"])]),
    ("wss://h --cafile x", [:], []),
    ("@lab --no-tls", [:], [.unusedWithoutTLS(["cafile"])]),
    ("ws://h -V 3.1.1 -x 5", [:], [.unusedBefore5(["-x"])]),
    ("ws://h", ["MQTTWS_INSECURE": "1"], [.ignoredVariable("MQTTWS_INSECURE")]),
    ("ws://h", ["MQTTWS_USERNMAE": "1"], [.unknownVariable("MQTTWS_USERNMAE", nearest: "MQTTWS_USERNAME")]),
    ("ws://h", ["MQTTWS_MY_PASSWORDS": "1"], []),
  ]

  @Test(arguments: notes) func says(
    _ line: String, _ environment: [String: String], _ expected: [SettingsNote]
  ) throws {
    #expect(try resolve(line, environment).notes == expected)
  }

  // MARK: Errors

  typealias Bad = (line: String, environment: [String: String], message: String, hint: String?)
  static let usage: [Bad] = [
    ("lab", [:], "'lab' is no target", "did you mean @lab?"),
    ("lba", [:], "'lba' is no target", "did you mean @lab?"),
    ("demo", [:], "'demo' is no target", "did you mean @demo?"),
    ("sensor/#", [:], "'sensor/#' is no target", "topics go with -t: -t 'sensor/#'"),
    ("sensor/temp", [:], "'sensor/temp' is no target", "topics go with -t: -t 'sensor/temp'"),
    (
      "broker:8083", [:], "'broker:8083' is no target", "for a host write ws://broker:8083/mqtt, or -h and -p"
    ),
    (
      "broker.example.org", [:], "'broker.example.org' is no target",
      "for a host write ws://broker.example.org/mqtt, or -h broker.example.org"
    ),
    ("@", [:], "@ without a name", "write @NAME or @demo"),
    ("@lab ws://h", [:], "unexpected argument 'ws://h'", nil),
    ("@lab -L ws://h", [:], "more than one target: TARGET and -L", "give a URL or a profile, once"),
    (
      "", ["MQTTWS_URL": "ws://h", "MQTTWS_PROFILE": "lab"], "MQTTWS_URL and MQTTWS_PROFILE are both set",
      "unset one of them"
    ),
    ("-L mqtt://h/x", [:], "-L: mqtt:// is MQTT without a WebSocket", "write ws://h:8083/mqtt"),
    ("ws://h:0", [:], "the target: the port is no number from 1 to 65535", nil),
    ("", ["MQTTWS_URL": "x"], "MQTTWS_URL: the URL has no ws:// or wss:// in front", nil),
    ("ws://h --path x", [:], "--path: the path does not begin with /", "write /x"),
    (
      "ws://h -k -t", [:], "-k needs a value (TIME), got the option -t",
      "it is the keep-alive; for unverified TLS use --insecure"
    ),
    (
      "ws://h -k ten", [:], "-k needs a duration in whole seconds up to 65535, got 'ten'",
      "it is the keep-alive; for unverified TLS use --insecure"
    ),
    (
      "ws://h -k -5", [:], "-k needs a duration in whole seconds up to 65535, got '-5'",
      "it is the keep-alive; for unverified TLS use --insecure"
    ),
    (
      "ws://h -V 3.1", [:], "-V needs 5 or 3.1.1, got '3.1'",
      "MQTT 3.1 is too old; every 3.1 broker of today speaks 3.1.1"
    ),
    ("ws://h -V 6", [:], "-V needs 5 or 3.1.1, got '6'", ""),
    ("ws://h -k 70000", [:], "-k needs a duration in whole seconds up to 65535, got '70000'", ""),
    (
      "ws://h", ["MQTTWS_KEEP_ALIVE": "soon"],
      "MQTTWS_KEEP_ALIVE needs a duration in whole seconds up to 65535, got 'soon'", ""
    ),
    (
      "-h broker:1883", [:], "-h: a port behind the host",
      "the port goes by itself, with -p or as port of a profile"
    ),
    (
      "-h [::1]:1883", [:], "-h: a port behind the host",
      "the port goes by itself, with -p or as port of a profile"
    ),
    (
      "-h wss://broker:8084/mqtt", [:], "-h: a URL where a host is meant",
      "a URL is the target, or goes with -L; -h takes the host alone"
    ),
    (
      "-h broker/mqtt", [:], "-h: a path behind the host",
      "the path goes by itself, with --path or as path of a profile"
    ),
    ("ws://::1:8083/mqtt", [:], "the target: an IPv6 address without brackets", "write [::1]:8083"),
    ("", ["MQTTWS_PORT": "x"], "MQTTWS_PORT needs a number from 1 to 65535, got 'x'", nil),
    ("ws://h -P a --password-file b", [:], "-P and --password-file exclude each other", "give one of them"),
    ("ws://h -i a -I b", [:], "-i and -I exclude each other", "give one of them"),
    ("ws://h -c", [:], "-c needs a fixed client identifier (--client-id)", nil),
    ("ws://h -c -i x{random}", [:], "-c needs a fixed client identifier (--client-id)", nil),
    ("ws://h --will-qos 1", [:], "--will-qos needs --will-topic", nil),
    ("wss://h --key k", [:], "--key needs --cert", nil),
    ("wss://h --keylog", [:], "--keylog names no file", "give --keylog=FILE, or set SSLKEYLOGFILE"),
    ("ws://h --proxy socks5://p", [:], "--proxy needs http://[user:password@]host[:port]", nil),
    ("ws://h --header Secret", [:], "--header needs header fields (Name: value)", "write 'Name: value'"),
    (
      "ws://h --header Sec-WebSocket-Key:x", [:], "--header needs header fields (Name: value)",
      "'Sec-WebSocket-Key' has to be random, and is made for each connection"
    ),
    (
      "@demo -h x", [:], "-h does not go with @demo",
      "the embedded broker chooses its own address; mqttws serve takes one"
    ),
  ]

  @Test(arguments: usage) func refuses(_ bad: Bad) {
    do throws(SettingsError) {
      let settings = try resolve(bad.line, bad.environment)
      Issue.record("accepted: \(settings)")
    } catch {
      guard case .usage(let error) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.message == bad.message)
      // An empty hint says that there is none.
      if let hint = bad.hint { #expect((error.hint ?? "") == hint) }
    }
  }

  static let profileErrors: [(String, String, String)] = [
    ("@lba", "/p/profiles.toml: there is no profile 'lba'", "did you mean @lab?"),
    (
      "@xyzzy", "/p/profiles.toml: there is no profile 'xyzzy'",
      "the file has @lab, @lab-admin, @parts, @bare, @moved, @aws; @demo is built in"
    ),
    ("@bare", "/p/profiles.toml: profile bare names no url and no host", "add url = \"wss://…\", or give -h"),
    ("@aws", "/p/profiles.toml:28:1: auth = 'aws-sigv4' is not supported by this version", "leave it out"),
  ]

  @Test(arguments: profileErrors) func refusesProfiles(_ line: String, _ message: String, _ hint: String) {
    do throws(SettingsError) {
      let settings = try resolve(line)
      Issue.record("accepted: \(settings)")
    } catch {
      guard case .profile(let error) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.message == message)
      #expect(error.hint == hint)
    }
  }

  @Test func aProfileCanBeCheckedAlone() throws {
    let file = try ProfileFileParser.parse(Array(fileText.utf8), path: "/p/profiles.toml")
    #expect(try Resolver.resolve(profile: "bare", of: file).text(.username) == "nobody")
    #expect(throws: SettingsError.self) { try Resolver.resolve(profile: "aws", of: file) }
    let bad = try parse("[profiles.a]\nkey = 'k'\n")
    #expect(throws: SettingsError.self) { try Resolver.resolve(profile: "a", of: bad) }
  }

  @Test func aProfileWithoutAFileIsAnError() {
    #expect(
      throws: SettingsError.profile(
        ProfileError(.noProfiles(asked: "lab"), file: "/h/.config/mqttws/profiles.toml"))
    ) {
      try resolve("@lab", ["HOME": "/h"], file: nil)
    }
  }
}
