import MQTTPackets
import NIOCore
import Testing

@testable import Expression

/// What expressions say of messages.
struct ExpressionTests {
  private static let message = publish(
    "plant/7/temp",
    #"{"t":21.5,"ok":true,"off":null,"name":"Über \"x\"","n":{"a":[1,{"b":2}],"odd key":3},"id":9007199254740993}"#,
    qos: .atLeastOnce, retain: true, pid: 7,
    [
      .contentType("application/json"), .userProperty(name: "site", value: "north"),
      .userProperty(name: "seq", value: "12"),
      .userProperty(name: "a.b", value: "dotted"),
    ])

  @Test(
    arguments: [
      // Fields of a message
      (#"topic == "plant/7/temp""#, true), (#"topic != "plant/7/temp""#, false),
      ("topic == 'plant/7/temp'", true), (#"topic == "Plant/7/temp""#, false),
      (#"topic < "plant/8""#, true), (#"topic >= "plant/8""#, false),
      (#"topic in ("a", "plant/7/temp")"#, true), (#"topic in ("a", "b")"#, false),
      (#"topic matches "plant/+/temp""#, true), (#"topic matches "plant/#""#, true),
      (#"topic matches "+/temp""#, false), (#"topic ~ "^plant/\d+/""#, true), (#"topic ~ "^\d""#, false),
      (#"topic !~ "^\d""#, true), (#"topic ~ "TEMP""#, false), (#"topic ~ "(?i)TEMP""#, true),
      ("qos == 1", true), ("qos > 0 qos < 2", true), ("qos in (0, 2)", false), ("qos == 0x1", true),
      ("retain", true), ("not retain", false), ("!retain", false), ("not not retain", true),
      ("retain == true", true), ("retain == false", false), ("retain != true", false),
      ("dup", false), ("dup == false", true), ("pid == 7", true), ("size > 100", true), ("size < 1k", true),
      (#"content_type == "application/json""#, true),
      // User properties
      (#"user.site == "north""#, true), ("user.seq > 5", true), ("user.seq == 12", true),
      ("user.site == 5", false), ("user.site != 5", true), (#"user.a.b == "dotted""#, true),
      (#"user."a.b" == "dotted""#, true), ("has user.site", true), ("has user.none", false),
      // JSON
      ("json.t > 21", true), ("json.t > 21.5", false), ("json.t >= 21.5", true), ("json.t == 21.50", true),
      (".t > 21", true), ("json.t in (1, 21.5)", true), ("json.ok == true", true), ("json.ok != true", false),
      ("json.ok == false", false), ("json.off == null", true), ("json.off != null", false),
      ("json.t != null", true), ("json.t == null", false), ("has json.off", true), ("has json.none", false),
      (#"json.name == "Über \"x\"""#, true), (#"json.name ~ "^Über""#, true), (#"json.name == "x""#, false),
      ("json.n.a[0] == 1", true), ("json.n.a[1].b == 2", true), ("json.n.a.1.b == 2", true),
      ("json.n.a[2] == 1", false), (#"json.n["odd key"] == 3"#, true), (#"json.n."odd key" == 3"#, true),
      ("has json.n", true), ("json.n == 1", false), ("json.n != 1", true), ("has json.n.a[1]", true),
      ("has json.n.a[5]", false), ("json.id == 9007199254740993", true),
      ("json.id == 9007199254740992", false),
      (#"json.t == "21.5""#, false), (#"json.t != "21.5""#, true), (#"json.t < "a""#, false),
      // Missing fields
      ("json.none == 1", false), ("json.none != 1", false), (#"json.none !~ "x""#, false),
      ("not json.none == 1", true), ("json.none in (1)", false), (#"user.none != "a""#, false),
      // A text alone, smart case
      (#""plant""#, true), (#""über""#, false), (#""PLANT""#, false), (#""ok""#, true), (#"not "xyz""#, true),
      (#""Plant""#, false), (#""temp" "21.5""#, true), (#""""#, true),
      // Putting together
      ("qos == 0 or retain", true), ("qos == 0 or dup", false), ("retain and qos == 1", true),
      ("retain qos == 0", false), ("dup or qos == 1 and retain", true),
      ("(dup or qos == 1) not retain", false),
      ("not (dup or qos == 2)", true), ("not dup and not (qos == 2)", true), ("((((retain))))", true),
      (#"topic matches "plant/+/temp" and json.t > 21 and retain"#, true),
    ] as [(String, Bool)])
  func matches(_ text: String, _ expected: Bool) throws {
    let expression = try Expression(text, for: .messages)
    #expect(expression.matches(Self.message) == expected)
    let payload = Self.message.message.payload
    payload.withUnsafeReadableBytes { bytes in
      let mismatch = expression.mismatch(Subject(Self.message, payload: bytes))
      #expect((mismatch.distance == 0) == expected)
      #expect(mismatch.reasons.isEmpty == expected)
    }
  }

  @Test(arguments: [
    ("21.7", "payload > 21.5", true), ("21.7\n", "payload > 21.5", true), (" -3 ", "payload < 0", true),
    ("1e3", "payload == 1k", true), ("on", "payload > 1", false), ("on", "payload != 1", true),
    ("nan", "payload == 1", false), ("0x10", "payload == 16", false), ("inf", "payload > 1", false),
    ("on", #"payload == "on""#, true), ("on", #"text == "on""#, true), ("a\nb", #"payload == "a\nb""#, true),
    ("a\\b", #"payload == "a\\b""#, true), ("é", #"payload == "\u00e9""#, true),
    ("\u{65}\u{301}", #"payload == "é""#, false), ("", "size == 0", true), ("", #"payload == """#, true),
    ("[1,2]", "json[1] == 2", true), ("[[1]]", "json[0][0] == 1", true), ("5", "json > 4", true),
    (#"{"a":1,"a":2}"#, "json.a == 2", true), (#"{"a":{"b":1},"a":{}}"#, "has json.a.b", false),
    (#"{"a":{"b":1},"c":{"b":2}}"#, "json.a.b == 1 json.c.b == 2", true),
    (#"{"a":1"#, "has json.a", false), (#"{"a":1} x"#, "json.a == 1", false), ("{}", "has json", true),
    (#"{"\u0061":1}"#, "json.a == 1", true), (#"{"a":"\ud83d\ude00"}"#, #"json.a == "😀""#, true),
    (#"{"0":1}"#, "json.0 == 1", true), (#"{"0":1}"#, "json[0] == 1", false),
    (#"{"a":01}"#, "json.a == 1", false), (#"{"a":1e400}"#, "json.a > 1", true),
    (#"{"a$b":1,"@t":2}"#, "json.a$b == 1 json.@t == 2", true),
  ])
  func matchesPayloads(_ payload: String, _ text: String, _ expected: Bool) throws {
    #expect(try Expression(text, for: .messages).matches(publish("t", payload)) == expected)
  }

  @Test(arguments: [
    ("payload == hex:0aff", true), ("payload != hex:0aff", false), ("payload in (hex:00, hex:0aff)", true),
    (#"payload == "\n\xff""#, true), ("has text", false), (#"text != "a""#, false),
    (#"payload ~ "^\n.$""#, true),
    ("has payload", true), ("size == 2", true), ("payload > hex:0a", true),
  ])
  func matchesBytes(_ text: String, _ expected: Bool) throws {
    #expect(try Expression(text, for: .messages).matches(publish(bytes: [0x0A, 0xFF])) == expected)
  }

  @Test(arguments: [
    ("dir == in", true), ("dir != out", true), ("dir == \"out\"", false), ("type == puback", true),
    ("type == PUBACK", true), ("type in (publish, puback)", true), ("type != puback", false),
    ("rc == 0x87", true), ("rc >= 0x80", true), ("rtt > 5ms", true), ("rtt < 0.1", true),
    ("rtt == 50ms", true),
    ("age > 1m", true), ("age > 2m", false), ("rate > 1k", true), ("rate > 2k", false),
    ("ws.opcode == binary", true), ("ws.opcode == 2", true), ("ws.fin", true), ("ws.len >= 1k", true),
    ("has topic", false), (#"topic != "a""#, false), (#""a""#, false), ("retain", false),
    ("not retain", true),
  ])
  func matchesOnTheWire(_ text: String, _ expected: Bool) throws {
    var subject = Subject()
    subject.direction = .incoming
    subject.type = .pubAck
    subject.reasonCode = 0x87
    subject.roundTrip = 0.05
    subject.age = 90
    subject.rate = 1200
    subject.frame = Subject.Frame(opcode: 2, isFinal: true, length: 1024)
    #expect(try Expression(text, for: .wire).matches(subject) == expected)
  }

  static let metrics: Vocabulary = .metrics([
    Metric("p99", .duration), Metric("ack.p99", .duration), Metric("p99.9", .duration),
    Metric("throughput", .number), Metric("lost", .number), Metric("none", .number),
  ])

  @Test(arguments: [
    ("p99 > 5ms", true), ("p99 > 7ms", false), ("p99 > 5000us", true), ("p99 == 6ms", true),
    ("p99 > 1", false),
    ("ack.p99 < 1s", true), ("p99.9 > 8ms", true), ("throughput < 20k", true), ("throughput < 0.01M", false),
    ("lost > 0", false), ("lost == 0 and not p99 > 1s", true), ("none > 0", false), ("has none", false),
    ("not has none", true),
  ])
  func matchesMetrics(_ text: String, _ expected: Bool) throws {
    let values = ["p99": 0.006, "ack.p99": 0.2, "p99.9": 0.009, "throughput": 15_000, "lost": 0]
    let expression = try Expression(text, for: Self.metrics)
    #expect(expression.matches { values[$0] } == expected)
  }

  @Test func metricsAreNamedOnce() throws {
    let expression = try Expression("p99 > 5ms or (lost > 0 and p99 > 1ms)", for: Self.metrics)
    #expect(expression.metricNames == ["p99", "lost"])
  }

  @Test(arguments: [
    ("json.t > 22", 1, ["json.t > 22, but it is 21.5"]),
    (
      #"topic == "a" and json.t > 22"#, 2,
      [#"topic == "a", but it is "plant/7/temp""#, "json.t > 22, but it is 21.5"]
    ),
    ("not retain", 1, ["not retain, but it is true"]),
    ("has json.none", 1, ["has json.none, but it is missing"]),
    ("(dup and json.t > 22) or qos == 2", 1, ["qos == 2, but it is 1"]),
    ("not (retain or qos == 1)", 2, ["not retain, but it is true", "not qos == 1, but it is 1"]),
    (#""zzz""#, 1, [#""zzz" is in neither topic nor payload"#]),
    (#"not "plant""#, 1, [#"not "plant", but it is in it"#]),
    (#"json.name == "x""#, 1, [#"json.name == "x", but it is "Über "x"""#]),
    ("json.off == 1", 1, ["json.off == 1, but it is null"]),
    ("json.n == 1", 1, [#"json.n == 1, but it is {"a":[1,{"b":2}],"odd key":3}"#]),
  ])
  func saysWhatIsMissing(_ text: String, _ distance: Int, _ reasons: [String]) throws {
    let expression = try Expression(text, for: .messages)
    Self.message.message.payload.withUnsafeReadableBytes { bytes in
      let mismatch = expression.mismatch(Subject(Self.message, payload: bytes))
      #expect(mismatch == Mismatch(distance: distance, reasons: reasons))
    }
  }

  @Test func longValuesAreCutShort() throws {
    let message = publish("t", String(repeating: "x", count: 10_000))
    let reasons = message.message.payload.withUnsafeReadableBytes {
      try? Expression(#"payload == "a""#, for: .messages).mismatch(Subject(message, payload: $0)).reasons
    }
    #expect(reasons?.first?.count ?? 0 < 150)
  }
}
