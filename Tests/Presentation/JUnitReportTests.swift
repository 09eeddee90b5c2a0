import Presentation
import Testing

struct JUnitReportTests {
  @Test func everyOutcome() {
    let report = JUnitReport(
      "mqttws sub",
      cases: [
        JUnitReport.Case("--expect a < \"b\" & c", .passed, seconds: 0.1234),
        JUnitReport.Case("two", .failed("no\u{1B}[2J", details: ["one & two", "<three>\n"]), seconds: 61),
        JUnitReport.Case("three", .error("refused"), seconds: -1),
      ], seconds: 61.5)
    #expect(
      report.xml == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="mqttws sub" tests="3" failures="1" errors="1" skipped="0" time="61.500">
          <testcase classname="mqttws sub" name="--expect a &lt; &quot;b&quot; &amp; c" time="0.123"/>
          <testcase classname="mqttws sub" name="two" time="61.000">
            <failure message="no\\e[2J">one &amp; two
        &lt;three&gt;\\n</failure>
          </testcase>
          <testcase classname="mqttws sub" name="three" time="0.000">
            <error message="refused"/>
          </testcase>
        </testsuite>

        """)
  }
}
