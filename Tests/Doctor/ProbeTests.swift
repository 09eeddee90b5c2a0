import Client
import MQTTPackets
import MQTTSession
import Testing
import WebSocketTransport

@testable import Doctor

@Suite struct ProbeTests {
  private func probes(
    _ error: ClientError, _ url: String = "ws://h/mqtt", addresses: [AddressFamily] = [.ipv4]
  ) throws -> [Probe] {
    ProbeTable.probes(after: error, settings: try settings(url), addresses: addresses, limit: 12)
  }

  @Test func whatWasAskedForIsNotTriedAgain() throws {
    #expect(
      try probes(refusal(404)) == [
        .path("/ws"), .path("/"), .host("h:80"), .subprotocol("mqttv3.1"), .subprotocol(nil),
      ])
    #expect(try probes(refusal(404), "ws://h:8083/ws").prefix(3) == [.path("/mqtt"), .path("/"), .host("h")])
  }

  @Test func aCloseFrameThatSaysWhyNeedsNoProbes() throws {
    func count(_ code: UInt16, _ reason: String) throws -> Int {
      try probes(.noConnAck(.closed(.closeFrame(code: code, reason: reason)))).count
    }
    #expect(try count(1002, "Unauthenticated") == 0)
    #expect(try count(1008, "") == 0)
    #expect(try count(1011, "") > 0)
  }

  @Test func aRedirectIsFollowedOnlyToAWebSocket() throws {
    func first(_ location: String) throws -> Probe? {
      try probes(refusal(301, [HTTPHeader("Location", location)])).first
    }
    #expect(try first("https://h/mqtt#x") == .redirect(try WebSocketURL(parsing: "wss://h/mqtt")))
    #expect(try first("/other") == .redirect(try WebSocketURL(parsing: "ws://h/other")))
    #expect(try first("ftp://h/") == .path("/ws"))
    #expect(try first("/mqtt") == .path("/ws"))
  }

  @Test func bothKindsOfAddressAreTriedWhereThereAreTwo() throws {
    let both = try probes(refusal(404), addresses: [.ipv4, .ipv6])
    #expect(both.suffix(2) == [.family(.ipv4), .family(.ipv6)])
    #expect(try probes(.transport(.connection([])), addresses: [.ipv4]).isEmpty)
  }

  @Test func noSecretGoesWithoutTLSOrToAnotherHost() throws {
    var base = try settings("wss://ada:secret@h/mqtt?token=secret")
    base.credentials = FixedCredentials(ConnectCredentials(username: "ada", password: [1]))
    base.transport.headers.append("Authorization", "secret")
    base.session.will = Message(topic: "gone")
    let elsewhere = try WebSocketURL(parsing: "wss://other/mqtt")
    for probe in [Probe.tls(false), .plain(usesTLS: false), .redirect(elsewhere)] {
      let settings = probe.settings(from: base, timeout: .seconds(1))
      #expect((settings.credentials as? FixedCredentials)?.value == ConnectCredentials())
      #expect(settings.transport.headers.fields.isEmpty)
      #expect(!settings.transport.url.target.contains("secret"))
      #expect(settings.session.will == nil)
    }
    let path = Probe.path("/ws").settings(from: base, timeout: .seconds(1))
    #expect((path.credentials as? FixedCredentials)?.value.username == "ada")
  }

  @Test func thePortStays() throws {
    let url = Probe.tls(true).settings(from: try settings("ws://h/mqtt"), timeout: .seconds(1)).transport.url
    #expect(url.description == "wss://h:80/mqtt")
  }

  @Test func commandLinesAreQuoted() throws {
    let base = try settings("wss://h:8084/a%20b?x='1'&y=$(z)")
    let words = CommandWords(
      target: .url,
      options: [
        .init("protocol-version", .text("-V"), .text("5")),
        .init("cafile", .text("--cafile"), .text("my ca")),
        .init("header", .text("--header"), .variable(prefix: "X-\"$Key\": ", name: "X_KEY")),
      ])
    #expect(
      words.line(with: .version(.v3_1_1), base)
        == #"mqttws sub 'wss://h:8084/a%20b?x='\''1'\''&y=$(z)' --cafile 'my ca' --header "X-\"\$Key\": $X_KEY" -V 3.1.1 -t '#'"#
    )
    let profile = CommandWords(target: .other("@lab"))
    #expect(profile.line(with: .path("/ws"), base) == "mqttws sub @lab --path /ws -t '#'")
    #expect(profile.line(with: .tls(false), base) == "mqttws sub @lab --no-tls -p 8084 -t '#'")
    #expect(profile.line(with: .subprotocol(nil), base) == "mqttws sub @lab --subprotocol '' -t '#'")
    #expect(
      profile.line(with: .plain(usesTLS: true), base)
        == "mosquitto_sub -h h -p 8084 -V 5 --tls-use-os-certs -t '#'")
  }
}
