import Support
import Testing

/// Each view of live data shows every part that it is to have, on a small and on a large terminal.
@Suite(.ownThread)
struct WatchPartsTests {
  /// What is typed, and what is then to be seen.
  struct Scene: Sendable {
    let keys: [String]
    let parts: [String]
    /// On terminals of at least 140 columns by 40 rows as well.
    var large: [String] = []
  }

  static let header = ["mqttws", "@demo", "UP ", "rtt ", "in ", "/s", "LIVE", "filter: (none)"]

  static let scenes: [Scene] = [
    Scene(
      keys: ["o", "j"],
      parts: header + [
        "[1 Topics]", "2 Messages", "3 Wire", "4 Health", "5 Publish", "─ Topics 18", "▾ sensor",
        "  ▾ boiler", "◦ power", "q0", " R ", "/s ▁", "─ sensor/boiler/", "newest below", "INFO",
        "SUBACK # granted q0",
        "/ filter",
        "? help", ": command", "Tab pane", "Enter expand", "Space pause", "p publish", "r record", "d diff",
        "c chart", "y copy", "q quit",
      ],
      large: [
        "mqttws 0.", "client mqttws-", "MQTT 5.0", "B/s", "out 0/s", "─ Messages  follow on", "─ History",
        "─ Health",
        "─ Bytes", "state    UP since", "keepalv",
      ]),
    // A message with all its facts, the change since the last, and a number over time.
    Scene(
      keys: ["\u{06}meter/power\r", "d"],
      parts: [
        "─ sensor/meter/power  diff vs ", "s  #", "json ", "q0 ", "pid -", "alias -", "-  \"watts\": ",
        "+  \"watts\": ",
      ]),
    Scene(
      keys: ["d", "c"],
      parts: ["  \"watts\": ", "min ", "max ", "┤", "└─"],
      large: ["─ History  watts", "n ", "mean "]),
    // A chart leaves room for what changed.
    Scene(keys: ["d"], parts: ["-  \"watts\": ", "+  \"watts\": ", "min ", "┤"]),
    Scene(keys: ["r"], parts: ["REC ● mqttws-", "dropped"]),
    Scene(keys: ["r", "y"], parts: ["─ Copy ─", "payload", "topic", "mqttws pub command", "JSON"]),
    Scene(keys: ["\u{1B}", " "], parts: ["PAUSED"]),
    Scene(
      keys: [" ", "2"],
      parts: [
        "[2 Messages]", "─ Messages  follow on", "No. ", "Time ", "Topic ", "Q R D", "Bytes", "Payload",
        "sensor/",
        "{\"", "> ",
      ], large: ["─ Topics 18", "─ History", "─ Health", "─ Bytes"]),
    Scene(
      keys: ["3"],
      parts: [
        "[3 Wire]", "─ Frames ", "No. ", "Time ", "Dir WS ", "Len ", "MQTT ", "Info", "<-  BIN fin",
        "PUBLISH",
        " q0", "─ Decoded ", "WebSocket  FIN=1", "opcode=2 (binary)", "MASK=0 len=", "[0..2)",
        "MQTT 5.0 PUBLISH",
        "─ Bytes ", "[ ] = selected field", " 0000  82 ", "Tab pane", "h/l collapse", "e export", "? help",
      ],
      large: ["Topic Name", "Payload ", "\\ zoom", "y copy", "e export"]),
    Scene(
      keys: ["4"],
      parts: [
        "[4 Health]", " state    UP since ", " RTT      p50 ", " p99 ", " max ", " ws ping ", "mqtt ping ",
        " keepalv ", "next in ", " reconn   0", " inflight tx 0/", " rx 0/", " queues ", " dropped  view 0",
        " memory ", "/128 MiB", "rss ", " TLS      none", "P WebSocket ping", "^R reconnect",
      ],
      large: [
        "Subscriptions", "#", "connected", "asked 1 s", "log ", "evicted", "packets", "frames", "overhead",
      ]),
    Scene(
      keys: ["5"],
      parts: [
        "[5 Publish]", "─ Publish ─", " Topic  ", " QoS  ", "(•) 0", "( ) 1", "( ) 2", "Retain [ ]",
        "Expiry s",
        "Resp topic", "Correlation", "Content", "User props", "Payload ", "(•) text", "( ) hex", "( ) file",
        "0 B",
        "┌──", "└──", "^S send", "^E $EDITOR", "Tab next field", "Esc back",
      ]),
    Scene(
      keys: ["\u{1B}", "1", ":", "rec"],
      parts: [
        "─ Commands ─", "> rec", "record start", "record stop", "reconnect", "^R", "type to search",
        "Enter run",
        "Esc close", " of ", "Tab complete",
      ]),
    Scene(keys: ["\u{1B}", "?"], parts: ["─ Help: ", "Enter run", "type to search", " of "]),
  ]

  @Test(arguments: [(24, 80), (40, 140)])
  func everyViewShowsItsParts(rows: Int, columns: Int) throws {
    // With a ping a second there soon is a round trip to show.
    let watch = try WatchTerminal(["@demo", "-k", "1"], rows: rows, columns: columns)
    try watch.wait(for: "SUBACK # granted")
    for scene in Self.scenes {
      for keys in scene.keys { try watch.settle(after: keys) }
      let parts = scene.parts + (columns >= 140 ? scene.large : [])
      var missing: [String] = []
      do {
        try watch.settle {
          let text = $0.text
          missing = parts.filter { !text.contains($0) }
          return missing.isEmpty
        }
      } catch {
        Issue.record("\(scene.keys): \(missing) missing\n\(watch.screen.text)")
      }
    }
    #expect(watch.screen.violations == [])
  }

  @Test func theSmallestTerminalShowsTheMainParts() throws {
    let watch = try WatchTerminal(["@demo", "-k", "1"], rows: 10, columns: 40)
    let parts = ["mqttws UP", "rtt ", "/s", "LIVE", "─ Topics 18", "?help", "/filter", ":cmd", "q quit"]
    try watch.settle("\(parts)") { [parts] in parts.allSatisfy($0.text.contains) }
  }
}
