import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@Suite struct AuthenticationTests {
  let settings = SessionSettings(version: .v5, clientIdentifier: "c", keepAlive: 0)
  let credentials = ConnectCredentials(authenticationMethod: "M")
  var connect: Effect {
    .send(
      .connect(
        Connect(
          version: .v5, clientIdentifier: "c", cleanStart: true, properties: [.authenticationMethod("M")])))
  }

  func auth(_ code: ReasonCode, _ method: String = "M") -> Auth {
    Auth(code, properties: [.authenticationMethod(method)])
  }

  @Test func exchangeBeforeConnAckAndAgain() {
    let more = auth(.continueAuthentication)
    let again = auth(.reauthenticate)
    play(
      settings,
      >>.openAs(credentials), <<connect,
      >>.packet(.auth(more)), <<.authentication(more),
      >>.authenticate(more), <<.send(.auth(more)),
      >>.connAck([.authenticationMethod("M")]), <<.connected([.authenticationMethod("M")]),
      >>.authenticate(more),
      >>.authenticate(again), <<.send(.auth(again)),
      >>.authenticate(again),
      >>.packet(.auth(more)), <<.authentication(more),
      >>.authenticate(more), <<.send(.auth(more)),
      >>.packet(.auth(auth(.success))), <<.authentication(auth(.success)),
      >>.packet(.auth(more)), .end(.v5, .protocolError, .auth, rule: "[MQTT5 4.12.1]"))
  }

  @Test func breaches() {
    play(
      settings,
      >>.openAs(credentials), <<connect,
      >>.packet(.auth(auth(.success))), .end(.v5, .protocolError, .auth, rule: "[MQTT-4.12.0-2]"))
    play(
      settings,
      >>.openAs(credentials), <<connect,
      >>.packet(.auth(auth(.continueAuthentication, "N"))),
      .end(.v5, .protocolError, .auth, rule: "[MQTT-4.12.0-5]"))
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.packet(.auth(auth(.continueAuthentication))),
      .end(.v5, .protocolError, .auth, rule: "[MQTT-4.12.0-6]"))
    play(
      settings,
      >>.openAs(credentials), <<connect,
      >>.connAck(), <<.connected(),
      >>.packet(.auth(auth(.reauthenticate))), .end(.v5, .protocolError, .auth, rule: "[MQTT5 3.15.2.1]"))
  }

  @Test func withoutAMethodNothingIsSent() {
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.authenticate(auth(.reauthenticate)))
  }
}
