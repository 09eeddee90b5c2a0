import Support
import Testing

/// Slips of the fingers and of the shell, wrong files and wrong profiles: said before anything is connected.
@Suite(.ownThread)
struct UsageTests {
  @Test(arguments: fingers + topics) func inTheArguments(_ input: BadInput) throws { try input.check() }
  @Test(arguments: files) func inTheFiles(_ input: BadInput) throws { try input.check() }
  @Test(arguments: profileFiles) func inTheProfiles(_ input: BadInput) throws { try input.check() }

  private static let nowhere = "ws://127.0.0.1:1/mqtt"

  private static let fingers = [
    BadInput("a profile without its @", 64, "usage", "@lab") { stage in
      try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\n")
      return ["sub", "lab", "-t", "a"]
    },
    BadInput("a topic without -t", 64, "usage", "-t") { _ in ["sub", "sensor/#"] },
    BadInput("-t without a value", 64, "usage", "comment in the shell") { _ in ["sub", nowhere, "-t"] },
    BadInput("a URL for plain MQTT", 64, "usage", "ws") { _ in ["sub", "-L", "mqtt://broker/a", "-t", "a"] },
    BadInput("curl's -k", 64, "usage", "--insecure") { _ in ["sub", nowhere, "-k", "-t", "a"] },
    BadInput("$SYS eaten by the shell", 64, "usage", "quote", "$SYS") { _ in ["sub", nowhere, "-t", "/#"] },
    BadInput("an option that is not there", 64, "usage", "--qos") { _ in
      ["sub", nowhere, "--qoss", "1", "-t", "a"]
    },
    BadInput("a command that is not there", 64, "usage", "pub") { _ in ["pubb", nowhere] },
    BadInput("no topic", 64, "usage", "-t") { _ in ["sub", nowhere] },
    BadInput("a port out of range", 64, "usage", "1 to 65535") { _ in
      ["sub", "ws://localhost:65536/", "-t", "a"]
    },
    BadInput("a URL with a space", 64, "usage") { _ in ["sub", "ws://local host/", "-t", "a"] },
  ]

  private static let topics = [
    BadInput("a wildcard in the topic of a publish", 64, "usage", "#") { _ in
      ["pub", nowhere, "-t", "a/#", "-m", "x"]
    },
    BadInput("# in the middle of a filter", 64, "usage", "#") { _ in ["sub", nowhere, "-t", "a/#/b"] },
    BadInput("+ beside other characters", 64, "usage", "+") { _ in ["sub", nowhere, "-t", "a+/b"] },
    BadInput("an empty topic", 64, "usage") { _ in ["pub", nowhere, "-t", "", "-m", "x"] },
    BadInput("QoS 3", 64, "usage", "3") { _ in ["sub", nowhere, "-t", "a", "-q", "3"] },
    BadInput("two payloads", 64, "usage", "-m", "-f") { _ in
      ["pub", nowhere, "-t", "a", "-m", "x", "-f", "/dev/null"]
    },
    BadInput("no payload", 64, "usage", "-m") { _ in ["pub", nowhere, "-t", "a"] },
  ]

  private static let files = [
    BadInput("a payload file that is not there", 66, "input", "/no/such/file") { _ in
      ["pub", nowhere, "-t", "a", "-f", "/no/such/file"]
    },
    BadInput("a payload file that is a directory", 66, "input", "directory") { stage in
      ["pub", nowhere, "-t", "a", "-f", stage.program.home.path]
    },
    BadInput("an authority file that is not there", 66, "input", "/no/such/ca.pem") { _ in
      ["sub", "wss://127.0.0.1:1/mqtt", "-t", "a", "--cafile", "/no/such/ca.pem"]
    },
    BadInput("an authority file without a certificate", 65, "input", "ca.pem") { stage in
      let path = try stage.program.home.write("ca.pem", "not a certificate\n")
      return ["sub", "wss://127.0.0.1:1/mqtt", "-t", "a", "--cafile", path]
    },
  ]

  private static let profileFiles = [
    BadInput("a misspelt key", 78, "profile", "profiles.toml:3:1", "usrname", "username") { stage in
      try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\nusrname = \"x\"\n")
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a wrong type", 78, "profile", "profiles.toml:3:", "keep-alive") { stage in
      try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\nkeep-alive = [1]\n")
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a syntax error", 78, "profile", "profiles.toml:2:") { stage in
      try stage.profiles("[profiles.lab]\nurl = \n")
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a key twice", 78, "profile", "profiles.toml:3:") { stage in
      try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\nurl = \"\(nowhere)\"\n")
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a name that is not in the file", 78, "profile", "@lab") { stage in
      try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\n")
      return ["sub", "@lbb", "-t", "a"]
    },
    BadInput("a name without a file", 78, "profile", "lab", "profile path") { _ in ["sub", "@lab", "-t", "a"]
    },
    BadInput("profiles that extend each other", 78, "profile", "extends") { stage in
      try stage.profiles("[profiles.lab]\nextends = \"other\"\n[profiles.other]\nextends = \"lab\"\n")
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a secret that others can read", 78, "profile", "chmod 600") { stage in
      let path = try stage.profiles("[profiles.lab]\nurl = \"\(nowhere)\"\npassword = \"secret\"\n")
      try runTool("chmod", ["644", path])
      return ["sub", "@lab", "-t", "a"]
    },
    BadInput("a profile file that is a device", 78, "profile", "no regular file") { stage in
      stage.program.environment["MQTTWS_CONFIG"] = "/dev/zero"
      return ["sub", "@lab", "-t", "a"]
    },
  ]
}
