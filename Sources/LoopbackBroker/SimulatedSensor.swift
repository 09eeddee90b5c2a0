import Glibc
import MQTTPackets
import MQTTSession
import NIOCore

/// One value that wanders: it is pulled towards a daily curve and pushed about by chance.
struct SimulatedQuantity: Sendable {
  /// The key in a JSON payload.
  let name: String
  let base: Double
  /// How far the daily curve goes up and down from `base`.
  let swing: Double
  /// The hour, UTC, at which the daily curve is highest.
  let peakHour: Double
  /// The largest push of chance per reading.
  let step: Double
  let range: ClosedRange<Double>
  let decimals: Int
  private var value: Double

  init(
    _ name: String, _ base: Double, swing: Double = 0, peakHour: Double = 14, step: Double,
    in range: ClosedRange<Double>, decimals: Int = 1
  ) {
    self.name = name
    self.base = base
    self.swing = swing
    self.peakHour = peakHour
    self.step = step
    self.range = range
    self.decimals = decimals
    value = base
  }

  private func target(_ unixTime: Double) -> Double {
    let hour = (unixTime / 3600).truncatingRemainder(dividingBy: 24)
    return base + swing * cos((hour - peakHour) / 24 * 2 * Double.pi)
  }

  /// Starts on the daily curve, a little beside it.
  mutating func settle(unixTime: Double, random: inout SeededRandom) {
    value = clamped(target(unixTime) + (random.unit() * 2 - 1) * step * 2)
  }

  /// The next value, as a decimal number.
  mutating func next(unixTime: Double, random: inout SeededRandom) -> String {
    let pull = (target(unixTime) - value) * 0.05
    value = clamped(value + pull + (random.unit() * 2 - 1) * step)
    return Self.decimal(value, decimals)
  }

  private func clamped(_ value: Double) -> Double {
    min(max(value, range.lowerBound), range.upperBound)
  }

  /// `value` rounded to `decimals` digits after the point; none and no point for 0.
  static func decimal(_ value: Double, _ decimals: Int) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    let sign = scaled < 0 ? "-" : ""
    let whole = String(scaled.magnitude / UInt(scale))
    guard decimals > 0 else { return sign + whole }
    let fraction = String(scaled.magnitude % UInt(scale))
    return sign + whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}

/// One topic of a simulated device, with its payload form and its rate.
struct SimulatedSensor: Sendable {
  enum Form: Sendable {
    /// The one quantity as a plain decimal number.
    case number
    /// One JSON object with all quantities.
    case json
    /// `open` or `closed`, changed at about every fifth reading.
    case door
  }

  let device: String
  let topic: String
  let form: Form
  /// Nanoseconds between two readings, before a jitter of a tenth of it.
  let interval: UInt64
  /// When the next reading is due, in nanoseconds since the start of the run.
  private(set) var due: UInt64 = 0
  private var quantities: [SimulatedQuantity]
  private var isOpen = false

  init(
    _ device: String, _ name: String, _ form: Form, every milliseconds: UInt64,
    _ quantities: [SimulatedQuantity] = []
  ) {
    self.device = device
    self.topic = "sensor/\(device)/\(name)"
    self.form = form
    self.interval = milliseconds * 1_000_000
    self.quantities = quantities
  }

  static let jsonProperties: Properties = [
    .payloadFormatIndicator(1), .contentType("application/json"),
  ]

  /// Puts the values on their curves and the first reading somewhere in the first interval.
  mutating func settle(unixTime: Double, random: inout SeededRandom) {
    for index in quantities.indices {
      quantities[index].settle(unixTime: unixTime, random: &random)
    }
    due = random.next(upperBound: interval)
  }

  mutating func schedule(random: inout SeededRandom) {
    due += interval - interval / 20 + random.next(upperBound: interval / 10)
  }

  mutating func reading(unixTime: Double, random: inout SeededRandom) -> Message {
    switch form {
    case .number:
      let text = quantities.isEmpty ? "" : quantities[0].next(unixTime: unixTime, random: &random)
      return Message(topic: topic, payload: ByteBuffer(string: text))
    case .json:
      var text = "{"
      for index in quantities.indices {
        if index > 0 { text += "," }
        let value = quantities[index].next(unixTime: unixTime, random: &random)
        text += "\"\(quantities[index].name)\":\(value)"
      }
      return Message(
        topic: topic, payload: ByteBuffer(string: text + "}"), properties: Self.jsonProperties)
    case .door:
      if random.unit() < 0.2 { isOpen.toggle() }
      return Message(topic: topic, payload: ByteBuffer(string: isOpen ? "open" : "closed"))
    }
  }

  /// The house of `sensor/`: 10.2 messages a second.
  static let house: [SimulatedSensor] = [
    SimulatedSensor(
      "kitchen", "temperature", .number, every: 1_000,
      [SimulatedQuantity("temperature", 21.5, swing: 1.5, peakHour: 18, step: 0.15, in: 12...35)]),
    SimulatedSensor(
      "kitchen", "climate", .json, every: 2_000,
      [
        SimulatedQuantity("temperature", 21.5, swing: 1.5, peakHour: 18, step: 0.15, in: 12...35),
        SimulatedQuantity("humidity", 46, swing: 6, peakHour: 7, step: 0.8, in: 15...95),
        SimulatedQuantity("pressure", 1013, swing: 1, peakHour: 10, step: 0.1, in: 960...1050),
      ]),
    SimulatedSensor("garage", "door", .door, every: 5_000),
    SimulatedSensor(
      "roof", "wind", .json, every: 500,
      [
        SimulatedQuantity("speed", 4.5, swing: 2, peakHour: 15, step: 0.7, in: 0...40),
        SimulatedQuantity("direction", 215, step: 6, in: 0...359, decimals: 0),
      ]),
    SimulatedSensor(
      "boiler", "power", .number, every: 333,
      [
        SimulatedQuantity(
          "power", 1_600, swing: 700, peakHour: 6.5, step: 60, in: 0...4_000, decimals: 0)
      ]),
    SimulatedSensor(
      "boiler", "pressure", .number, every: 2_000,
      [SimulatedQuantity("pressure", 1.6, step: 0.02, in: 0.5...3, decimals: 2)]),
    SimulatedSensor(
      "cellar", "humidity", .number, every: 3_333,
      [SimulatedQuantity("humidity", 62, swing: 2, peakHour: 5, step: 0.4, in: 30...99)]),
    SimulatedSensor(
      "garden", "soil", .json, every: 5_000,
      [
        SimulatedQuantity("moisture", 33, swing: 4, peakHour: 6, step: 0.3, in: 5...70),
        SimulatedQuantity("temperature", 12, swing: 4, peakHour: 16, step: 0.2, in: -10...35),
        SimulatedQuantity("battery", 87, step: 0.3, in: 60...100, decimals: 0),
      ]),
    SimulatedSensor(
      "office", "co2", .number, every: 2_000,
      [
        SimulatedQuantity("co2", 640, swing: 180, peakHour: 15, step: 12, in: 400...2_000, decimals: 0)
      ]),
    SimulatedSensor(
      "meter", "power", .json, every: 500,
      [
        SimulatedQuantity("watts", 520, swing: 260, peakHour: 19, step: 35, in: 60...6_000, decimals: 0),
        SimulatedQuantity("voltage", 230, swing: 1.5, peakHour: 3, step: 0.4, in: 215...245),
        SimulatedQuantity("frequency", 50, step: 0.01, in: 49.8...50.2, decimals: 2),
      ]),
  ]
}
