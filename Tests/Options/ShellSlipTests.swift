import Testing

@testable import Options

@Suite struct ShellSlipTests {
  static let cases: [([String], Bool, Bool)] = [
    (["/#"], false, true), (["/broker/uptime"], false, true), (["/#"], true, false),
    (["/#", "a"], false, false), (["a/#"], false, false), (["$SYS/#"], false, false), ([], false, false),
  ]

  @Test(arguments: cases) func hints(_ topics: [String], _ isSet: Bool, _ expected: Bool) {
    let hint = ShellSlip.hint(topics: topics) { $0 == "SYS" && isSet }
    #expect((hint != nil) == expected)
  }
}
