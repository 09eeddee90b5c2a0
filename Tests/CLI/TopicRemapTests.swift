import Testing

@testable import CLI

struct TopicRemapTests {
  struct Case: Sendable {
    var remap: String
    var topic: String
    var result: String?
  }

  static let cases = [
    Case(remap: "a=b", topic: "a", result: "b"),
    Case(remap: "a=b", topic: "a/b", result: nil),
    Case(remap: "a/#=b/#", topic: "a/x/y", result: "b/x/y"),
    Case(remap: "a/#=b/#", topic: "a", result: "b"),
    Case(remap: "a/#=b/#", topic: "a/", result: "b/"),
    Case(remap: "a/#=b/#", topic: "ab/x", result: nil),
    Case(remap: "#=replay/#", topic: "x/y", result: "replay/x/y"),
    Case(remap: "#=replay/#", topic: "$SYS/uptime", result: nil),
    Case(remap: "$SYS/#=sys/#", topic: "$SYS/uptime", result: "sys/uptime"),
    Case(remap: "+/temp/+=t/+/+", topic: "hall/temp/1", result: "t/hall/1"),
    Case(remap: "+/temp/+=t/+", topic: "hall/temp/1", result: "t/hall"),
    Case(remap: "a/+/#=b/+/c/#", topic: "a/1/2/3", result: "b/1/c/2/3"),
    Case(remap: "a/+/#=b/+/c/#", topic: "a/1", result: "b/1/c"),
    Case(remap: "a/#=b", topic: "a/1/2", result: "b"),
    Case(remap: "a/+=b/+", topic: "a/", result: "b/"),
    Case(remap: "a/#=#", topic: "a", result: ""),
    Case(remap: "a=b=c", topic: "a", result: "b=c"),
    Case(remap: "é/+=ö/+", topic: "é/😀", result: "ö/😀"),
  ]

  @Test(arguments: cases)
  func topics(_ example: Case) throws {
    #expect(try TopicRemap(example.remap).topic(for: example.topic) == example.result)
  }

  @Test(arguments: [
    ("a/#", "has no '='"), ("=b", "'' is empty"), ("a=", "'' is empty"),
    ("a/#/b=c", "'a/#/b' has # before its last level"), ("a/#=b/#/c", "'b/#/c' has # before its last level"),
    ("a/b=c/+", "has more + behind the = than before it"),
    ("a/+=b/#", "has more # behind the = than before it"),
    ("$share/g/a=b", "names a shared subscription"),
  ])
  func refusals(_ text: String, _ problem: String) {
    #expect(
      failure([]) { _ = try TopicRemap(text) }?.hasPrefix("64 mqttws: usage: --remap '\(text)': \(problem)")
        == true)
  }
}
