import Client
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Presentation

/// Secrets that come back.
@Suite struct EchoMaskTests {
  private static let request = """
    GET /mqtt?a=1&token=can%61ry-1&sig=canary-2 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer canary-3\r\n\
    X-Api-Key: canary-4\r\nCookie: a=canary-5; b=canary-6\r\n\r\n
    """

  @Test func anAnswerThatRepeatsTheRequestIsMasked() throws {
    var mask = EchoMask()
    func pass(_ event: TransportEvent) throws -> String {
      let passed = mask.pass(TraceEvent(time: MonotonicTime(nanoseconds: 0), kind: .transport(event)))
      switch passed.kind {
      case .transport(.upgradeSent(let bytes)), .transport(.upgradeReceived(let bytes)):
        return String(buffer: bytes)
      case .transport(.failed(.upgradeRefused(let refusal))):
        return String(decoding: refusal.bodyPrefix, as: UTF8.self)
      default: return ""
      }
    }
    #expect(try pass(.upgradeSent(ByteBuffer(string: Self.request))) == Self.request)
    let answer = try pass(
      .upgradeReceived(ByteBuffer(string: "HTTP/1.1 404 x\r\n\r\nno \(Self.request) canary-1")))
    #expect(!answer.contains("canary") && !answer.contains("can%61ry"))
    #expect(answer.contains("GET /mqtt?a=1&token=***"))
    #expect(answer.contains("Bearer"))
    let refusal = UpgradeRefusal(
      status: 404, reason: "", headers: HTTPHeaders(), bodyPrefix: Array("no canary-3".utf8))
    #expect(try pass(.failed(.upgradeRefused(refusal))) == "no ********")
  }

  @Test func noMessageRepeatsASecret() throws {
    var settings = TransportSettings(url: try WebSocketURL(parsing: "ws://u:canary-0@h/x?token=can%61ry-1"))
    settings.headers = HTTPHeaders([HTTPHeader("Authorization", "Basic canary-2")])
    settings.proxy = ProxySettings(host: "p", port: 1, username: "u", password: "canary-3")
    var secrets = KnownSecrets(settings)
    secrets.formUnion(KnownSecrets(["canary-4", "ab"]))
    let table = DiagnosisTable(DiagnosisContext(url: settings.url, secrets: secrets))
    let text = "canary-0 canary-1 can%61ry-1 canary-2 canary-3 canary-4 Basic ab"
    let refusal = UpgradeRefusal(
      status: 404, reason: text, headers: HTTPHeaders([HTTPHeader("X", text)]), bodyPrefix: Array(text.utf8))
    let diagnosis = table.diagnosis(.transport(.upgradeRefused(refusal)))
    let all = ([diagnosis.line()] + diagnosis.evidence + [diagnosis.json(showsEvidence: true)]).joined()
    #expect(!all.contains("canary") && !all.contains("can%61ry"))
    #expect(all.contains("Basic ab"))
  }
}
