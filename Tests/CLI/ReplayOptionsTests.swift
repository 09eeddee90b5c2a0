import MQTTPackets
import Options
import Support
import Testing

@testable import CLI

struct ReplayOptionsTests {
  private func plan(_ words: [String]) throws -> PublishPlan {
    try PublishOptions.plan(try arguments(words, of: PublishOptions.definition))
  }

  @Test func defaults() throws {
    let plan = try plan(["--replay", "file"])
    #expect(plan.source == .recording(.file("file")))
    #expect(plan.replay == ReplayPlan())
    #expect(plan.highestQoS == .exactlyOnce)
  }

  @Test func everyOption() throws {
    let plan = try plan([
      "--replay", "file", "--speed", "2.5x", "--remap", "a/#=b/#", "--remap", "c=d", "--loop=3", "-q", "1",
      "--no-retain", "--user-property", "a=b",
    ])
    #expect(plan.replay.speed == .factor(2.5))
    #expect(plan.replay.remaps == [try TopicRemap("a/#=b/#"), try TopicRemap("c=d")])
    #expect(plan.replay.passes == 3)
    #expect(plan.replay.qos == .atLeastOnce)
    #expect(plan.replay.retain == false)
    #expect(plan.replay.properties == [.userProperty(name: "a", value: "b")])
    #expect(plan.highestQoS == .atLeastOnce)
  }

  @Test func furtherSpellings() throws {
    #expect(try plan(["--replay=-"]).source == .recording(.standardInput))
    #expect(try plan(["--replay", "f", "--loop"]).replay.passes == nil)
    #expect(try plan(["--replay", "f", "-r"]).replay.retain == true)
    #expect(try plan(["--replay", "f", "--speed", "max"]).replay.speed == .unlimited)
    #expect(try plan(["--replay", "f", "--speed", "10"]).replay.speed == .factor(10))
  }

  static let refused: [Refused] = [
    Refused("--replay", "f", "-t", "a", line: "64 mqttws: usage: -t does not go with --replay — a recording"),
    Refused("--replay", "f", "-m", "a", line: "64 mqttws: usage: -m does not go with --replay — a recording"),
    Refused("--replay", "f", "-l", line: "64 mqttws: usage: -l does not go with --replay — a recording"),
    Refused(
      "--replay", "f", "--repeat", "2",
      line: "64 mqttws: usage: --repeat does not go with --replay — --loop=COUNT repeats a recording"),
    Refused(
      "--replay", "-", "--loop",
      line: "64 mqttws: usage: --loop cannot read standard input again — name a file: --replay FILE"),
    Refused("--replay", "", line: "64 mqttws: usage: --replay names no file"),
    Refused(
      "--replay", "f", "--loop=0", line: "64 mqttws: usage: --loop '0' is no whole number from 1"),
    Refused(
      "--replay", "f", "--remap", "a", line: "64 mqttws: usage: --remap 'a': has no '=' — write it as"),
    Refused(
      "-t", "a", "-m", "x", "--speed", "2x",
      line: "64 mqttws: usage: --speed goes with --replay — name the recording: --replay FILE"),
    Refused("-t", "a", "-m", "x", "--loop", line: "64 mqttws: usage: --loop goes with --replay"),
    Refused(
      "--replay", "f", "--require-subscribers",
      line: "64 mqttws: usage: --require-subscribers needs an acknowledgement — add -q 1"),
  ]

  @Test(arguments: refused)
  func refusals(_ example: Refused) {
    #expect(failure(example.words) { _ = try plan(example.words) }?.hasPrefix(example.line) == true)
  }

  @Test(arguments: ["0", "-1", "x", "0x10", "nan", "inf", "1e3", "", "0.0x", "1xx", "fast"])
  func speeds(_ speed: String) {
    let line = "64 mqttws: usage: --speed '\(speed)' is no speed — such as 1x, 10x, 0.5x or max"
    #expect(failure([]) { _ = try plan(["--replay", "f", "--speed=\(speed)"]) } == line)
  }
}
