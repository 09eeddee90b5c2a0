import Text

/// What a bundle says of itself and of the examination, in lines for people.
enum BundleRemarks {
  static func header(_ members: [JSONValue.Member]) -> [String] {
    let facts = members.compactMap { member -> String? in
      guard member.key != "mqttws_bundle", let text = member.value.string else { return nil }
      return "\(member.key) \(text)"
    }
    return ["a bundle of mqttws doctor: \(facts.joined(separator: ", "))"]
  }

  static func report(_ report: JSONValue) -> [String] {
    var lines: [String] = []
    if let target = report["target"]?.string { lines.append("examined \(target)") }
    for step in report["steps"]?.array ?? [] {
      guard let name = step["step"]?.string, let status = step["status"]?.string, status != "ok",
        status != "skipped"
      else { continue }
      lines.append("\(name) \(status): \(step["summary"]?.string ?? "")")
    }
    for probe in report["probes"]?.array ?? [] {
      guard probe["better"]?.bool == true else { continue }
      lines.append("tried \(probe["try"]?.string ?? ""): \(probe["outcome"]?.string ?? "")")
    }
    if let idle = report["idle_probe"]?["summary"]?.string { lines.append("idle probe: \(idle)") }
    lines.append("verdict: \(verdict(report["verdict"]))")
    return lines
  }

  private static func verdict(_ verdict: JSONValue?) -> String {
    guard let verdict else { return "none, it was ended before" }
    if verdict["healthy"]?.bool == true { return "every step works" }
    let words = ["layer", "cause", "hint"].map { verdict[$0]?.string ?? "" }
    return "\(words[0]): \(words[1]) — \(words[2])"
  }
}
