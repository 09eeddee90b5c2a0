import Client
import MQTTPackets
import MQTTSession
import Presentation
import Testing
import WebSocketTransport

@testable import Doctor

@Suite struct GuiseTests {
  private func dressed(
    _ guise: Guise, _ url: String = "wss://h:8084/mqtt", _ choices: Guise.Choices = .init()
  ) throws -> (settings: ConnectionSettings, appearance: Guise.Appearance) {
    var base = try settings(url)
    base.transport.headers = HTTPHeaders([HTTPHeader("Authorization", "secret")])
    base.transport.hostHeader = "other"
    base.transport.allowsMissingSubprotocol = true
    base.transport.tls.certificateFile = "c.pem"
    base.transport.tls.cafile = "ca.pem"
    base.transport.tls.verifiesPeer = false
    var random = SystemRandomNumberGenerator()
    return guise.apply(to: base, choices, random: &random)
  }

  @Test(arguments: Guise.allCases) func nothingThatAPageCannotDoIsLeft(_ guise: Guise) throws {
    let settings = try dressed(guise).settings
    #expect(settings.transport.origin == "https://h")
    #expect(settings.transport.hostHeader == nil)
    #expect(!settings.transport.allowsMissingSubprotocol)
    #expect(settings.transport.tls.certificateFile == nil)
    #expect(settings.transport.tls.cafile == "ca.pem")
    #expect(settings.transport.tls.verifiesPeer)
    #expect(!settings.transport.headers.fields.contains { $0.name == "Authorization" })
    #expect(settings.transport.headers.first("User-Agent")?.hasPrefix("Mozilla/5.0") == true)
    #expect(settings.transport.subprotocol == "mqtt")
  }

  @Test func theClientsDefaultsCountUntilTheUserChooses() throws {
    #expect(try dressed(.browser).settings.session.version == .v5)
    for guise in [Guise.pahoJS, .mqttJS] {
      let session = try dressed(guise).settings.session
      #expect(session.version == .v3_1_1)
      #expect(session.keepAlive == 60)
    }
    #expect(try dressed(.mqttJS).settings.session.clientIdentifier.hasPrefix("mqttjs_"))
    var choices = Guise.Choices()
    (choices.hasVersion, choices.hasKeepAlive, choices.hasClientIdentifier) = (true, true, true)
    let chosen = try dressed(.mqttJS, "ws://h/", choices).settings.session
    #expect(chosen.version == .v5)
    #expect(chosen.keepAlive == 30)
    #expect(chosen.clientIdentifier == "me")
  }

  /// What a user writes as the page, and what a browser sends.
  @Test(arguments: [
    ("https://App.Example/shop?x=1#y", "https://app.example"), ("http://h:80/", "http://h"),
    ("https://h:443", "https://h"), ("http://h:8080/x", "http://h:8080"),
    ("http://[::1]:3000/", "http://[::1]:3000"),
    ("null", "null"), ("app.example", "app.example"), ("https://h:80", "https://h:80"),
  ]) func anOriginIsSchemeHostAndPort(_ text: String, _ expected: String) {
    #expect(WebOrigin(text).text == expected)
  }

  @Test(arguments: [
    ("https://app.example", "ws://h/mqtt", true), ("https://app.example", "wss://h/mqtt", false),
    ("http://app.example", "ws://h/mqtt", false), ("https://app.example", "ws://localhost/mqtt", false),
    ("https://app.example", "ws://127.0.0.1:1/mqtt", false),
    ("https://app.example", "ws://[::1]/mqtt", false),
  ]) func mixedContentIsBlocked(_ origin: String, _ url: String, _ isBlocked: Bool) throws {
    var choices = Guise.Choices()
    choices.origin = origin
    let (settings, appearance) = try dressed(.browser, url, choices)
    #expect((appearance.blocked != nil) == isBlocked)
    var plan = try plan(url)
    plan.settings = settings
    plan.appearance = appearance
    var walk = Walk(plan)
    #expect(walk.start(at: .milliseconds(0)) == (isBlocked ? [.finish] : [.connect]))
    #expect(walk.report.steps.map(\.step) == [.client])
    #expect((walk.report.verdict?.diagnosis?.cause.contains("mixed content") ?? false) == isBlocked)
  }

  @Test(arguments: [
    (Guise.browser, "subprotocol", "other", false), (.pahoJS, "subprotocol", "other", true),
    (.pahoJS, "subprotocol", "mqtt", false), (.pahoJS, "protocol-version", "5", true),
    (.pahoJS, "protocol-version", "3.1.1", false), (.mqttJS, "protocol-version", "5", false),
    (.browser, "headers", "", true), (.browser, "cert", "c.pem", true), (.browser, "insecure", "", true),
    (.browser, "cafile", "ca.pem", false), (.browser, "proxy", "http://p", false),
  ]) func whatAPageCannotDoHasAReason(
    _ guise: Guise, _ setting: String, _ value: String, _ isRefused: Bool
  ) {
    #expect((guise.objection(to: setting, value: value) != nil) == isRefused)
  }

  @Test func whatAProfileAsksForInVainIsAWarning() throws {
    var plan = try plan()
    plan.appearance = try dressed(.browser).appearance
    plan.appearance?.withheld = ["cert of profile lab: no"]
    var walk = Walk(plan)
    #expect(walk.start(at: .milliseconds(0)) == [.connect])
    #expect(walk.report.steps.first?.mark == .warning)
  }

  @Test func anOriginThatIsRefusedIsFoundOut() throws {
    var plan = try plan()
    plan.settings.transport.origin = "https://app.example"
    var stroll = Stroll(plan)
    #expect(stroll.take(.ended(refusal(403))) == [.probe(.noOrigin)])
    stroll.take(.probed(ProbeResult(nil, time: .zero)))
    #expect(stroll.verdict?.diagnosis?.hint.contains("allow the origin 'https://app.example'") == true)
  }
}

@Suite struct SnippetTests {
  private func report(_ verdict: Verdict = Verdict()) -> Report {
    var report = Report(target: "x")
    report.verdict = verdict
    return report
  }

  private func lines(_ snippet: Snippet, _ verdict: Verdict = Verdict()) throws -> String {
    var plan = try plan("wss://ada:canary@h:8084/a\"b?token=canary")
    plan.username = "ada"
    plan.hasPassword = true
    return snippet.lines(report(verdict), plan).joined(separator: "\n")
  }

  @Test(arguments: Snippet.allCases) func noneHoldsASecret(_ snippet: Snippet) throws {
    #expect(try !lines(snippet).contains("canary"))
  }

  @Test func javaScriptIsWhatWorked() throws {
    let mqttJS = try lines(.mqttJS)
    #expect(mqttJS.contains(#"mqtt.connect("wss://h:8084/a\"b?token=…", {"#))
    #expect(mqttJS.contains(#"username: "ada""#) && mqttJS.contains("password: MQTT_PASSWORD"))
    #expect(mqttJS.contains("protocolVersion: 5"))
    let older = try lines(.mqttJS, Verdict(probe: .version(.v3_1_1)))
    #expect(older.contains("protocolVersion: 4"))
    #expect(
      try lines(.pahoJS, Verdict(probe: .path("/ws"))).contains(#"new Paho.Client("wss://h:8084/ws", "me")"#))
  }

  @Test func nginxLinesThatAreMissingAreMarked() throws {
    func marked(_ status: Int) throws -> [String] {
      var diagnosis = Diagnosis(.upgrade, .upgradeRefused, "c", "h")
      diagnosis.httpStatus = status
      return try lines(.nginx, Verdict(diagnosis: diagnosis)).split(separator: "\n").filter {
        $0.hasSuffix("# <--")
      }.map(String.init)
    }
    #expect(try marked(426).count == 3)
    #expect(try marked(404).count == 1)
    #expect(try marked(503).isEmpty)
    var report = report()
    report.idle = IdleFinding(ending: .cut(after: .seconds(60), by: "x"), survived: nil, summary: "s")
    let cut = Snippet.nginx.lines(report, try plan())
    #expect(cut.filter { $0.hasSuffix("# <--") }.map { $0.contains("timeout") } == [true, true])
  }
}
