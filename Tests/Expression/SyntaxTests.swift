import Testing

@testable import Expression

/// What is wrong with a text, and where.
struct SyntaxTests {
  @Test(arguments: [
    ("", "col 1: expected condition"), ("   ", "col 4: expected condition"),
    ("qos ==", "col 7: expected value"), ("topic ==", "col 9: expected value"),
    ("qos == )", "col 8: expected value"),
    ("qos", "col 4: expected comparison such as =="), ("qos 5", "col 5: expected comparison such as =="),
    ("retain 5", "col 8: expected 'and', 'or' or the end"), ("retain and", "col 11: expected condition"),
    ("retain or", "col 10: expected condition"), ("or retain", "col 1: expected condition before 'or'"),
    ("(retain", "col 8: expected ')'"), ("(retain 5)", "col 9: expected 'and', 'or' or ')'"),
    ("retain)", "col 7: ')' without its '('"), ("()", "col 2: expected condition"),
    ("not", "col 4: expected condition"),
    ("tpic == \"a\"", "col 1: unknown field 'tpic': did you mean 'topic'?"),
    ("retain and retian", "col 12: unknown field 'retian': did you mean 'retain'?"),
    ("t > 5", "col 1: unknown field 't': a value in a JSON payload is 'json.t', a text goes in quotes"),
    ("json.t > ", "col 10: expected value"), ("json.t > abc", "col 10: expected value: text goes in quotes"),
    ("json. > 1", "col 6: expected name after '.'"),
    ("json[x] > 1", "col 6: expected index from 0, or name in quotes"),
    ("json[1 > 1", "col 7: expected ']'"),
    ("user == \"a\"", "col 5: expected '.' and the name of a user property"),
    ("qos == \"a\"", "col 8: expected number"),
    ("qos > 5ms", "col 7: unknown unit 'ms': a plain number is expected"),
    ("size > 5q", "col 8: unknown unit 'q': use k, M, G"), ("size > 5.", "col 8: '5.' is no number"),
    ("size > 1.2.3", "col 8: '1.2.3' is no number"), ("qos = 1", "col 5: equality is written '=='"),
    ("qos == 1 && retain", "col 10: 'and' is written in letters"),
    ("retain || dup", "col 8: 'or' is written in letters"),
    ("topic =~ \"a\"", "col 7: matching is written '~'"),
    ("retain AND dup", "col 8: write 'and' in small letters"),
    ("topic == abc", "col 10: expected text in quotes"), ("topic == 5", "col 10: expected text in quotes"),
    ("topic == \"abc", "col 10: the text in quotes does not end"),
    ("retain == 1", "col 11: expected true or false"),
    ("retain > true", "col 8: '>' needs an order: use == or != here"),
    ("json.a < null", "col 8: '<' needs an order: use == or != here"),
    ("qos ~ \"a\"", "col 5: '~' is for text: use == here"),
    ("topic ~ abc", "col 9: expected regular expression in quotes"),
    ("topic ~ \"a(b\"", "col 11: '(' without its ')'"),
    ("topic ~ \"(a)\\1\"", "col 13: a backreference would need backtracking and is not known"),
    ("payload matches \"a\"", "col 9: 'matches' is for topics: use ~ here"),
    ("topic matches a", "col 15: expected topic filter in quotes"),
    ("topic in \"a\"", "col 10: expected '(' after 'in'"), ("qos in (1", "col 10: expected ',' or ')'"),
    ("qos in ()", "col 9: expected value"),
    ("has", "col 4: expected field after 'has'"), ("has 5", "col 5: expected field after 'has'"),
    ("payload == hex:0", "col 17: expected two digits a byte"),
    ("payload == hex:0g", "col 17: expected hexadecimal digit"),
    ("topic == \"\\d\"", "col 11: there is no escape '\\d': a backslash is '\\\\'"),
    ("$x", "col 1: '$' means nothing here"),
    ("ws.opcode == text", "col 1: 'ws.opcode' is known in watch only"),
    ("é == 1", "col 1: unknown field 'é': a value in a JSON payload is 'json.é', a text goes in quotes"),
    ("\"é\" and qos", "col 12: expected comparison such as =="),
  ])
  func errors(_ text: String, _ expected: String) {
    #expect(throws: ExpressionError.self) { try Expression(text, for: .messages) }
    do throws(ExpressionError) {
      _ = try Expression(text, for: .messages)
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test(arguments: [
    ("type == pubakc", "col 9: no such value: did you mean 'puback'?"),
    ("dir == sideways", "col 8: no such value: use in, out"),
    ("type < publish", "col 6: '<' needs an order: use == or != here"),
    ("age > 5k", "col 7: unknown unit 'k': use us, ms, s, m, h"),
  ])
  func wireErrors(_ text: String, _ expected: String) {
    do throws(ExpressionError) {
      _ = try Expression(text, for: .wire)
      Issue.record("no error")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test(arguments: [
    ("p9 > 1", "col 1: unknown field 'p9': did you mean 'p99'?"),
    ("retain", "col 1: unknown metric 'retain'"),
    ("lost > 5ms", "col 8: unknown unit 'ms': use k, M, G"), ("\"a\"", "col 1: expected name of a metric"),
    ("json.t > 1", "col 1: unknown metric 'json.t'"),
  ])
  func metricErrors(_ text: String, _ expected: String) {
    do throws(ExpressionError) {
      _ = try Expression(text, for: ExpressionTests.metrics)
      Issue.record("no error")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test func depthAndSizeAreBounded() throws {
    let deep = String(repeating: "(", count: 5000) + "retain"
    #expect(throws: ExpressionError(column: 101, message: "nested too deeply")) {
      try Expression(deep, for: .messages)
    }
    #expect(throws: ExpressionError.self) {
      try Expression(String(repeating: "retain ", count: 1001), for: .messages)
    }
    #expect(throws: ExpressionError.self) {
      try Expression(String(repeating: " ", count: 20_000), for: .messages)
    }
    _ = try Expression(String(repeating: "not ", count: 4000) + "retain", for: .messages)
  }

  // MARK: - Completions

  @Test(
    arguments: [
      ("to", 2, 0..<2, ["topic"]), ("re", 2, 0..<2, ["retain"]), ("not re", 6, 4..<6, ["retain"]),
      ("retain ", 7, 7..<7, ["and", "or"]), ("retain == ", 10, 10..<10, ["true", "false"]),
      ("retain == t", 11, 10..<11, ["true"]), ("qos == 1 a", 10, 9..<10, ["and"]),
      ("(retain == true o", 17, 16..<17, ["or"]),
      ("has us", 6, 4..<6, ["user."]), ("topic ", 6, 6..<6, ["==", "!=", "~", "!~", "in", "matches"]),
      ("topic m", 7, 6..<7, ["matches"]), ("topic == \"a", 11, 11..<11, []), ("bad bad to", 10, 10..<10, []),
      ("to and retain", 2, 0..<2, ["topic"]), ("json.t == n", 11, 10..<11, ["null"]),
      ("\"é\" and to", 10, 8..<10, ["topic"]),
      ("topic == ", 9, 9..<9, []), ("x", 500, 1..<1, []),
    ] as [(String, Int, Range<Int>, [String])])
  func completions(_ text: String, _ offset: Int, _ range: Range<Int>, _ candidates: [String]) {
    let found = Expression.completions(of: text, at: offset, for: .messages)
    #expect(found.candidates == candidates)
    if !candidates.isEmpty { #expect(found.range == range) }
  }

  @Test func packetTypesAreOffered() {
    let found = Expression.completions(of: "type == pub", at: 11, for: .wire)
    #expect(found.candidates == ["publish", "puback", "pubrec", "pubrel", "pubcomp"])
    let all = Expression.completions(of: "", at: 0, for: ExpressionTests.metrics).candidates
    #expect(all == ["p99", "ack.p99", "p99.9", "throughput", "lost", "none", "not", "has"])
  }
}
