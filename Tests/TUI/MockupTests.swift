import Testing

@testable import TUI

/// Each view shows every part that its mock-up names.
@Suite struct MockupTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var keys: String
    var columns: Int
    var rows: Int
    var parts: [String]

    init(_ keys: String, _ columns: Int, _ rows: Int, _ parts: [String]) {
      (self.keys, self.columns, self.rows, self.parts) = (keys, columns, rows, parts)
    }

    var testDescription: String { "\(keys) at \(columns)x\(rows)" }
  }

  private static let header = ["mqttws", "wss://broker.lab:8084/mqtt", "UP 40s", "rtt 12ms", "in ", "LIVE"]
  private static let tabs = ["1 Topics", "2 Messages", "3 Wire", "4 Health", "5 Publish", "filter: (none)"]
  private static let health = [
    "state    UP since", "RTT      p50 11ms  p99 31ms  max 210ms", "ws ping", "mqtt ping",
    "keepalv  30s (server)",
    "next in", "reconn", "inflight tx 0/20  rx 0/65535", "queues   ingest 0 B/8 MiB", "record 0/4096",
    "dropped  view 0  record 0", "memory", "rss 84 MiB", "topics 8", "TLS",
  ]

  private static let table: [Row] = [
    Row(
      "o g j j j j d c", 80, 24,
      header + tabs + [
        "[1 Topics]", "─ Topics 8 · msgs 200 ", "▾ plant", "◦ temp      q1 R   1.0/s ███████",
        "bad\\e[31mname",
        "温度", "#", "+1.000s", "q1 retain  pid 4711  alias -  fmt utf8", "content-type: application/json",
        "-  \"t\": 20.3", "+  \"t\": 20.4", "min 20  max 20.6  last 20.4", "20.6┤", "20┤", "└──",
        "history 40/1,024",
        "evicted 0", "/ filter", "? help", ": command", "Tab pane", "Enter expand", "Space pause",
        "p publish",
        "r record", "d diff", "x hex", "c chart", "y copy", "M mouse", "^Z suspend", "q quit",
      ]),
    Row(
      "2", 80, 24,
      header + tabs
        + [
          "[2 Messages]", "follow on", "No.", "Time", "Topic", "Q R D  Bytes  Payload", "plant/line1/temp",
          "1 R -     18  {\"t\":20.4,", "#200  json 18B",
          "q1 retain  pid 4711",
        ]),
    Row(
      "3 k Tab j j j j j", 80, 24,
      header + tabs + [
        "[3 Wire]", "─ Frames ", "  No.    Time          Dir WS         Len  MQTT         Info",
        "<-  BIN fin", "->  BIN fin mk",
        "PUBLISH", "plant/line1/temp q1 R", "PUBACK", "pid=4711 rc=0x00 Success", "─ Decoded · frame",
        "▸ WebSocket  FIN=1 RSV=000 opcode=2 (binary) MASK=0 len=", "[0..2)",
        "▾ MQTT 5.0 PUBLISH  DUP=0 QoS=1 RETAIN=1  remaining=", "Topic Name  plant/line1/temp",
        "Packet Identifier  4711", "▾ Properties", "on the wire · [ ] = selected field", "0000  82",
        "Tab pane",
        "h/l collapse", "Enter expand", "\\ zoom", "y copy", "e export", "? help",
      ]),
    Row("4", 80, 24, header + tabs + ["[4 Health]"] + health),
    Row(
      "o g j j j j p", 80, 24,
      header + tabs + [
        "[5 Publish]", "Topic     plant/line1/temp_", "QoS       ( ) 0  (•) 1  ( ) 2", "Retain [ ]",
        "Expiry s", "Resp topic",
        "Correlation", "Content   application/json_", "User props", "Payload   (•) text  ( ) hex  ( ) file",
        "JSON ok",
        "│{\"t\":20.4,\"u\":\"C\"}", "^S send", "^E $EDITOR", "Tab next field", "Esc back (draft kept)",
      ]),
    Row(
      "o g j j j j d c", 140, 40,
      header + tabs + health + [
        "0.1.0", "client mqttws-7f3a", "MQTT 5.0", "out 0/s", "─ Topics 8 · msgs 200 ",
        "─ Messages  follow on ",
        "Q R D  Bytes  Payload", "diff vs previous", "+  \"t\": 20.4", "─ History  t ",
        "n 40  min 20  mean 20.2", "─ Health ",
        "─ Decoded · frame", "─ Bytes", "Topic Name  plant/line1/temp", "answer  PUBACK sent", "0000  82",
        "Space pause", "Enter expand",
      ]),
    Row(
      "2", 140, 40,
      ["[2 Messages]", "─ Messages  follow on ", "─ Topics 8", "─ Health ", "─ Decoded", "─ Bytes"]),
    Row(
      "3 k Tab", 140, 40,
      ["[3 Wire]", "─ Frames ", "─ Decoded · frame", "─ Bytes", "▾ Properties", "Payload"]),
    Row(
      "4", 140, 40, health + ["Round trips", "Traffic", "In flight", "Queues", "Memory", "History", "Agreed"]),
    Row("5", 140, 40, ["[5 Publish]", "Repeat", "every", "Alias", "UTF-8 [ ]"]),
    Row("", 40, 10, ["mqttws UP rtt 12ms", "LIVE", "Topics 8", "plant (2)", "?help /filter :cmd q quit"]),
  ]

  @Test(arguments: table) func showsEveryPart(_ row: Row) {
    var screen = Plant(rows: row.rows, columns: row.columns).screen
    screen.press(row.keys)
    let text = screen.text
    for part in row.parts { #expect(text.contains(part), "\(part) is missing in\n\(text)") }
  }
}
