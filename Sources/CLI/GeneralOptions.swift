import Options

/// Options that every command takes and that no connection setting stands for.
enum GeneralOptions {
  static let all: [OptionDefinition] = [
    OptionDefinition(
      "max-time", .one("SECONDS"), section: "General",
      "end with status 124 after this time, whatever happens",
      refusesOptionAsValue: true),
    OptionDefinition(
      "json", section: "General", "for programs: JSON messages, and JSON for the final error"),
    OptionDefinition("quiet", section: "General", "no notes on stderr, only the final error"),
    OptionDefinition(
      "color", .one("auto|always|never"), section: "General", "colours", default: "auto: on a terminal",
      completion: .values(["auto", "always", "never"]), refusesOptionAsValue: true),
  ]
}
