import Testing

@testable import Options

/// A command with one option of each kind.
let sample = CommandDefinition(
  "sub", "Subscribe", synopsis: "[TARGET] -t TOPIC [options]",
  positionals: [PositionalDefinition("TARGET", "where to connect")],
  options: [
    OptionDefinition(
      "topic", letters: "t", .one("TOPIC"), repeatable: true, "Topic filter",
      missingValueHint: "an unquoted # starts a comment in the shell"),
    OptionDefinition("message", letters: "m", .one("TEXT"), "Payload"),
    OptionDefinition("count", letters: "C", .one("N"), "Messages", refusesOptionAsValue: true),
    OptionDefinition("verbose", letters: "v", section: "Output", "Verbose"),
    OptionDefinition("no-newline", letters: "N", section: "Output", "No line end"),
    OptionDefinition("debug", letters: "d", repeatable: true, section: "Output", "Trace"),
    OptionDefinition("host", letters: "h", .one("HOST"), "Host", refusesOptionAsValue: true),
    OptionDefinition(
      "keep-alive", letters: "k", spellings: ["keepalive"], .one("TIME"), "Keep-alive",
      refusesOptionAsValue: true, missingValueHint: "for unverified TLS use --insecure"),
    OptionDefinition(
      "reconnect", negatable: true, showsNegation: true, section: "Output", "Do not reconnect"),
    OptionDefinition("keylog", .optional("FILE"), "Key log"),
    OptionDefinition(
      "property", letters: "D",
      .sequence("COMMAND NAME VALUE") { soFar in
        soFar.count < (soFar.count > 1 && soFar[1] == "user-property" ? 4 : 3)
      }, repeatable: true, "Property"),
    OptionDefinition("hidden", section: "Output", "Hidden", hidden: true),
  ],
  strayArgumentHint: { $0.contains("#") ? "topics go with -t" : nil })

/// `name=value` of each occurrence, then the positionals.
private func summary(_ parsed: ParsedArguments) -> [String] {
  let options = parsed.occurrences.map { occurrence in
    let name = (occurrence.isNegated ? "!" : "") + occurrence.option.name
    return occurrence.values.isEmpty
      ? name : name + "=" + occurrence.values.map(\.text).joined(separator: "|")
  }
  return options + parsed.positionals.map { "+" + $0.text }
}

@Suite struct OptionParserTests {
  static let accepted: [([String], [String])] = [
    ([], []),
    (["-t", "a/b"], ["topic=a/b"]),
    (["-ta/b"], ["topic=a/b"]),
    (["--topic", "a"], ["topic=a"]),
    (["--topic=a=b"], ["topic=a=b"]),
    (["--topic="], ["topic="]),
    (["-t", ""], ["topic="]),
    (["-t", "-a"], ["topic=-a"]),
    (["-t", "--"], ["topic=--"]),
    (["-t", "--help"], ["topic=--help"]),
    (["-m", "-5"], ["message=-5"]),
    (["-C", "-1"], ["count=-1"]),
    (["-C", "-.5"], ["count=-.5"]),
    (["-vN"], ["verbose", "no-newline"]),
    (["-vNt", "x"], ["verbose", "no-newline", "topic=x"]),
    (["-vtx"], ["verbose", "topic=x"]),
    (["-ddd"], ["debug", "debug", "debug"]),
    (["-D", "publish", "user-property", "k", "v", "-v"], ["property=publish|user-property|k|v", "verbose"]),
    (["-D", "publish", "content-type", "-x"], ["property=publish|content-type|-x"]),
    (["--property=publish", "content-type", "x"], ["property=publish|content-type|x"]),
    (["--no-reconnect", "--reconnect"], ["!reconnect", "reconnect"]),
    (["--keepalive", "5"], ["keep-alive=5"]),
    (["--keylog", "x"], ["keylog", "+x"]),
    (["--keylog=x"], ["keylog=x"]),
    (["--hidden"], ["hidden"]),
    (["ws://a", "-v"], ["verbose", "+ws://a"]),
    (["-v", "--", "-t"], ["verbose", "+-t"]),
    (["--"], []),
    (["-"], ["+-"]),
    (["-h", "broker"], ["host=broker"]),
    (["-hbroker"], ["host=broker"]),
    (["-t", "häuser/#", "-t", "🦉"], ["topic=häuser/#", "topic=🦉"]),
    (["-t", "a", "-t", "b"], ["topic=a", "topic=b"]),
  ]

  @Test(arguments: accepted) func accepts(_ arguments: [String], _ expected: [String]) throws {
    let parsed = try OptionParser.parse(arguments, for: sample)
    #expect(summary(parsed) == expected)
    #expect(parsed.request == nil)
  }

  static let refused: [([String], String, String?)] = [
    (["-t"], "-t needs a value (TOPIC)", "an unquoted # starts a comment in the shell"),
    (["-vt"], "-t needs a value (TOPIC)", "an unquoted # starts a comment in the shell"),
    (["--topic"], "--topic needs a value (TOPIC)", "an unquoted # starts a comment in the shell"),
    (["-k", "-t"], "-k needs a value (TIME), got the option -t", "for unverified TLS use --insecure"),
    (["-h", "-t", "x"], "-h needs a value (HOST), got the option -t", nil),
    (["--tpoic", "a"], "unknown option --tpoic", "did you mean --topic?"),
    (["--verb"], "unknown option --verb", "did you mean --verbose?"),
    (["--hiden"], "unknown option --hiden", "see mqttws sub --help"),
    (["--recconect"], "unknown option --recconect", "did you mean --reconnect?"),
    (["--no-verbose"], "unknown option --no-verbose", "--verbose has no opposite: leave it out"),
    (["--xyzzy"], "unknown option --xyzzy", "see mqttws sub --help"),
    (["-z"], "unknown option -z", "see mqttws sub --help"),
    (["-vz"], "unknown option -z in -vz", "see mqttws sub --help"),
    (["-verbos"], "unknown option -e in -verbos", "did you mean --verbose?"),
    (["-topic", "a"], "-topic has one dash", "write --topic, or -t opic for the value 'opic'"),
    (["--verbose=1"], "--verbose takes no value, got '1'", nil),
    (["--no-reconnect=1"], "--no-reconnect takes no value, got '1'", nil),
    (["-v=1"], "-v takes no value, got '1'", nil),
    (["-D", "publish", "user-property", "k"], "-D needs a value (COMMAND NAME VALUE)", nil),
    (["a", "b"], "unexpected argument 'b'", "see mqttws sub --help"),
    (["a", "sensor/#"], "unexpected argument 'sensor/#'", "topics go with -t"),
    (["–t", "x"], "'–t' begins with a typographic dash", "type it as an ASCII -"),
  ]

  @Test(arguments: refused) func refuses(_ arguments: [String], _ message: String, _ hint: String?) {
    do throws(UsageError) {
      let parsed = try OptionParser.parse(arguments, for: sample)
      Issue.record("accepted as \(summary(parsed))")
    } catch {
      #expect(error.message == message)
      #expect(error.hint == hint)
    }
  }

  static let requests: [([String], InformationRequest?)] = [
    (["-h"], .shortHelp),
    (["-v", "-h"], .shortHelp),
    (["--help"], .help),
    (["ws://a", "x", "--help", "--nonsense"], .help),
    (["--version"], .version),
    (["-m", "--help"], nil),
    (["--", "--help"], nil),
  ]

  @Test(arguments: requests) func answersRequests(
    _ arguments: [String], _ expected: InformationRequest?
  ) throws {
    #expect(try OptionParser.parse(arguments, for: sample).request == expected)
  }

  @Test func everyCommandHasHelpOnMinusH() throws {
    let bare = CommandDefinition("profile", "Profiles", synopsis: "list")
    #expect(try OptionParser.parse(["-h"], for: bare).request == .shortHelp)
  }

  @Test func placesOfValuesFindTheirBytes() throws {
    let arguments = ["mqttws", "sub", "-vtä", "--message=geheim", "-m", "x", "pos"]
    let parsed = try OptionParser.parse(arguments, from: 2, for: sample)
    let places = parsed.occurrences.flatMap(\.values) + parsed.positionals
    for place in places {
      let bytes = Array(arguments[place.argument].utf8.dropFirst(place.offset))
      #expect(bytes == Array(place.text.utf8))
    }
    #expect(places.map(\.argument) == [2, 3, 5, 6])
  }

  @Test func theLastOfEqualsCounts() throws {
    let parsed = try OptionParser.parse(["-m", "a", "-dd", "-m", "b", "--no-reconnect"], for: sample)
    #expect(parsed.value("message") == "b")
    #expect(parsed.values("message") == ["a", "b"])
    #expect(parsed.count("debug") == 2)
    #expect(!parsed.isOn("reconnect", default: true))
    #expect(parsed.isOn("verbose", default: true))
    #expect(!parsed.contains("topic"))
  }

  @Test func aMissingPositionalIsNamed() {
    let show = CommandDefinition(
      "show", "Show", synopsis: "NAME",
      positionals: [PositionalDefinition("NAME", "a profile", required: true)])
    #expect(throws: UsageError("show needs NAME", hint: "a profile")) {
      try OptionParser.parse([], for: show)
    }
  }
}

@Suite struct NearestNameTests {
  static let cases: [(String, [String], String?)] = [
    ("hots", ["port", "host"], "host"),
    ("usrname", ["username", "url"], "username"),
    ("LAB", ["lab"], "lab"),
    ("a", ["b"], nil),
    ("ab", ["ac", "xy"], "ac"),
    ("conn", ["content", "connect-timeout"], "connect-timeout"),
    ("xyzzy", ["host", "port"], nil),
    // Two of three letters are too many.
    ("qos", ["host", "url"], nil),
    ("hst", ["port", "host"], "host"),
    ("", ["host"], nil),
    (String(repeating: "x", count: 65), [String(repeating: "x", count: 65)], nil),
  ]

  @Test(arguments: cases) func finds(_ text: String, _ names: [String], _ expected: String?) {
    #expect(NearestName.of(text, among: names) == expected)
  }

  @Test func countsSwapsOnce() {
    func distance(_ a: String, _ b: String) -> Int {
      NearestName.distance(Array(a.unicodeScalars), Array(b.unicodeScalars))
    }
    #expect(distance("ab", "ba") == 1)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("", "abc") == 3)
  }
}
