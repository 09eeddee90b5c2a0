import NIOCore
import Testing

@testable import MQTTPackets

@Suite("Packets taken apart")
struct DissectorTests {
  private func dissected(
    _ bytes: [UInt8], _ version: ProtocolVersion, _ direction: PacketDecoder.Direction
  ) -> [Field] {
    var buffer = ByteBuffer(bytes: [0xFF, 0xFF] + bytes)
    buffer.moveReaderIndex(forwardBy: 2)
    return PacketDissector.fields(buffer, version: version, direction: direction)
  }

  /// One line a field, children indented: `4..<8 Topic Name=a/b`.
  private func lines(_ fields: [Field], _ indent: String = "") -> [String] {
    fields.flatMap { field in
      [
        "\(indent)\(field.range) \(field.name)=\(field.value)\(field.isSecret ? " secret" : "")"
          + (field.isDamaged ? " damaged \(field.rule ?? "")" : "")
      ]
        + lines(field.children, indent + "  ")
    }
  }

  // MARK: - Tables

  @Test func aConnect() {
    let body = "\"MQTT\" 05 F6 00 3C 05 11 00 00 00 0A \"c\" 05 18 00 00 00 07 \"w\" \"bye\" \"u\" \"pw\""
    let fields = dissected(wire(framed("10", body)), .v5, .toServer)
    #expect(
      lines(fields) == [
        "0..<1 Fixed Header=CONNECT", "  0..<1 Packet Type=CONNECT", "  0..<1 Flags=0x00",
        "1..<2 Remaining Length=40", "2..<8 Protocol Name=MQTT", "8..<9 Protocol Version=5, MQTT 5.0",
        "9..<10 Connect Flags=0xF6", "  9..<10 User Name Flag=1", "  9..<10 Password Flag=1",
        "  9..<10 Will Retain=1", "  9..<10 Will QoS=2, exactly once", "  9..<10 Will Flag=1",
        "  9..<10 Clean Start=1", "  9..<10 Reserved=0", "10..<12 Keep Alive=60 s",
        "12..<18 Properties=1 property", "  12..<13 Property Length=5",
        "  13..<18 Session Expiry Interval=10", "18..<21 Client Identifier=c",
        "21..<27 Will Properties=1 property", "  21..<22 Property Length=5",
        "  22..<27 Will Delay Interval=7", "27..<30 Will Topic=w", "30..<35 Will Payload=bye",
        "35..<38 User Name=u", "38..<42 Password=pw secret",
      ])
  }

  private static let packets: [(ProtocolVersion, PacketDecoder.Direction, String, [String])] = [
    (
      .v5, .toClient, framed("20", "01 00 03 22 00 0A"),
      [
        "2..<3 Connect Acknowledge Flags=0x01", "  2..<3 Session Present=1",
        "3..<4 Reason Code=0x00 Success",
        "4..<8 Properties=1 property", "  4..<5 Property Length=3", "  5..<8 Topic Alias Maximum=10",
      ]
    ),
    (
      .v3_1_1, .toClient, "20 02 00 05",
      [
        "2..<3 Connect Acknowledge Flags=0x00", "  2..<3 Session Present=0",
        "3..<4 Return Code=0x05 Connection Refused, not authorized",
      ]
    ),
    (
      .v5, .toClient, framed("3D", "\"a/b\" 00 07 06 26 \"k\" \"\" 'hi'"),
      [
        "2..<7 Topic Name=a/b", "7..<9 Packet Identifier=7", "9..<16 Properties=1 property",
        "  9..<10 Property Length=6", "  10..<16 User Property=k: ", "16..<18 Payload=hi",
      ]
    ),
    (.v3_1_1, .toServer, framed("30", "\"a\" FF 00"), ["2..<5 Topic Name=a", "5..<7 Payload=FF 00"]),
    (.v5, .toClient, "40 02 00 07", ["2..<4 Packet Identifier=7"]),
    (
      .v5, .toClient, "50 03 00 07 97",
      ["2..<4 Packet Identifier=7", "4..<5 Reason Code=0x97 Quota exceeded"]
    ),
    (
      .v5, .toServer, framed("82", "00 01 00 \"a/#\" 2D"),
      [
        "2..<4 Packet Identifier=1", "4..<5 Properties=0 properties", "  4..<5 Property Length=0",
        "5..<10 Topic Filter=a/#", "10..<11 Subscription Options=0x2D",
        "  10..<11 Retain Handling=2, do not send", "  10..<11 Retain As Published=1",
        "  10..<11 No Local=1",
        "  10..<11 Maximum QoS=1, at least once",
      ]
    ),
    (
      .v3_1_1, .toServer, framed("82", "00 01 \"a\" 02"),
      [
        "2..<4 Packet Identifier=1", "4..<7 Topic Filter=a", "7..<8 Requested QoS=2, exactly once",
      ]
    ),
    (
      .v5, .toClient, "90 05 00 01 00 02 87",
      [
        "2..<4 Packet Identifier=1", "4..<5 Properties=0 properties", "  4..<5 Property Length=0",
        "5..<6 Reason Code=0x02 Granted QoS 2", "6..<7 Reason Code=0x87 Not authorized",
      ]
    ),
    (.v3_1_1, .toClient, "B0 02 00 01", ["2..<4 Packet Identifier=1"]),
    (.v5, .toServer, "C0 00", []),
    (
      .v5, .toClient, framed("E0", "8B 00"),
      [
        "2..<3 Reason Code=0x8B Server shutting down", "3..<4 Properties=0 properties",
        "  3..<4 Property Length=0",
      ]
    ),
    (
      .v5, .toClient, framed("F0", "18 08 15 \"m\" 16 \"s\""),
      [
        "2..<3 Reason Code=0x18 Continue authentication", "3..<12 Properties=2 properties",
        "  3..<4 Property Length=8", "  4..<8 Authentication Method=m",
        "  8..<12 Authentication Data=s secret",
      ]
    ),
    (
      .v3_1_1, .toServer, framed("10", "\"MQTT\" 04 C2 00 0A \"c\" \"u\" \"pw\""),
      [
        "2..<8 Protocol Name=MQTT", "8..<9 Protocol Version=4, MQTT 3.1.1", "9..<10 Connect Flags=0xC2",
        "  9..<10 User Name Flag=1", "  9..<10 Password Flag=1", "  9..<10 Will Retain=0",
        "  9..<10 Will QoS=0, at most once", "  9..<10 Will Flag=0", "  9..<10 Clean Session=1",
        "  9..<10 Reserved=0", "10..<12 Keep Alive=10 s", "12..<15 Client Identifier=c",
        "15..<18 User Name=u", "18..<22 Password=pw secret",
      ]
    ),
    (
      .v5, .toServer, framed("10", "\"MQTT\" 05 02 00 00 00 \"\""),
      [
        "2..<8 Protocol Name=MQTT", "8..<9 Protocol Version=5, MQTT 5.0", "9..<10 Connect Flags=0x02",
        "  9..<10 User Name Flag=0", "  9..<10 Password Flag=0", "  9..<10 Will Retain=0",
        "  9..<10 Will QoS=0, at most once", "  9..<10 Will Flag=0", "  9..<10 Clean Start=1",
        "  9..<10 Reserved=0", "10..<12 Keep Alive=0 s", "12..<13 Properties=0 properties",
        "  12..<13 Property Length=0", "13..<15 Client Identifier=",
      ]
    ),
    (.v3_1_1, .toClient, "40 02 00 07", ["2..<4 Packet Identifier=7"]),
    (.v3_1_1, .toClient, "50 02 00 07", ["2..<4 Packet Identifier=7"]),
    (.v3_1_1, .toServer, "62 02 00 07", ["2..<4 Packet Identifier=7"]),
    (.v3_1_1, .toClient, "70 02 00 07", ["2..<4 Packet Identifier=7"]),
    (
      .v5, .toServer, framed("62", "00 07 92 04 1F \"x\""),
      [
        "2..<4 Packet Identifier=7", "4..<5 Reason Code=0x92 Packet identifier not found",
        "5..<10 Properties=1 property", "  5..<6 Property Length=4", "  6..<10 Reason String=x",
      ]
    ),
    (
      .v5, .toClient, "70 03 00 07 00",
      ["2..<4 Packet Identifier=7", "4..<5 Reason Code=0x00 Success"]
    ),
    (
      .v3_1_1, .toClient, "90 04 00 01 02 80",
      [
        "2..<4 Packet Identifier=1", "4..<5 Return Code=0x02 Granted QoS 2",
        "5..<6 Return Code=0x80 Failure",
      ]
    ),
    (
      .v3_1_1, .toServer, framed("A2", "00 01 \"a\" \"b/#\""),
      ["2..<4 Packet Identifier=1", "4..<7 Topic Filter=a", "7..<12 Topic Filter=b/#"]
    ),
    (
      .v5, .toServer, framed("A2", "00 01 00 \"a\""),
      [
        "2..<4 Packet Identifier=1", "4..<5 Properties=0 properties", "  4..<5 Property Length=0",
        "5..<8 Topic Filter=a",
      ]
    ),
    (
      .v5, .toClient, "B0 05 00 01 00 00 11",
      [
        "2..<4 Packet Identifier=1", "4..<5 Properties=0 properties", "  4..<5 Property Length=0",
        "5..<6 Reason Code=0x00 Success", "6..<7 Reason Code=0x11 No subscription found",
      ]
    ),
    (.v3_1_1, .toServer, "C0 00", []), (.v3_1_1, .toClient, "D0 00", []), (.v5, .toClient, "D0 00", []),
    (.v3_1_1, .toServer, "E0 00", []), (.v5, .toServer, "E0 00", []),
  ]

  @Test(arguments: packets)
  func bodies(
    _ version: ProtocolVersion, _ direction: PacketDecoder.Direction, _ bytes: String, _ expected: [String]
  ) {
    let all = lines(dissected(wire(bytes), version, direction))
    let body = all.drop { !$0.contains("Remaining Length") }.dropFirst()
    #expect(Array(body) == expected)
  }

  @Test(arguments: ProtocolVersion.allCases) func noTypeIsLeftOut(_ version: ProtocolVersion) {
    let found = Set(
      Self.packets.filter { $0.0 == version }.compactMap { PacketType(rawValue: wire($0.2)[0] >> 4) })
    #expect(found == Set(PacketType.allCases.filter { version == .v5 || $0 != .auth }))
  }

  @Test func theWholePacketIsNotNeeded() {
    let whole = wire(framed("32", "\"a\" 00 01 00 'a long message'"))
    let fields = dissected(Array(whole.dropLast(10)), .v5, .toServer)
    #expect(lines(fields).last == "8..<12 Payload=a lo")
    #expect(lines(dissected([0x10, 0x20, 0, 4, 0x4D], .v5, .toServer)).last == "2..<5 Rest=3 bytes secret")
  }

  // MARK: - Damage

  @Test func damageIsWhereTheDecoderSeesIt() {
    let fields = dissected(wire(framed("32", "\"a/b\" 00 00 00 'hi'")), .v5, .toServer)
    #expect(
      lines(fields).suffix(3) == [
        "2..<7 Topic Name=a/b", "7..<8 Packet Identifier=is 0 damaged [MQTT-2.2.1-3]",
        "8..<12 Not Decoded=4 bytes",
      ])
  }

  @Test func aDamagedConnectKeepsItsSecrets() {
    let fields = dissected(
      wire(framed("10", "\"MQTT\" 04 C2 00 3C \"c\" 00 09 'u' \"canary\"")), .v3_1_1, .toServer)
    #expect(fields.last?.isSecret == true)
    #expect(!lines(fields).joined().contains("canary"))
  }

  private static let vectors =
    connectionVectors + publishVectors + subscriptionVectors + framingVectors

  /// Every vector of the decoder: accepted and refused alike, with the same rule.
  @Test(arguments: vectors) func theVerdictIsTheDecoders(_ vector: Vector) throws {
    let fields = dissected(vector.bytes, vector.version, vector.direction)
    let damaged = Self.flat(fields).filter(\.isDamaged)
    switch vector.meaning {
    case .packet: #expect(damaged.isEmpty)
    case .error(_, let field, _, let rule):
      #expect(damaged.map(\.name) == [field])
      #expect(damaged.map(\.rule) == [rule])
    }
  }

  // MARK: - Properties

  private static func flat(_ fields: [Field]) -> [Field] { fields.flatMap { [$0] + flat($0.children) } }

  private static func tiles(_ fields: [Field], _ range: Range<Int>) -> Bool {
    var next = range.lowerBound
    for field in fields {
      guard field.range.lowerBound == next else { return false }
      next = field.range.upperBound
    }
    return next == range.upperBound
  }

  @Test(arguments: ProtocolVersion.allCases, PacketType.allCases)
  func randomPacketsAreTiled(_ version: ProtocolVersion, _ type: PacketType) throws {
    var random = SeededGenerator(UInt64(type.rawValue) << 8 | UInt64(version.rawValue))
    for _ in 0..<100 {
      guard let packet = random.packet(type, version) else { continue }
      let bytes = try encoded(packet, version)
      for direction in [PacketDecoder.Direction.toClient, .toServer] {
        let fields = dissected(bytes, version, direction)
        let isLegal = (try? PacketDecoder(version: version, direction: direction).packet(bytes)) != nil
        #expect(Self.tiles(fields, 0..<bytes.count))
        let all = Self.flat(fields)
        #expect(all.contains(where: \.isDamaged) != isLegal)
        for list in all where list.children.first?.name == "Property Length" {
          #expect(Self.tiles(list.children, list.range))
        }
        if isLegal {
          #expect(!all.contains { $0.name == "Not Decoded" || $0.name == "Rest" })
          #expect(all.allSatisfy { $0.rule != nil })
        }
      }
    }
  }

  @Test(arguments: ProtocolVersion.allCases, 0..<4)
  func damageAtRandomIsTiledAndJudgedAlike(_ version: ProtocolVersion, _ seed: Int) throws {
    var random = SeededGenerator(UInt64(seed) &+ 1000)
    for _ in 0..<500 {
      let types = PacketType.allCases
      let type = types[Int.random(in: types.indices, using: &random)]
      guard let packet = random.packet(type, version) else { continue }
      var bytes = try encoded(packet, version)
      guard bytes.count < 1000 else { continue }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = UInt8.random(in: 0...255, using: &random)
      for direction in [PacketDecoder.Direction.toClient, .toServer] {
        let decoder = PacketDecoder(version: version, direction: direction)
        let fields = dissected(bytes, version, direction)
        let damaged = Self.flat(fields).filter(\.isDamaged)
        do throws(DecodeError) {
          let end = try decoder.packet(bytes).map { $0.1 } ?? bytes.count
          #expect(damaged.isEmpty)
          #expect(Self.tiles(fields, 0..<end))
        } catch {
          #expect(damaged.map(\.rule) == [error.rule], "\(lines(fields))")
          #expect(Self.tiles(fields, 0..<(fields.last?.range.upperBound ?? -1)))
        }
      }
    }
  }
}
