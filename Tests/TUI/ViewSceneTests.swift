import MQTTPackets
import Presentation
import Testing

@testable import TUI

@Suite struct ViewSceneTests {
  /// The plant of the documentation, seen for a while.
  static func plant(_ rows: Int, _ columns: Int) -> Scene {
    var scene = Scene(rows, columns)
    for second in 0..<40 {
      scene.receive("site/gw-01/s/\(second % 4)", "{\"v\":\(second)}")
      scene.receive("site/gw-02/s/1", [0xFF, 0xD8, 0xFF, 0xE0])
      scene.receive("plant/line1/rpm", "\(1000 + second)")
      scene.receive("bad\u{1B}[31mname", "x")
      scene.receive("温度/センサー", "21.40")
      scene.receive(
        "plant/line1/temp", Array("{\"t\":\(20 + Double(second % 7) / 10),\"u\":\"C\"}".utf8),
        qos: .atLeastOnce,
        retain: true, properties: [.contentType("application/json"), .payloadFormatIndicator(1)])
      scene.pass(.seconds(1))
    }
    return scene
  }

  private func expect(_ parts: [String], in scene: Scene) {
    let screen = scene.screen().joined(separator: "\n")
    for part in parts { #expect(screen.contains(part), "\(part) is missing in\n\(screen)") }
    #expect(scene.grid().brokenInvariant == nil)
    #expect(scene.grid(unicode: false).brokenInvariant == nil)
  }

  @Test func topicsShowTreeFactsDiffAndChart() {
    var scene = Self.plant(24, 80)
    scene.perform(.openAll)
    for _ in 0..<4 { scene.perform(.down) }
    expect(
      [
        "Topics 9 · msgs 240", "▾ plant                2.0/s", "◦ temp      q1 R   1.0/s ███████",
        "bad\\e[31mname", ">     ◦ 1", "site/gw-01/s/1", "#223  json 8B", "\"v\": 37", "history 10/1,024",
      ], in: scene)
    scene.perform(.diff, .chart)
    expect(
      ["diff vs previous #199", "-  \"v\": 33", "+  \"v\": 37", "min 1  max 37", "37┤", "└──"], in: scene)
    scene.perform(.older)
    expect(["#199", "\"v\": 33", "\"v\": 29"], in: scene)
    scene.perform(.newer, .diff, .format)
    expect(["text 8B", "{\"v\":37}"], in: scene)
    scene.perform(.format)
    expect(["0000  7b 22 76 22 3a 33 37 7d  {\"v\":37}"], in: scene)
    scene.perform(.format)
    expect(["eyJ2IjozN30="], in: scene)
  }

  @Test func messagesShowTheirColumns() {
    var scene = Self.plant(40, 140)
    scene.perform(.viewMessages)
    expect(
      [
        "Messages  follow on", "No.    Time", "Q R D  Bytes  Payload",
        "240    14:02:50.0000  plant/line1/temp",
        "1 R -     18  {\"t\":20.4,\"u\":\"C\"}", "<binary> ff d8 ff e0", "温度/センサー",
      ], in: scene)
  }

  @Test func theSmallestScreenShowsTheTree() {
    expect(["Topics 9", "plant (2)", "q0"], in: Self.plant(10, 40))
  }
}
