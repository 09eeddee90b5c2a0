import MQTTPackets
import Presentation

@testable import TUI

/// The scenes that golden files hold.
enum GoldenScene: String, CaseIterable {
  case topics, detail, hostile, messages, paused, filtered
  case wire, fields, violation, health, lost, publish
  case palette, help, prompt, confirm, copy, failure, connecting

  /// As it is at 80x24.
  var screen: Screen {
    switch self {
    case .connecting: return Screen()
    case .hostile: return Self.hostileScene
    case .health, .lost, .confirm, .failure: return connectionScene
    default:
      var plant = Plant()
      change(&plant)
      return plant.screen
    }
  }

  private func change(_ plant: inout Plant) {
    switch self {
    case .topics: plant.screen.press("o g j j j j")
    case .detail: plant.screen.press("o g j j j j d c Tab j")
    case .messages: plant.screen.press("2 k k m a")
    case .paused:
      plant.screen.press("2 Space")
      plant.deliver("plant/line1/rpm", "1500")
      plant.screen.pass(.seconds(41))
    case .filtered:
      plant.screen.press("2 /")
      plant.screen.type("qos > 0 or topic ~ \"gw\"")
      plant.screen.press("Enter")
    case .wire:
      plant.deliver("site/gw-01/a", "0123456789", cutAt: [4, 9])
      plant.cross { $0.send(.pingReq) }
      plant.screen.press("3")
    case .fields: plant.screen.press("3 k Tab j j j j j")
    case .violation:
      // SUBSCRIBE is no server's packet.
      plant.cross { $0.receive(.subscribe(Subscribe(1, [Subscription("a/b")]))) }
      plant.screen.press("3")
    case .publish:
      plant.screen.press("o g j j j j p Tab Tab Space")
      plant.screen.send(
        .result(.published(identifier: 1, isSuccess: true, text: "pid 17  PUBACK 0x00 Success", after: nil)))
    case .palette:
      plant.screen.press(":")
      plant.screen.type("rec")
    case .help:
      plant.screen.press("?")
      plant.screen.type("pane")
    case .prompt:
      plant.screen.press("/")
      plant.screen.type("qos >")
    case .copy: plant.screen.press("o G y")
    case .hostile, .health, .lost, .confirm, .failure, .connecting: break
    }
  }

  private var connectionScene: Screen {
    var screen = Screen()
    screen.connect()
    screen.receive([("plant/line1/temp", "{\"t\":21.4}"), ("site/gw-01", "1")])
    screen.send(.result(.recordingStarted(path: "/home/u/cap.ndjson")))
    screen.send(
      .result(.recording(path: "/home/u/cap.ndjson", bytes: 12_400_000, dropped: 0, diskFree: 41 << 30)))
    screen.pass(.seconds(862))
    let refused = Diagnosis(
      .tcp, .unavailable, "connection refused by 192.0.2.7:8084", "is the broker running?")
    switch self {
    case .health: screen.press("4")
    case .lost:
      screen.send(.connection(.retrying(refused, after: .seconds(4))))
      screen.pass(.seconds(1))
    case .confirm: screen.press("S")
    case .failure: screen.send(.connection(.ended(refused)))
    default: break
    }
    return screen
  }

  /// What a peer may send in every place that shows what a peer sends.
  private static var hostileScene: Screen {
    let text = "\u{1B}[31mA\u{7}\u{202E}B\u{2066}C\u{301}\u{301}\u{301}\u{200B}\u{FEFF}👩‍🏭温\u{9B}2J\u{FFFD}"
    var screen = Screen()
    screen.send(
      .connection(
        .connected(ConnectionFacts(clientIdentifier: text, version: .v5, serverHeader: text))))
    screen.send(.connection(.subscribed([GrantedSubscription(filter: text, granted: nil, reason: text)])))
    let message = Message(
      topic: "\u{301}/\(text)", payload: .init(bytes: Array(text.utf8) + [0xFF, 0xC0, 0x0A, 0x1B]),
      properties: [.contentType(text), .userProperty(name: text, value: text)])
    screen.receive(Publish(message: message))
    screen.send(.note(Note(.error, text)))
    screen.press("o j Tab")
    return screen
  }
}
