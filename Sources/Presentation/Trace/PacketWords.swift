import MQTTPackets
import Text

/// The fields of a packet in one line: what matters first, names short, defaults left out.
enum PacketWords {
  static func text(_ fields: [Field]) -> String {
    fields.map(word).filter { !$0.isEmpty }.map { " " + $0 }.joined()
  }

  private static func word(_ field: Field) -> String {
    if field.isDamaged { return "[\(field.name): \(field.value)]" }
    if field.isSecret { return "\(field.name.lowercased()) ***" }
    switch field.name {
    case "Remaining Length", "Protocol Name", "Property Length": return ""
    case "Fixed Header", "Connect Flags", "Connect Acknowledge Flags", "Subscription Options":
      return flags(field)
    case "Protocol Version": return field.value.split(separator: ", ").last.map(String.init) ?? ""
    case "Packet Identifier": return "id \(field.value)"
    case "Topic Name", "Topic Filter": return quoted(field.value)
    case "Client Identifier": return "client \(quoted(field.value))"
    case "User Name": return "user \(quoted(field.value))"
    case "Keep Alive": return "keep-alive \(field.value)"
    case "Payload", "Will Payload": return payload(field)
    case "Will Topic": return "will \(quoted(field.value))"
    case "Requested QoS": return "q\(field.value.prefix(1))"
    case "Reason Code", "Return Code":
      // 0 is what everybody expects.
      return field.value.hasPrefix("0x00 ") ? String(field.value.dropFirst(5)) : field.value
    case "Properties", "Will Properties":
      let words = field.children.map(word).filter { !$0.isEmpty }
      return words.isEmpty ? "" : "{\(words.joined(separator: ", "))}"
    default: return "\(field.name) \(field.value)"
    }
  }

  private static func flags(_ field: Field) -> String {
    let hasWill = field.children.contains { $0.name == "Will Flag" && $0.value == "1" }
    return field.children.compactMap { bit -> String? in
      let isSet = bit.value != "0"
      switch bit.name {
      case "QoS", "Maximum QoS": return "q\(bit.value.prefix(1))"
      case "Will QoS": return hasWill ? "will q\(bit.value.prefix(1))" : nil
      case "Retain Handling": return bit.value.hasPrefix("0") ? nil : "retain-handling \(bit.value.prefix(1))"
      case "DUP": return isSet ? "dup" : nil
      case "RETAIN": return isSet ? "retain" : nil
      case "Clean Start", "Clean Session": return isSet ? "clean" : "resume"
      case "Will Retain", "No Local", "Retain As Published", "Session Present":
        return isSet ? bit.name.lowercased() : nil
      default: return nil
      }
    }.joined(separator: " ")
  }

  private static func payload(_ field: Field) -> String {
    let name = field.name.lowercased()
    return field.range.isEmpty ? "no \(name)" : "\(name) \(quoted(field.value))"
  }

  private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
