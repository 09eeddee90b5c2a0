import MQTTPackets
import NIOCore
import Testing

@testable import LoopbackBroker

struct SimulatedDevicesTests {
  /// 2026-03-01T06:00:00Z.
  private static let start: Int64 = 1_772_344_800

  private struct Seen: Equatable {
    var time: UInt64
    var message: Message
  }

  /// Lets a minute pass, waking up when the devices say so.
  private func run(_ seconds: UInt64 = 60, seed: UInt64 = 1) -> [Seen] {
    var devices = SimulatedDevices(seed: seed, unixTime: Self.start)
    var seen: [Seen] = []
    while devices.nextDue <= seconds * 1_000_000_000 {
      let time = devices.nextDue
      devices.messages(at: time) { seen.append(Seen(time: time, message: $0)) }
    }
    return seen
  }

  @Test func sendTenMessagesASecond() {
    #expect((580...640).contains(run().count))
  }

  @Test func areTheSameForTheSameSeed() {
    #expect(run(seed: 3) == run(seed: 3))
    #expect(run(seed: 3) != run(seed: 4))
  }

  @Test func everySensorSpeaksAtItsRate() {
    let counts = Dictionary(grouping: run(600), by: \.message.topic).mapValues(\.count)
    let expected: [String: ClosedRange<Int>] = [
      "sensor/kitchen/temperature": 590...610, "sensor/kitchen/climate": 290...310,
      "sensor/garage/door": 115...125, "sensor/roof/wind": 1180...1220,
      "sensor/boiler/power": 1780...1820, "sensor/boiler/pressure": 290...310,
      "sensor/cellar/humidity": 170...190, "sensor/garden/soil": 115...125,
      "sensor/office/co2": 290...310, "sensor/meter/power": 1180...1220,
    ]
    #expect(Set(counts.keys) == Set(expected.keys))
    for (topic, range) in expected { #expect(range.contains(counts[topic] ?? 0), "\(topic)") }
  }

  @Test func plainValuesChangeButDoNotJump() throws {
    let values = try run(600).filter { $0.message.topic == "sensor/kitchen/temperature" }.map {
      try #require(Double(String(buffer: $0.message.payload)))
    }
    #expect(Set(values).count > 10)
    #expect(values.allSatisfy { (12...35).contains($0) })
    #expect(zip(values, values.dropFirst()).allSatisfy { abs($0 - $1) < 0.5 })
  }

  @Test func followTheDay() throws {
    func office(at hour: Int64) -> Double {
      var devices = SimulatedDevices(seed: 5, unixTime: Self.start + (hour - 6) * 3600)
      var last = 0.0
      devices.messages(at: 10_000_000_000) {
        if $0.topic == "sensor/office/co2" { last = Double(String(buffer: $0.payload)) ?? 0 }
      }
      return last
    }
    #expect(office(at: 15) > office(at: 3) + 200)
  }

  @Test func jsonSaysSo() {
    for seen in run() where String(buffer: seen.message.payload).hasPrefix("{") {
      #expect(seen.message.properties.contentType == "application/json")
      #expect(seen.message.properties.payloadFormatIndicator == 1)
      #expect(String(buffer: seen.message.payload).hasSuffix("}"))
    }
    let doors = Set(
      run(600).filter { $0.message.topic == "sensor/garage/door" }
        .map { String(buffer: $0.message.payload) })
    #expect(doors == ["open", "closed"])
  }

  @Test func oneRetainedStatusEach() {
    var devices = SimulatedDevices(seed: 1, unixTime: Self.start)
    let statuses = devices.statuses()
    #expect(
      statuses.map(\.topic)
        == ["kitchen", "garage", "roof", "boiler", "cellar", "garden", "office", "meter"]
        .map { "sensor/\($0)/status" })
    for status in statuses {
      #expect(status.retain)
      #expect(status.properties.contentType == "application/json")
      let text = String(buffer: status.payload)
      #expect(text.hasPrefix("{\"state\":\"online\",\"firmware\":\""))
      #expect(text.contains("\"since\":\"2026-0"))
    }
    #expect(!run().contains { $0.message.retain })
  }

  @Test func doNotCatchUpInABurst() {
    var devices = SimulatedDevices(seed: 1, unixTime: Self.start)
    var count = 0
    devices.messages(at: 3600 * 1_000_000_000) { _ in count += 1 }
    #expect(count == 10)
    #expect(devices.nextDue > 3600 * 1_000_000_000)
  }

  @Test(arguments: [
    (21.44, 1, "21.4"), (21.45, 1, "21.5"), (-0.04, 1, "0.0"), (-3.06, 1, "-3.1"), (7.0, 0, "7"),
    (1.005, 2, "1.00"), (0.05, 2, "0.05"), (50.0, 2, "50.00"),
  ])
  func decimals(value: Double, digits: Int, text: String) {
    #expect(SimulatedQuantity.decimal(value, digits) == text)
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_772_344_800, "2026-03-01T06:00:00Z"),
  ])
  func civilTime(unixTime: Int64, text: String) { #expect(CivilTime(unixTime: unixTime).text == text) }
}
