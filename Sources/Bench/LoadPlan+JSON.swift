import Text

extension LoadPlan {
  /// As the document shows it.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("publishers", .number(publishers)), .init("subscribers", .number(subscribers)),
      .init("both", .number(echoing)), .init("connections", .number(idle)),
      .init("routing", .string(routing.rawValue)),
    ]
    switch pacing {
    case .open(let rate):
      members += [
        .init("pacing", .string("open")), .init("rate", .number(totalRate ?? 0)),
        .init("rate_per_client", .bool(rate.isPerClient)), .init("arrival", .string(arrival.rawValue)),
        .init("group", .number(Schedule.group(arrival, rate: totalRate ?? 0))),
        .init("in_flight", windowValue),
      ]
    case .closed(let window):
      members += [.init("pacing", .string("closed")), .init("in_flight", .number(window))]
    case .flatOut: members.append(.init("pacing", .string("flat-out")))
    }
    members += [
      .init("duration_s", duration.map { .number($0.inSeconds) } ?? .null),
      .init("messages", messages.map { .number(Int(clamping: $0)) } ?? .null),
      .init("connect_rate", .number(connectRate)), .init("warm_up_s", .number(warmUp.inSeconds)),
      .init("trim_s", .number(trim.inSeconds)), .init("topic", .string(topic.text)),
      .init("topics", .number(topicsPerClient)), .init("payload_bytes", payloadValue),
      .init("header", .bool(hasHeader)), .init("qos", .number(Int(qos))), .init("retain", .bool(retain)),
      .init("properties", .number(publishProperties.elements.count)),
    ]
    return .object(members)
  }

  private var windowValue: JSONValue {
    switch window {
    case .adaptive: .string("adaptive")
    case .fixed(let size): .number(size)
    case .unlimited: .null
    }
  }

  private var payloadValue: JSONValue {
    switch payload {
    case .fixed(let size): .number(size)
    case .range(let sizes): .string("\(sizes.lowerBound)-\(sizes.upperBound)")
    case .bytes(let bytes): .number(bytes.count + (hasHeader ? PayloadHeader.length : 0))
    case .template: .null
    }
  }
}

extension JSONValue {
  static func number(_ value: Int) -> JSONValue {
    .number(Number(text: String(value), double: Double(value)))
  }

  static func number(_ value: Double) -> JSONValue {
    value.isFinite ? .number(Number(text: value.description, double: value)) : .null
  }
}
