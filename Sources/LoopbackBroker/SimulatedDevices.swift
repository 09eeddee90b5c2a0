import Glibc
import MQTTPackets
import MQTTSession
import NIOCore

/// A small house full of sensors, under `sensor/`: about ten messages a second from eight devices,
/// plain numbers and JSON, each at a rate of its own, with values that wander around the daily curve
/// of their quantity. Each device has one retained status.
///
/// Pure: the same seed and start give the same messages at the same times.
package struct SimulatedDevices: Sendable {
  private var sensors: [SimulatedSensor]
  private var random: SeededRandom
  private let startOfRun: Int64

  /// - Parameters:
  ///   - seed: of everything that chance decides.
  ///   - unixTime: the wall clock at the start of the run, in seconds; sets where on its daily curve
  ///     each value is.
  package init(seed: UInt64, unixTime: Int64) {
    random = SeededRandom(seed: seed)
    startOfRun = unixTime
    sensors = SimulatedSensor.house
    for index in sensors.indices {
      sensors[index].settle(unixTime: Double(unixTime), random: &random)
    }
  }

  /// The names of the devices: `kitchen` in `sensor/kitchen/temperature`.
  package var devices: [String] {
    var names: [String] = []
    for sensor in sensors where !names.contains(sensor.device) { names.append(sensor.device) }
    return names
  }

  /// The retained status of every device.
  package mutating func statuses() -> [Message] {
    devices.map { device in
      let uptime = Int64(random.next(upperBound: UInt64(20 * 86_400))) + 3_600
      let firmware = "\(1 + random.next() % 3).\(random.next() % 10).\(random.next() % 6)"
      let since = CivilTime(unixTime: startOfRun - uptime).text
      return Message(
        topic: "sensor/\(device)/status",
        payload: ByteBuffer(
          string: "{\"state\":\"online\",\"firmware\":\"\(firmware)\",\"since\":\"\(since)\"}"),
        retain: true, properties: SimulatedSensor.jsonProperties)
    }
  }

  /// When the next message is due, in nanoseconds since the start of the run.
  package var nextDue: UInt64 { sensors.lazy.map(\.due).min() ?? .max }

  /// Hands over each message that is due, in the order of the times they were due at. A sensor that
  /// is several readings late gives one: a late simulation does not catch up in a burst.
  /// - Parameter elapsed: nanoseconds since the start of the run.
  package mutating func messages(at elapsed: UInt64, _ body: (Message) -> Void) {
    let late = sensors.indices.filter { sensors[$0].due <= elapsed }
      .sorted { (sensors[$0].due, $0) < (sensors[$1].due, $1) }
    for index in late {
      let unixTime = Double(startOfRun) + Double(sensors[index].due) / 1e9
      body(sensors[index].reading(unixTime: unixTime, random: &random))
      while sensors[index].due <= elapsed { sensors[index].schedule(random: &random) }
    }
  }
}

/// A UTC date and time, as RFC 3339 writes it.
struct CivilTime {
  let text: String

  init(unixTime: Int64) {
    var seconds = time_t(unixTime)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    text =
      "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
      + "T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))Z"
  }
}
