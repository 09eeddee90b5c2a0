import MQTTPackets
import Testing

@Suite("Topic names and filters")
struct TopicTests {
  @Test(arguments: [
    "a", "/", "//", "a/b/c", " ", "$SYS/x", "$share/g/x", "ä/€/😀", "\u{FEFF}a", "\u{202E}",
    String(repeating: "/", count: 32_768), String(repeating: "a", count: 65_535),
  ])
  func goodName(_ name: String) { #expect(throws: Never.self) { try TopicName.validate(name) } }

  @Test(
    arguments: [
      ("", .empty, 0), ("+", .wildcardInName, 0), ("a/#", .wildcardInName, 2),
      ("long/enough/for/words/+", .wildcardInName, 22), ("ä#", .wildcardInName, 2),
      ("a\u{0}", .nullCharacter, 1),
      ("0123456789\u{0}", .nullCharacter, 10), (String(repeating: "a", count: 65_536), .tooLong, 65_535),
    ] as [(String, TopicError.Reason, Int)])
  func badName(_ name: String, _ reason: TopicError.Reason, _ position: Int) {
    let error = #expect(throws: TopicError.self) { try TopicName.validate(name) }
    #expect(error == TopicError(name, reason, at: position))
  }

  @Test(arguments: [
    "#", "+", "a", "/", "a/#", "/#", "+/#", "+/+", "/+", "a/+/b/#", "+/", "$SYS/#", "$share",
    "$shares/a/#",
    String(repeating: "+/", count: 30_000) + "#",
  ])
  func goodFilter(_ text: String) throws {
    let filter = try TopicFilter(text)
    #expect(filter.text == text)
    #expect(filter.filter == text)
    #expect(filter.shareName == nil)
  }

  @Test(
    arguments: [
      ("", .empty, 0), ("a/#/b", .multiLevelNotLast, 2), ("#/", .multiLevelNotLast, 0),
      ("a#", .wildcardNotAlone, 1),
      ("a+", .wildcardNotAlone, 1), ("+a", .wildcardNotAlone, 0), ("a/b+/c", .wildcardNotAlone, 3),
      ("##", .wildcardNotAlone, 0), ("++", .wildcardNotAlone, 0), ("a/\u{0}", .nullCharacter, 2),
      (String(repeating: "a", count: 65_536), .tooLong, 65_535), ("$share/", .shareWithoutFilter, 7),
      ("$share/g", .shareWithoutFilter, 8), ("$share/g/", .shareWithoutFilter, 9),
      ("$share//x", .shareNameEmpty, 7),
      ("$share/g+/x", .shareNameWildcard, 8), ("$share/#/x", .shareNameWildcard, 7),
      ("$share/\u{0}/x", .nullCharacter, 7), ("$share/g/a#", .wildcardNotAlone, 10),
      ("$share/g/+x", .wildcardNotAlone, 9),
    ] as [(String, TopicError.Reason, Int)])
  func badFilter(_ text: String, _ reason: TopicError.Reason, _ position: Int) {
    let error = #expect(throws: TopicError.self) { try TopicFilter(text) }
    #expect(error == TopicError(text, reason, at: position))
  }

  @Test(arguments: [
    ("$share/g/a/+", "g", "a/+"), ("$share/ä b//x", "ä b", "/x"), ("$share/g/$share/x/y", "g", "$share/x/y"),
    ("$share/g/#", "g", "#"), ("$share/$share/#", "$share", "#"),
  ])
  func shared(_ text: String, _ name: String, _ plain: String) throws {
    let filter = try TopicFilter(text)
    #expect(filter.shareName == name)
    #expect(filter.filter == plain)
    #expect(filter.text == text)
  }

  @Test(arguments: [
    ("a", "a", true), ("a", "b", false), ("a", "a/", false), ("a/", "a", false), ("a", "ab", false),
    ("ab", "a", false), ("#", "a", true), ("#", "/", true), ("#", "a/b/c", true), ("a/#", "a", true),
    ("a/#", "a/", true), ("a/#", "a/b/c", true), ("a/#", "ab", false), ("a/#", "b/a", false),
    ("+", "a", true),
    ("+", "", true), ("+", "/", false), ("+", "a/b", false), ("+/+", "/finance", true),
    ("/+", "/finance", true),
    ("+", "/finance", false), ("a/+", "a", false), ("a/+", "a/", true), ("a/+/c", "a/b/c", true),
    ("a/+/c", "a//c", true), ("a/+/c", "a/b/d", false), ("a/+/#", "a/b", true), ("a/+/#", "a", false),
    ("+/#", "a", true), ("+/b/#", "a/b", true), ("+/b/#", "a/bc", false), ("+/", "a/", true),
    ("+/", "a", false),
    ("#", "$SYS/a", false), ("+/a", "$SYS/a", false), ("$SYS/#", "$SYS/a", true), ("$SYS/#", "$SYS", true),
    ("$SYS/+", "$SYS/a", true), ("$share/g/#", "$SYS", false), ("$share/g/$SYS/#", "$SYS/a", true),
    ("$share/g/a/+", "a/b", true), ("$share/g/a/+", "$share/g/a/b", false), ("é", "e\u{301}", false),
    ("ä/+", "ä/ö", true), ("a/#", "", false), ("/#", "", true), ("/#", "a", false),
  ])
  func matching(_ filter: String, _ topic: String, _ matches: Bool) throws {
    #expect(try TopicFilter(filter).matches(topic) == matches)
  }

  @Test func rulesOfBothVersions() {
    for reason in TopicError.Reason.allCases {
      for version in ProtocolVersion.allCases {
        #expect(TopicError("", reason, at: 0).rule(version).hasPrefix("[MQTT-4."))
      }
      #expect(!reason.words.isEmpty)
    }
    #expect(TopicError("", .multiLevelNotLast, at: 0).rule(.v5) == "[MQTT-4.7.1-1]")
    #expect(TopicError("", .multiLevelNotLast, at: 0).rule(.v3_1_1) == "[MQTT-4.7.1-2]")
  }
}
