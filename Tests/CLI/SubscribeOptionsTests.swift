import MQTTPackets
import NIOCore
import Options
import Presentation
import Testing

@testable import CLI

struct SubscribeOptionsTests {
  private func plan(_ words: [String]) throws -> SubscribePlan {
    try SubscribeOptions.plan(try arguments(words, of: SubscribeOptions.definition))
  }

  private func formatter(_ words: [String]) throws -> MessageFormatter {
    try SubscribeOptions.formatter(try arguments(["-t", "a"] + words, of: SubscribeOptions.definition))
  }

  // MARK: - The plan

  @Test func defaults() throws {
    let plan = try plan(["-t", "a"])
    #expect(plan.subscriptions == [Subscription("a")])
    #expect(plan.properties.isEmpty)
    #expect(plan.count == nil)
    #expect(plan.wait == nil)
    #expect(!plan.hidesRetained && !plan.retainedOnly && !plan.removesRetained)
    #expect(!plan.endsAfterSubscribing && !plan.requiresAll)
  }

  @Test func everyOption() throws {
    let plan = try plan([
      "-t", "a/#", "-t", "$share/g/b", "-q", "1", "--retain-as-published", "--retain-handling", "never",
      "--subscription-identifier", "7", "-U", "old/+", "-T", "a/x/#", "--retained-only",
      "--remove-retained", "-C", "3", "-W", "1.5", "-E", "--require-all",
    ])
    let subscriptions = ["a/#", "$share/g/b"].map {
      Subscription($0, qos: .atLeastOnce, retainAsPublished: true, retainHandling: .doNotSend)
    }
    #expect(plan.subscriptions == subscriptions)
    #expect(plan.properties.elements == [.subscriptionIdentifier(7)])
    #expect(plan.unsubscribes == ["old/+"])
    #expect(plan.filteredOut.map(\.text) == ["a/x/#"])
    #expect(plan.retainedOnly && plan.removesRetained && plan.endsAfterSubscribing && plan.requiresAll)
    #expect(plan.count == 3)
    #expect(plan.wait == .milliseconds(1500))
  }

  @Test(arguments: [
    ("always", Subscription.RetainHandling.sendAtSubscribe), ("new", .sendIfNewSubscription),
    ("never", .doNotSend),
  ])
  func retainHandling(_ word: String, _ expected: Subscription.RetainHandling) throws {
    #expect(
      try plan(["-t", "a", "--retain-handling", word]).subscriptions.map(\.retainHandling) == [expected])
  }

  @Test func noLocal() throws {
    #expect(try plan(["-t", "a", "--no-local"]).subscriptions == [Subscription("a", noLocal: true)])
  }

  @Test func unsubscribingIsEnough() throws {
    let plan = try plan(["-U", "a"])
    #expect(plan.subscriptions.isEmpty)
    #expect(plan.unsubscribes == ["a"])
  }

  static let refused: [Refused] = [
    Refused(line: "64 mqttws: usage: no topic to subscribe to — name it with -t, in quotes: -t 'sensor/#'"),
    Refused("-t", line: "64 mqttws: usage: -t needs a value (FILTER) — an unquoted # starts a comment"),
    Refused("-t", "", line: "64 mqttws: usage: -t '' "),
    Refused("-t", "a#", line: "64 mqttws: usage: -t 'a#' "),
    Refused("-t", "a/#/b", line: "64 mqttws: usage: -t 'a/#/b' "),
    Refused("-t", "$share/g", line: "64 mqttws: usage: -t '$share/g' "),
    Refused("-t", "a", "-U", "b+", line: "64 mqttws: usage: -U 'b+' "),
    Refused("-t", "a", "-T", "b#", line: "64 mqttws: usage: -T 'b#' "),
    Refused("-t", "a", "-q", "7", line: "64 mqttws: usage: -q '7' is no Quality of Service — use 0, 1 or 2"),
    Refused("-t", "a", "-C", "0", line: "64 mqttws: usage: -C '0' is no whole number from 1"),
    Refused("-t", "a", "-C", "-1", line: "64 mqttws: usage: -C '-1' is no whole number from 1"),
    Refused("-t", "a", "-W", "0", line: "64 mqttws: usage: -W 0 leaves no time to wait — such as -W 5"),
    Refused(
      "-t", "a", "-W", "-1", line: "64 mqttws: usage: -W '-1' is no time — such as 5, 0.5, 250ms or 2m"),
    Refused(
      "-t", "a", "-R", "--retained-only",
      line: "64 mqttws: usage: -R and --retained-only exclude each other — keep one of them"),
    Refused(
      "-t", "$share/g/a", "--no-local",
      line: "64 mqttws: usage: --no-local does not go with the shared '$share/g/a'"),
    Refused(
      "-t", "a", "--retain-handling", "nevr",
      line: "64 mqttws: usage: --retain-handling 'nevr' is none of always, new, never — did you mean never?"),
    Refused(
      "-t", "a", "--subscription-identifier", "0",
      line: "64 mqttws: usage: --subscription-identifier '0': Subscription Identifier does not take"),
    Refused(
      "-t", "a", "-D", "publish", "content-type", "x",
      line: "64 mqttws: usage: -D publish content-type x: sub sends no PUBLISH"),
    Refused(
      "-t", "a", "--subscription-identifier", "1", "-D", "subscribe", "subscription-identifier", "2",
      line: "64 mqttws: usage: SUBSCRIBE takes one Subscription Identifier — it is given twice"),
  ]

  @Test func checks() throws {
    let plan = try plan([
      "-t", "a", "-W", "5", "--filter", "retain", "--filter", "qos > 0", "--expect", "json.t > 1", "--expect",
      "dup",
      "--expect-none", "qos == 0", "--expect-count", "0", "--then", "true",
    ])
    #expect(plan.filters.map(\.text) == ["retain", "qos > 0"])
    #expect(plan.expectations.matching.map(\.text) == ["json.t > 1", "dup"])
    #expect(plan.expectations.none.map(\.text) == ["qos == 0"])
    #expect(plan.expectations.count == 0)
    #expect(plan.followUp == "true")
  }

  static let refusedChecks: [Refused] = [
    Refused(
      "-t", "a", "--filter", "qos ==",
      line: "64 mqttws: usage: --filter 'qos ==': col 7: expected value — see 'mqttws help filters'"),
    Refused(
      "-t", "a", "-W", "1", "--expect", "tpic",
      line: "64 mqttws: usage: --expect 'tpic': col 1: unknown field"),
    Refused(
      "-t", "a", "--expect", "retain",
      line: "64 mqttws: usage: --expect needs to know how long to wait — add -W SECONDS"),
    Refused(
      "-t", "a", "--expect-count", "1", line: "64 mqttws: usage: --expect-count needs to know how long"),
    Refused(
      "-t", "a", "-W", "1", "-E", "--expect-none", "dup", line: "64 mqttws: usage: --expect-none waits for"),
    Refused(
      "-t", "a", "-W", "1", "--expect-count", "x", line: "64 mqttws: usage: --expect-count 'x' is no whole"),
    Refused(
      "-t", "a", "--junit", "f", line: "64 mqttws: usage: --junit has no check to report — add --expect"),
    Refused("-t", "a", "--then", " ", line: "64 mqttws: usage: --then ' ' is no command"),
  ]

  @Test(arguments: refused + refusedChecks)
  func refusals(_ example: Refused) throws {
    let line = try #require(failure(example.words) { _ = try plan(example.words) })
    #expect(line.hasPrefix(example.line), "\(line)")
  }

  // MARK: - The format

  @Test(arguments: [
    ([String](), MessageFormat.payload), (["--format", "pretty"], .pretty), (["--format", "json"], .json),
    (["--format", "hex"], .hex), (["--format", "base64"], .base64), (["--json"], .json),
    (["--json", "--format", "hex"], .hex),
  ])
  func formats(_ words: [String], _ format: MessageFormat) throws {
    // The tests' own stdout is no terminal, or they could not be read by a program.
    #expect(try formatter(words).format == format || words.isEmpty)
  }

  @Test func templates() throws {
    #expect(try formatter(["-F", "%t %p"]).format == .template(FormatTemplate("%t %p")))
  }

  @Test func layout() throws {
    let layout = try formatter(["-v", "-N", "--escape", "always", "--color", "always"]).layout
    #expect(layout.showsTopic && !layout.endsLines && layout.sanitises && layout.colours)
    let plain = try formatter(["--escape", "never", "--color", "never"]).layout
    #expect(!plain.showsTopic && plain.endsLines && !plain.sanitises && !plain.colours)
  }

  static let refusedFormats: [Refused] = [
    Refused(
      "--format", "jsn",
      line:
        "64 mqttws: usage: --format 'jsn' is none of pretty, payload, json, hex, base64 — did you mean json?"),
    Refused(
      "--format", "json", "-F", "%p",
      line: "64 mqttws: usage: -F and --format exclude each other — keep one of them"),
    Refused("-F", "%", line: "64 mqttws: usage: -F '%': '%' begins a sequence that does not end (at byte 1"),
    Refused("-F", "a%y", line: "64 mqttws: usage: -F 'a%y': there is no format specifier '%y' (at byte 2"),
    Refused("--escape", "yes", line: "64 mqttws: usage: --escape 'yes' is none of auto, always, never"),
    Refused(
      "--timestamps", "delat",
      line:
        "64 mqttws: usage: --timestamps 'delat' is none of iso, relative, delta — did you mean delta?"),
    Refused(
      "--timestamps", "iso", "--json",
      line: "64 mqttws: usage: --timestamps does not go with JSON — it has tst and timestamp_ns"),
    Refused(
      "--timestamps", "iso", "-F", "%p",
      line: "64 mqttws: usage: --timestamps does not go with -F — it has %I, %U, @ and a letter"),
    Refused("--color", "on", line: "64 mqttws: usage: --color 'on' is none of auto, always, never"),
  ]

  @Test func timestamps() throws {
    #expect(try formatter([]).layout.timestamps == nil)
    for timestamps in Timestamps.allCases {
      #expect(try formatter(["--timestamps", timestamps.rawValue]).layout.timestamps == timestamps)
    }
  }

  @Test(arguments: refusedFormats)
  func refusedFormat(_ example: Refused) throws {
    let line = try #require(failure(example.words) { _ = try formatter(example.words) })
    #expect(line.hasPrefix(example.line), "\(line)")
  }
}
