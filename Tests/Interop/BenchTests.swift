import Glibc
import Support
import Testing

/// `bench` against real brokers, and in scripts as CI would use it. Nothing here depends on how fast a
/// machine is.
@Suite(.ownThread)
struct BenchTests {
  private func webSocket(_ broker: Mosquitto) -> String { "ws://127.0.0.1:\(broker.openPort)/mqtt" }

  /// Runs a bash script with `$URL` and `$MQTTWS` in a directory of its own.
  private func shell(_ script: String, _ program: Mqttws) throws -> ProcessResult {
    var program = program
    program.environment["URL"] = webSocket(try Brokers.shared().mosquitto)
    return try program.shell("cd \"$HOME\"; set -u; \(script)", within: .seconds(120))
  }

  private static let clean = "lost > 0 or duplicates > 0 or reordered > 0 or errors > 0"

  @Test(arguments: Route.allCases)
  func everyMessageComesBackOnEveryRoute(_ route: Route) throws {
    let program = try Mqttws()
    let arguments = try route.arguments(Brokers.shared())
    let result = try program.command(
      ["bench"] + arguments + [
        "-t", freshTopic() + "/{client}", "--publishers", "3", "--subscribers", "3", "--messages", "600",
        "--rate", "3k", "-q", "1", "--fail-if", Self.clean, "--json", "--quiet",
      ]
    ).run(within: .seconds(60))
    #expect(result.status == .exited(0), "\(result.errorText)\(result.outputText.prefix(2000))")
    #expect(result.outputText.contains(#""sent":600,"received":600,"expected":600,"acknowledged":600,"#))
  }

  @Test(arguments: Version.allCases, ["0", "1", "2"])
  func everyQoSAndVersion(_ version: Version, _ qos: String) throws {
    let program = try Mqttws()
    let result = try program.run(
      "bench", webSocket(try Brokers.shared().mosquitto), "-V", version.rawValue, "-q", qos, "--both", "2",
      "--in-flight", "4", "--messages", "300", "--fail-if", Self.clean, "--json", "--quiet")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText.contains(#""sent":300,"received":300,"expected":300,"#))
  }

  /// Stopped as a whole, the broker neither reads nor answers.
  @Test func aStalledBrokerShowsAndIsNamed() throws {
    let program = try Mqttws()
    let broker = try Mosquitto()
    let series = program.home.file("series.csv")
    let bench = try program.start(
      "bench", webSocket(broker), "--rate", "1000", "--duration", "3.5", "--drain", "60", "--json", "--quiet",
      "--interval", "250ms", "--csv", series)
    let deadline = Deadline.after(.seconds(30))
    while ((try? readFile(series)) ?? []).count(where: { $0 == 10 }) < 4, !deadline.hasPassed {
      poll(nil, 0, 20)
    }
    let identifier = try #require(broker.server.processIdentifier)
    kill(identifier, SIGSTOP)
    poll(nil, 0, 2000)
    kill(identifier, SIGCONT)
    let result = try bench.wait(within: .seconds(90))
    #expect(result.status == .exited(0), "\(result.errorText)")
    let corrected = try #require(number(after: "max_ns", in: "corrected", of: result.outputText))
    #expect(corrected >= 1_990_000_000)
    #expect(result.outputText.contains("nothing came back for "))
    #expect(result.outputText.contains(#""sent":3500,"received":3500,"#))
    #expect(result.outputText.contains(#""lost":0,"#))
  }

  /// The first number under `key` behind `group`.
  private func number(after key: String, in group: String, of text: String) -> Int? {
    let rest = text.split(separator: "\"\(group)\":", maxSplits: 1).last ?? ""
    let value = rest.split(separator: "\"\(key)\":", maxSplits: 1).last ?? ""
    return Int(value.prefix { $0.isNumber })
  }

  @Test func aKilledBrokerIsCountedAndComesBack() throws {
    let program = try Mqttws()
    let broker = try Mosquitto()
    let series = program.home.file("series.csv")
    let bench = try program.start(
      "bench", webSocket(broker), "--rate", "200", "--duration", "4", "--drain", "1", "--json", "--quiet",
      "--interval", "250ms", "--csv", series)
    let deadline = Deadline.after(.seconds(30))
    while ((try? readFile(series)) ?? []).count(where: { $0 == 10 }) < 4, !deadline.hasPassed {
      poll(nil, 0, 20)
    }
    broker.server.kill()
    try broker.server.start()
    let result = try bench.wait(within: .seconds(60))
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText.contains(#""disconnects":2,"#), "\(result.outputText.prefix(3000))")
    #expect(result.outputText.contains(#""connects":4,"#))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalGivesAPartialReportAndIsRaisedAgain(_ signal: Int32) throws {
    let program = try Mqttws()
    let series = program.home.file("series.csv")
    let bench = try program.start(
      "bench", webSocket(try Brokers.shared().mosquitto), "--rate", "100", "--duration", "60", "--quiet",
      "--interval", "250ms", "--csv", series)
    let deadline = Deadline.after(.seconds(30))
    while ((try? readFile(series)) ?? []).count(where: { $0 == 10 }) < 2, !deadline.hasPassed {
      poll(nil, 0, 20)
    }
    kill(bench.processIdentifier, signal)
    let result = try bench.wait(within: .seconds(30))
    #expect(result.status == .signalled(signal), "\(result.errorText)")
    #expect(result.outputText.contains("PARTIAL"))
    #expect(result.outputText.contains("corrected"))
  }

  // MARK: - Scripts

  /// The check that docs/bench.md shows, with a limit that the broker keeps and with one that it cannot.
  @Test(arguments: [("60s", 0), ("1ns", 1)])
  func theDocumentedCheckRuns(_ limit: String, status: Int32) throws {
    var program = try Mqttws()
    let brokers = try Brokers.shared()
    program.environment = [
      "CHECK": try Self.documentedCheck(), "LIMIT": limit, "RATE": status == 0 ? "200" : "4",
      "RATES": "100,200",
      "ENOUGH": "500", "DURATION": "0.3", "WS": webSocket(brokers.mosquitto),
      "WSS": try Route.tls.arguments(brokers)[0], "PROXIED": try Route.proxied.arguments(brokers)[0],
      "PLAIN": "mqtt://127.0.0.1:\(brokers.mosquitto.plainPort)",
      "CA": try Certificates.shared().authority.certificate,
    ]
    let result = try program.shell(
      """
      cd "$HOME"; mkdir bin; ln -s "$MQTTWS" bin/mqttws; PATH="$HOME/bin:$PATH" sh -c "$CHECK"; echo "check: $?"
      cat comparison.txt
      """, within: .seconds(120))
    let statuses = ["threshold", "baseline", "sweep", "find-max", "comparison", "check"].map { name in
      "\(name): \(name == "sweep" || name == "comparison" ? 0 : status)"
    }
    #expect(result.outputLines.prefix(6) == statuses[...], "\(result.outputText)\(result.errorText)")
    let targets = ["PLAIN", "WS", "WSS", "PROXIED"].compactMap { program.environment[$0] }
    for (index, target) in targets.enumerated() {
      #expect(result.outputText.contains("\(index + 1). \(target)"), "\(result.outputText)")
    }
  }

  private static func documentedCheck() throws -> String {
    let page = String(decoding: try readFile(repository("docs/bench.md")), as: UTF8.self)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "    #!/bin/sh"))
    let block = lines[start...].prefix { $0.isEmpty || $0.hasPrefix("    ") }
    return block.map { $0.dropFirst(4) }.joined(separator: "\n")
  }

  @Test func thresholdsAndBaselines() throws {
    let program = try Mqttws()
    let result = try shell(
      """
      load="--rate 300 --duration 0.4 --quiet"
      $MQTTWS bench $URL $load --json >before.json; echo "measured $?"
      $MQTTWS bench $URL $load --fail-if 'p99 > 1us' >out; echo "slow $?"; grep FAILED out
      $MQTTWS bench $URL $load --fail-if 'lost > 0' --fail-if 'p50 > 1h' >out; echo "fine $?"; grep -c passed out
      $MQTTWS bench $URL $load --baseline before.json --fail-if 'throughput < 1' >out; echo "compared $?"
      grep -o 'against before.json' out; grep -Ec '^ +(p99|throughput) ' out
      """, program)
    #expect(
      result.outputLines == [
        "measured 0", "slow 1", "FAILED: fail if p99 > 1us", "fine 0", "2", "compared 0",
        "against before.json",
        "2",
      ], "\(result.outputText)\(result.errorText)")
  }

  @Test func sweepsAndTheSearch() throws {
    let program = try Mqttws()
    let result = try shell(
      """
      $MQTTWS bench $URL --rate 100,200,0.4k --duration 0.3 --quiet >curve; echo "sweep $?"; grep -c . curve
      $MQTTWS bench $URL --rate 400 --duration 0.25 --find-max 'sent < 250' --quiet >found; echo "search $?"
      tail -1 found
      """, program)
    #expect(
      result.outputLines.prefix(3) == ["sweep 0", "4", "search 0"], "\(result.outputText)\(result.errorText)")
    #expect(
      result.outputLines.dropFirst(3).first?.hasSuffix("/s is the highest rate that holds sent < 250") == true
    )
  }

  @Test func shardsAreMerged() throws {
    let program = try Mqttws()
    let result = try shell(
      """
      start=$(date -d '+1 sec' +%s)
      seq 0 3 | xargs -P 4 -I I sh -c '"$MQTTWS" bench "$URL" --publishers 4 --subscribers 4 --rate 400 \
      --duration 1 --shard I/4 --start-at "$0" --json --quiet >shard-I.json' "$start"; echo "shards $?"
      $MQTTWS bench merge shard-*.json --fail-if 'sent != 400 or received != 400 or lost > 0'; echo "merged $?"
      JOB_COMPLETION_INDEX=3 $MQTTWS bench $URL --publishers 4 --subscribers 4 --duration 0.2 --shard 4 --quiet \
      | grep -o '1 publisher, 1 subscriber, open loop, 250/s in total'
      """, program)
    #expect(
      result.outputText.hasPrefix("shards 0\n4 results merged\n"), "\(result.outputText)\(result.errorText)")
    #expect(result.outputText.contains("merged 0\n1 publisher, 1 subscriber, open loop, 250/s in total"))
  }

  @Test func theHistogramLogAndTheSeriesHaveALineForEachInterval() throws {
    let program = try Mqttws()
    let result = try shell(
      """
      $MQTTWS bench $URL --rate 200 --duration 1 --interval 250ms --hlog run.hlog --csv run.csv --quiet >out
      echo "run $?"; grep -c '^[0-9.]*,[0-9.]*,[0-9.]*,HISTF' run.hlog | awk '{ print ($1 >= 3) }'
      grep -c '^Tag=raw,' run.hlog | awk '{ print ($1 >= 3) }'; head -1 run.csv | cut -d, -f1
      $MQTTWS bench $URL --duration 1 --csv run.csv --quiet; echo "again $?"
      $MQTTWS bench $URL --duration 0.3 --hlog /dev/full --force --quiet >out; echo "full $?"
      """, program)
    #expect(
      result.outputLines == ["run 0", "1", "1", "seconds", "again 73", "full 74"],
      "\(result.outputText)\(result.errorText)")
  }

  @Test func propertiesArePublishedAndTheFirstClientIsTraced() throws {
    let program = try Mqttws()
    let broker = webSocket(try Brokers.shared().mosquitto)
    let trace = program.home.file("trace.json")
    let result = try program.run(
      "bench", broker, "--publishers", "2", "--subscribers", "2", "--messages", "20", "--in-flight", "1",
      "-m",
      "{client}-{seq}", "--placeholders", "-D", "publish", "user-property", "origin", "load",
      "--message-expiry", "60", "--trace-json", trace, "-dd", "--fail-if", Self.clean, "--quiet")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.errorText.contains("origin"))
    let lines = String(decoding: try readFile(trace), as: UTF8.self).split(separator: "\n")
    #expect(lines.count { $0.contains(#""type":"CONNECT""#) } == 1)
    #expect(lines.count { $0.contains(#""type":"PUBLISH""#) } >= 1)
    #expect(!lines.contains { $0.contains(#""type":"SUBSCRIBE""#) })
  }

  @Test(arguments: [
    ("--rate 0", 64), ("--size 10", 64), ("--fail-if 'ack.p99 > 1ms'", 64), ("-t 'x/{foo}'", 64),
    ("--fail-if 'p99 >'", 64), ("--flat-out --rate 5", 64), ("--connections 0 --publishers 0", 64),
    ("--connections 40000000", 71), ("--baseline nowhere.json", 66), ("--shard 4/4", 64), ("-f nowhere", 66),
    ("--publishers 2 --subscribers 2 -t one", 64), ("--messages 0", 64),
    ("--rate 1k,2k --find-max 'p99 < 1s'", 64), ("-t 'x/{seq:x}'", 64), ("-m '{foo}' --placeholders", 64),
    ("--placeholders", 64), ("-D publish foo 1", 64), ("-V 3.1.1 --message-expiry 5", 64),
    ("--include-secrets", 64), ("--in-flight 0", 64), ("--no-latency --fail-if 'p99 > 1ms'", 64),
  ])
  func impossiblePlansConnectNowhere(_ options: String, status: Int) throws {
    let program = try Mqttws()
    // Whoever connected would be refused: 69.
    let result = try program.shell("\"$MQTTWS\" bench ws://127.0.0.1:1/ \(options)")
    #expect(result.status == .exited(Int32(status)), "\(result.errorText)")
    #expect(result.errorLines.count == 1)
    #expect(result.output.isEmpty)
  }

  @Test func nobodyAtTheOtherEndIsTheUsualError() throws {
    let program = try Mqttws()
    let result = try program.run("bench", "ws://127.0.0.1:1/", "--quiet")
    #expect(result.status == .exited(69))
    #expect(result.errorText.contains("tcp: "))
  }

  @Test func theDemoNeedsNothingAndSaysWhatItIs() throws {
    let program = try Mqttws()
    let result = try program.run("bench", "@demo", "--duration", "1", "--quiet")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.outputText.contains("not trusted: the embedded broker of @demo"))
  }

  @Test func otherCommandsStillWantAWebSocket() throws {
    let program = try Mqttws()
    let result = try program.run("pub", "mqtt://127.0.0.1:1", "-t", "a", "-m", "b")
    #expect(result.status == .exited(64))
    #expect(result.errorText.contains("ws://127.0.0.1:8083/mqtt"))
  }
}
