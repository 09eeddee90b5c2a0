import MQTTPackets
import Options
import Profiles

/// Values of command options as numbers and times, with one way to complain about them.
enum OptionValues {
  static func qos(_ arguments: ParsedArguments) throws(CommandFailure) -> QoS {
    guard let text = arguments.value("qos") else { return .atMostOnce }
    guard let number = UInt8(text), let qos = QoS(rawValue: number) else {
      throw .usage("-q '\(text)' is no Quality of Service", hint: "use 0, 1 or 2")
    }
    return qos
  }

  /// A whole number from 1.
  static func count(_ arguments: ParsedArguments, _ name: String) throws(CommandFailure) -> UInt64? {
    try number(arguments, name, 1...UInt64(Int64.max))
  }

  static func number(
    _ arguments: ParsedArguments, _ name: String, _ range: ClosedRange<UInt64>
  ) throws(CommandFailure) -> UInt64? {
    guard let occurrence = arguments.last(name) else { return nil }
    guard let value = UInt64(occurrence.value), range.contains(value) else {
      throw .usage(
        "\(occurrence.spelling) '\(occurrence.value)' is no whole number from \(range.lowerBound)"
          + (range.upperBound < UInt64(Int64.max) ? " to \(range.upperBound)" : ""))
    }
    return value
  }

  static func duration(_ arguments: ParsedArguments, _ name: String) throws(CommandFailure) -> Duration? {
    guard let occurrence = arguments.last(name) else { return nil }
    guard let value = ValueReader.duration(occurrence.value), value >= .zero else {
      throw .usage(
        "\(occurrence.spelling) '\(occurrence.value)' is no time", hint: "such as 5, 0.5, 250ms or 2m")
    }
    return value
  }

  static func choice(
    _ arguments: ParsedArguments, _ name: String, _ words: [String]
  ) throws(CommandFailure) -> String? {
    guard let occurrence = arguments.last(name) else { return nil }
    guard words.contains(occurrence.value) else {
      let nearest = NearestName.of(occurrence.value, among: words).map { "did you mean \($0)?" }
      throw .usage(
        "\(occurrence.spelling) '\(occurrence.value)' is none of \(words.joined(separator: ", "))",
        hint: nearest)
    }
    return occurrence.value
  }
}
