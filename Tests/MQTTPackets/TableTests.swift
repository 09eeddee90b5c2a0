import MQTTPackets
import NIOCore
import Testing

@Suite("Tables of properties and reason codes, against the specification's as text")
struct TableTests {
  /// Identifier, value on the wire, and who may carry it.
  static let properties: [(id: UInt8, value: String, where: String)] = [
    (0x01, "01", "PUBLISH WILL"), (0x02, "00000001", "PUBLISH WILL"), (0x03, "\"t\"", "PUBLISH WILL"),
    (0x08, "\"t\"", "PUBLISH WILL"), (0x09, "000100", "PUBLISH WILL"), (0x0B, "01", "PUBLISH SUBSCRIBE"),
    (0x11, "00000001", "CONNECT CONNACK DISCONNECT"), (0x12, "\"t\"", "CONNACK"), (0x13, "0001", "CONNACK"),
    (0x15, "\"t\"", "CONNECT CONNACK AUTH"), (0x16, "000100", "CONNECT CONNACK AUTH"),
    (0x17, "01", "CONNECT"),
    (0x18, "00000001", "WILL"), (0x19, "01", "CONNECT"), (0x1A, "\"t\"", "CONNACK"),
    (0x1C, "\"t\"", "CONNACK DISCONNECT"),
    (0x1F, "\"t\"", "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"),
    (0x21, "0001", "CONNECT CONNACK"), (0x22, "0001", "CONNECT CONNACK"), (0x23, "0001", "PUBLISH"),
    (0x24, "01", "CONNACK"), (0x25, "01", "CONNACK"),
    (
      0x26, "\"k\"\"v\"",
      "CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH WILL"
    ),
    (0x27, "00000001", "CONNECT CONNACK"), (0x28, "01", "CONNACK"), (0x29, "01", "CONNACK"),
    (0x2A, "01", "CONNACK"),
  ]

  /// A packet around properties; `PROPERTIES` becomes their length and bytes.
  static let carriers: [(name: String, direction: PacketDecoder.Direction, first: String, body: String)] = [
    ("CONNECT", .toServer, "10", "\"MQTT\" 05 02 0000 PROPERTIES \"\""),
    ("WILL", .toServer, "10", "\"MQTT\" 05 06 0000 00 \"\" PROPERTIES \"w\" \"\""),
    ("CONNACK", .toClient, "20", "00 00 PROPERTIES"), ("PUBLISH", .toClient, "30", "\"a\" PROPERTIES"),
    ("PUBACK", .toClient, "40", "0001 00 PROPERTIES"), ("PUBREC", .toClient, "50", "0001 00 PROPERTIES"),
    ("PUBREL", .toClient, "62", "0001 00 PROPERTIES"), ("PUBCOMP", .toClient, "70", "0001 00 PROPERTIES"),
    ("SUBSCRIBE", .toServer, "82", "0001 PROPERTIES \"a\" 00"),
    ("SUBACK", .toClient, "90", "0001 PROPERTIES 00"),
    ("UNSUBSCRIBE", .toServer, "A2", "0001 PROPERTIES \"a\""),
    ("UNSUBACK", .toClient, "B0", "0001 PROPERTIES 00"),
    ("DISCONNECT", .toServer, "E0", "00 PROPERTIES"), ("AUTH", .toServer, "F0", "18 PROPERTIES"),
  ]

  private func decode(
    _ carrier: (name: String, direction: PacketDecoder.Direction, first: String, body: String),
    _ properties: String
  ) throws(DecodeError) -> Packet? {
    let length = String(wire(properties).count, radix: 16)
    let body = carrier.body.replacing("PROPERTIES", with: (length.count < 2 ? "0" : "") + length + properties)
    return try PacketDecoder(version: .v5, direction: carrier.direction)
      .packet(wire(framed(carrier.first, body)))?.0
  }

  @Test func everyPropertyInEveryPacket() throws {
    #expect(Self.properties.map(\.id) == Property.Identifier.allCases.map(\.rawValue))
    for carrier in Self.carriers {
      // Data never goes without a method, and AUTH never without one either.
      for property in Self.properties {
        let needsMethod = ["CONNECT", "AUTH"].contains(carrier.name) && property.id != 0x15
        let method = needsMethod ? "15\"m\"" : ""
        let digits = String(property.id, radix: 16)
        let text = method + (digits.count < 2 ? "0" : "") + digits + property.value
        let identifier = try #require(Property.Identifier(rawValue: property.id))
        let isAllowed = property.where.split(separator: " ").contains { $0 == carrier.name }
        if isAllowed {
          #expect(throws: Never.self, "\(identifier) in \(carrier.name)") { try decode(carrier, text) }
          let twice = text + text.dropFirst(method.count)
          let mayRepeat = property.id == 0x26 || (property.id == 0x0B && carrier.name == "PUBLISH")
          if mayRepeat {
            #expect(throws: Never.self) { try decode(carrier, twice) }
          } else {
            let error = #expect(throws: DecodeError.self) { try decode(carrier, twice) }
            #expect(error?.kind == .protocolError)
            #expect(error?.field == identifier.name)
          }
        } else {
          let error = #expect(throws: DecodeError.self) { try decode(carrier, text) }
          #expect(error?.kind == .malformed)
          #expect(error?.field == identifier.name)
        }
      }
    }
  }

  @Test(arguments: [
    ("CONNECT", "210000", "Receive Maximum"), ("CONNACK", "210000", "Receive Maximum"),
    ("CONNECT", "2700000000", "Maximum Packet Size"), ("CONNACK", "2402", "Maximum QoS"),
    ("CONNACK", "2502", "Retain Available"), ("CONNECT", "1702", "Request Problem Information"),
    ("CONNECT", "19FF", "Request Response Information"),
    ("CONNACK", "2802", "Wildcard Subscription Available"),
    ("CONNACK", "2902", "Subscription Identifier Available"),
    ("CONNACK", "2A02", "Shared Subscription Available"),
    ("WILL", "0102", "Payload Format Indicator"), ("SUBSCRIBE", "0B00", "Subscription Identifier"),
  ])
  func valuesOutOfRange(_ name: String, _ properties: String, _ field: String) throws {
    let carrier = try #require(Self.carriers.first { $0.name == name })
    let error = #expect(throws: DecodeError.self) { try decode(carrier, properties) }
    #expect(error?.kind == .protocolError)
    #expect(error?.field == field)
    #expect(error?.rule.hasPrefix("MQTT 5.0 3.") == true)
  }

  @Test func typesOfValues() {
    for identifier in Property.Identifier.allCases {
      let isString = Self.properties.first { $0.id == identifier.rawValue }?.value == "\"t\""
      #expect((identifier.valueType == .string) == isString)
    }
  }

  /// The codes each packet may carry, from section 2.4 and those of the single packets.
  static let codes: [(first: String, prefix: String, suffix: String, codes: [UInt8])] = [
    (
      "20", "00", "00",
      [0] + Array(0x80...0x8A) + [0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F]
    ),
    ("40", "0001", "", [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
    ("50", "0001", "", [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
    ("62", "0001", "", [0, 0x92]), ("70", "0001", "", [0, 0x92]),
    ("90", "0001 00", "", [0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2]),
    ("B0", "0001 00", "", [0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91]),
    (
      "E0", "", "",
      [0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90] + Array(0x93...0xA2)
    ),
    ("F0", "", "04 15\"m\"", [0, 0x18]),
  ]

  @Test func everyReasonCodeInEveryPacketOfAServer() {
    let decoder = PacketDecoder(version: .v5, direction: .toClient)
    for packet in Self.codes {
      for code in UInt8.min...UInt8.max {
        let hex = (code < 16 ? "0" : "") + String(code, radix: 16)
        let bytes = wire(framed(packet.first, packet.prefix + hex + packet.suffix))
        if packet.codes.contains(code) {
          #expect(throws: Never.self, "\(packet.first) \(hex)") { try decoder.packet(bytes) }
        } else {
          let error = #expect(throws: DecodeError.self, "\(packet.first) \(hex)") {
            try decoder.packet(bytes)
          }
          #expect(error?.kind == .protocolError)
          #expect(error?.field == "Reason Code")
        }
      }
    }
  }

  @Test func codesOnlyAServerMayEndWith() {
    let server = PacketDecoder(version: .v5, direction: .toServer)
    let serverOnly: [UInt8] = [
      0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
    ]
    for code in UInt8.min...UInt8.max where ReasonCode(rawValue: code).isAllowed(in: .disconnect) {
      if serverOnly.contains(code) {
        #expect(throws: DecodeError.self) { try server.packet([0xE0, 1, code]) }
      } else {
        #expect(throws: Never.self) { try server.packet([0xE0, 1, code]) }
      }
    }
  }
}
