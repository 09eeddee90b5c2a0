import Client
import Glibc
import MQTTSession
import NIOCore
import NIOPosix
import Testing

@testable import Profiles

@Suite struct SecretTests {
  static let commands: [(String, String)] = [
    ("printf 'geheim\\nuser: x\\n'", "geheim"), ("echo geheim", "geheim"), ("printf geheim", "geheim"),
    ("printf 'geheim\\r\\n'", "geheim"), ("cat; echo empty stdin", "empty stdin"),
    ("echo noise >&2; echo geheim", "geheim"),
  ]

  @Test(arguments: commands) func commandsGiveTheirFirstLine(_ command: String, _ secret: String) throws {
    #expect(try SecretSource.command(command).read() == Array(secret.utf8))
  }

  static let failures: [(SecretSource, String)] = [
    (.command("exit 3"), "it ended with exit code 3"),
    (.command("echo x; exit 1"), "it ended with exit code 1"),
    (.command("kill -9 $$"), "it was ended by signal 9"),
    (.command("true"), "it is empty"),
    (.command("/nonexistent/x 2>/dev/null"), "it ended with exit code 127"),
    (.command("cat /dev/zero"), "it is longer than 131070 bytes"),
    (.file("/nonexistent"), "No such file or directory"),
    (.file("/"), "Is a directory"),
    (.file("/dev/null"), "it is empty"),
    (.file("/dev/zero"), "it is longer than 131070 bytes"),
    (.environment("MQTTWS_NO_SUCH_VARIABLE"), "the variable is not set"),
  ]

  @Test(arguments: failures) func failuresSayWhy(_ source: SecretSource, _ reason: String) {
    #expect(throws: SecretError(reason: reason)) { try source.read() }
  }

  @Test func filesLoseOneLineEnd() throws {
    let path = "/tmp/mqttws-secret-test-\(getpid())"
    defer { unlink(path) }
    for (content, secret) in [("a b\n", "a b"), ("a\n\n", "a\n"), ("a\r\n", "a"), ("a", "a")] {
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      #expect(write(file, content, content.utf8.count) == content.utf8.count)
      close(file)
      #expect(try SecretSource.file(path).read() == Array(secret.utf8))
    }
  }

  @Test func credentialsComeFromAThreadOfTheirOwn() throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let good = SecretCredentials(username: "u", password: .command("echo geheim"))
    #expect(
      try good.credentials(on: loop).wait()
        == ConnectCredentials(username: "u", password: Array("geheim".utf8)))
    let bad = SecretCredentials(username: "u", password: .command("exit 3"))
    #expect(
      throws: CredentialsError(
        source: "password (from command: exit 3)", reason: "it ended with exit code 3")
    ) { try bad.credentials(on: loop).wait() }
    try group.syncShutdownGracefully()
  }
}

@Suite struct ProfileFileReaderTests {
  @Test func onlyRegularFilesAreRead() throws {
    let folder = "/tmp/mqttws-profile-test-\(getpid())"
    mkdir(folder, 0o700)
    let path = folder + "/profiles.toml"
    defer {
      for name in ["profiles.toml", "link", "loop", "fifo", "big", ""] { remove(folder + "/" + name) }
    }
    let text = "[profiles.a]\nurl = 'ws://u:p@h'\n"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    #expect(write(file, text, text.utf8.count) == text.utf8.count)
    symlink(path, folder + "/link")
    symlink(folder + "/loop", folder + "/loop")
    mkfifo(folder + "/fifo", 0o600)
    let big = open(folder + "/big", O_WRONLY | O_CREAT, 0o600)
    ftruncate(big, off_t(ProfileFileReader.sizeLimit + 1))
    close(big)

    func load(_ name: String) throws(ProfileError) -> ProfileFile? {
      try ProfileFileReader.load(
        Environment(["MQTTWS_CONFIG": name.hasPrefix("/") ? name : folder + "/" + name]))
    }
    #expect(try load("profiles.toml")?.profiles.count == 1)
    #expect(try load("link")?.profiles.count == 1)
    let failures: [(String, ProfileError.Cause)] = [
      ("loop", .unreadable(errno: ELOOP)), ("fifo", .notRegular), ("/dev/zero", .notRegular),
      (folder, .notRegular), ("big", .tooLarge(limit: ProfileFileReader.sizeLimit)),
      ("missing", .unreadable(errno: ENOENT)),
    ]
    for (name, cause) in failures {
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      #expect(throws: ProfileError(cause, file: path)) { try load(name) }
    }
    fchmod(file, 0o644)
    close(file)
    #expect(
      throws: ProfileError(
        .exposed(key: "url", mode: 0o644), file: path, at: TOMLPosition(line: 2, column: 1))
    ) { try load("profiles.toml") }
    #expect(try ProfileFileReader.load(Environment(["HOME": folder])) == nil)
    #expect(try ProfileFileReader.load(Environment()) == nil)
  }

  static let paths: [([String: String], String?)] = [
    (["MQTTWS_CONFIG": "/c", "HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/c"),
    (["HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/x/mqttws/profiles.toml"),
    (["HOME": "/h", "XDG_CONFIG_HOME": "x"], "/h/.config/mqttws/profiles.toml"),
    (["HOME": "/h", "MQTTWS_CONFIG": ""], "/h/.config/mqttws/profiles.toml"), ([:], nil),
  ]

  @Test(arguments: paths) func findsTheFile(_ variables: [String: String], _ expected: String?) {
    #expect(Environment(variables).profilePath?.path == expected)
  }
}

@Suite struct ValueReaderTests {
  static let durations: [(String, Duration?)] = [
    ("0", .zero), ("1.5", .milliseconds(1500)), ("250ms", .milliseconds(250)), ("5m", .seconds(300)),
    ("2h", .seconds(7200)), ("1d", .seconds(86400)), ("10us", .microseconds(10)), ("", nil), ("-1", nil),
    ("1 s", nil), ("1x", nil), (".5", nil), ("1.", nil), ("1e3", nil), ("99999999999999d", nil), ("٣", nil),
  ]

  @Test(arguments: durations) func readsDurations(_ text: String, _ expected: Duration?) {
    #expect(ValueReader.duration(text) == expected)
  }

  static let sizes: [(String, Int?)] = [
    ("0", 0), ("1000", 1000), ("64k", 65536), ("64K", 65536), ("1M", 1_048_576), ("1MiB", 1_048_576),
    ("1.5k", 1536), ("1G", 1_073_741_824), ("7B", 7), ("0.3", nil), ("k", nil), ("-1", nil), ("1T", nil),
    ("9999999999999999G", nil),
  ]

  @Test(arguments: sizes) func readsSizes(_ text: String, _ expected: Int?) {
    #expect(ValueReader.size(text) == expected)
  }
}
