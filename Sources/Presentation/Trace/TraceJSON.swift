import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Text
import WebSocketTransport

/// The trace for programs: one JSON object a line, all that `-dd` shows, with the same numbers.
package struct TraceJSON {
  private let clockOffset: Int64
  private let words: TraceWords
  private var readers = WireReaders()
  private var echoes: [Int: EchoMask] = [:]
  private var items: [WireItem] = []

  package init(monotonic: MonotonicTime, wall: WallTime) {
    clockOffset = wall.nanoseconds - Int64(clamping: monotonic.nanoseconds)
    words = TraceWords(level: 2, wall: wall, isUnicode: true)
  }

  /// - Parameter source: which of several connections that live side by side it is about.
  package mutating func append(_ event: TraceEvent, from source: Int = 0, to output: inout [UInt8]) {
    items.removeAll(keepingCapacity: true)
    readers.read(echoes[source, default: EchoMask()].pass(event), from: source, into: &items)
    for item in items {
      output += object(item)
      output.append(0x0A)
    }
  }

  private func object(_ item: WireItem) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("number", item.number)
    writer.field("time_ns", Int(Int64(clamping: item.time.nanoseconds) &+ clockOffset))
    writer.field("connection", item.connection)
    let lines = words.lines(item)
    if let first = lines.first {
      writer.field("layer", first.layer)
      writer.field("mark", first.mark.sign)
      // The lines themselves, secrets masked.
      writer.field("text", first.text)
      if lines.count > 1 {
        writer.key("more")
        writer.beginArray()
        for line in lines.dropFirst() { writer.value(line.text) }
        writer.endArray()
      }
    }
    switch item.kind {
    case .frame(let frame): add(frame, &writer)
    case .packet(let packet): add(packet, &writer)
    case .rejected(let rejection): add(rejection, &writer)
    case .transport, .state: break
    }
    writer.endObject()
    return writer.bytes
  }

  private func add(_ frame: WireFrame, _ writer: inout JSONWriter) {
    writer.key("frame")
    writer.beginObject()
    writer.field("direction", frame.direction.name)
    writer.field("opcode", frame.header.opcode.name)
    writer.field("fin", frame.header.fin)
    writer.field("masked", frame.header.mask != nil)
    writer.field("length", frame.header.payloadLength)
    writer.field("header", TraceWords.hex(frame.headerBytes, separator: ""))
    writer.endObject()
  }

  private func add(_ packet: WirePacket, _ writer: inout JSONWriter) {
    writer.key("packet")
    writer.beginObject()
    writer.field("direction", packet.direction.name)
    writer.field("type", packet.type.name)
    writer.field("length", packet.length)
    if let frames = packet.frames {
      writer.field("first_frame", frames.first)
      writer.field("last_frame", frames.last)
      writer.field("frames", frames.count)
    }
    if let answer = packet.answers {
      writer.field("answers", answer.number)
      writer.field("round_trip_us", answer.roundTrip / .microseconds(1))
      writer.field("exchange", answer.first)
      writer.field("exchange_us", answer.total / .microseconds(1))
    }
    add(packet.fields, &writer)
    writer.endObject()
  }

  private func add(_ rejection: WireRejection, _ writer: inout JSONWriter) {
    writer.key("rejected")
    writer.beginObject()
    writer.field("direction", rejection.direction.name)
    writer.field("rule", rejection.rule)
    if case .decode(let error) = rejection.error { writer.field("offset", error.offset) }
    let fields = rejection.fields
    if !fields.isEmpty { add(fields, &writer) }
    writer.endObject()
  }

  private func add(_ fields: [Field], _ writer: inout JSONWriter) {
    writer.key("fields")
    writer.beginArray()
    for field in fields { add(field, &writer) }
    writer.endArray()
  }

  private func add(_ field: Field, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("name", field.name)
    if field.isSecret { writer.field("secret", true) } else { writer.field("value", field.value) }
    writer.field("offset", field.range.lowerBound)
    writer.field("length", field.range.count)
    if let rule = field.rule { writer.field("rule", rule) }
    if field.isDamaged { writer.field("damaged", true) }
    if !field.children.isEmpty, !field.isSecret { add(field.children, &writer) }
    writer.endObject()
  }
}

extension TraceEvent.Direction {
  fileprivate var name: String { self == .sent ? "sent" : "received" }
}
