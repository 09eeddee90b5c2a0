import MQTTPackets
import NIOCore
import Testing

@Suite("Every vector, whole, byte by byte, cut short and with more behind it")
struct VectorTests {
  static let all = connectionVectors + publishVectors + subscriptionVectors + framingVectors
  static let good = all.filter { if case .packet = $0.meaning { true } else { false } }
  static let bad = all.filter { if case .error = $0.meaning { true } else { false } }

  private func expected(_ vector: Vector) throws -> (packet: Packet, isCanonical: Bool) {
    guard case .packet(let packet, let isCanonical) = vector.meaning else {
      throw Misuse.notGood
    }
    return (packet, isCanonical)
  }
  private enum Misuse: Error { case notGood }

  @Test(arguments: good) func encode(_ vector: Vector) throws {
    let (packet, isCanonical) = try expected(vector)
    let bytes = try encoded(packet, vector.version)
    #expect(packet.encodedLength(vector.version) == bytes.count)
    if isCanonical {
      #expect(bytes == vector.bytes)
    } else {
      let again = try #require(try vector.decoder.packet(bytes))
      #expect(again.0 == packet)
    }
  }

  @Test(arguments: good) func decodeWhole(_ vector: Vector) throws {
    let decoded = try #require(try vector.decoder.packet(vector.bytes))
    #expect(decoded.0 == (try expected(vector)).packet)
    #expect(decoded.length == vector.bytes.count)
  }

  @Test(arguments: good) func decodeByteByByte(_ vector: Vector) throws {
    let header = try #require(try vector.decoder.header(vector.bytes))
    #expect(header.totalLength == vector.bytes.count)
    for count in vector.bytes.indices {
      let begun = try vector.decoder.header(Array(vector.bytes.prefix(count)))
      #expect(begun == (count < header.length ? nil : header))
    }
    // A packet that is not there in full is no matter of waiting for the body.
    let short = ByteBuffer(bytes: vector.bytes.dropLast())
    let error = #expect(throws: DecodeError.self) { try vector.decoder.decode(header, in: short, at: 0) }
    #expect(error?.kind == .malformed)
  }

  /// The frame ends in the midst of the body: an error, or a shorter packet that is complete.
  @Test(arguments: good) func cutShort(_ vector: Vector) throws {
    let header = try #require(try vector.decoder.header(vector.bytes))
    let body = vector.bytes.dropFirst(header.length)
    for count in 0..<body.count {
      let bytes = [vector.bytes[0]] + remainingLength(count) + body.prefix(count)
      do {
        let (packet, _) = try #require(try vector.decoder.packet(bytes))
        #expect(packet.type.canEndEarly)
        let again = try #require(try vector.decoder.packet(try encoded(packet, vector.version)))
        #expect(again.0 == packet)
      } catch let error as DecodeError {
        #expect(error.packet == header.type)
        #expect(error.offset <= bytes.count)
      }
    }
  }

  @Test(arguments: good) func moreBehind(_ vector: Vector) throws {
    let next: [UInt8] = vector.direction == .toClient ? [0xD0, 0] : [0xC0, 0]
    let both = vector.bytes + next
    let first = try #require(try vector.decoder.packet(both))
    #expect(first.0 == (try expected(vector)).packet)
    let second = try #require(try vector.decoder.packet(both, at: first.length))
    #expect(second.0 == (vector.direction == .toClient ? .pingResp : .pingReq))

    // Inside the remaining length more bytes are wrong, but for a payload.
    let header = try #require(try vector.decoder.header(vector.bytes))
    let longer =
      [vector.bytes[0]] + remainingLength(header.remainingLength + 1)
      + vector.bytes.dropFirst(header.length) + [0xFF]
    if header.type == .publish {
      #expect(throws: Never.self) { try vector.decoder.packet(longer) }
    } else {
      #expect(throws: DecodeError.self) { try vector.decoder.packet(longer) }
    }
  }

  @Test(arguments: bad) func reject(_ vector: Vector) throws {
    guard case .error(let kind, let field, let offset, let rule) = vector.meaning else { return }
    let error = try #require(throws: DecodeError.self) { try vector.decoder.packet(vector.bytes) }
    #expect(error.kind == kind)
    #expect(error.field == field)
    #expect(error.offset == offset)
    #expect(error.rule == rule)
    #expect(!error.detail.isEmpty)
    // However the bytes arrive, the fixed header tells the same story.
    for count in vector.bytes.indices {
      do {
        _ = try vector.decoder.header(Array(vector.bytes.prefix(count)))
      } catch let early {
        #expect(early == error)
      }
    }
  }
}

extension PacketType {
  /// Whether the packet may just stop: after a payload, a filter, a code or where defaults begin.
  fileprivate var canEndEarly: Bool {
    switch self {
    case .connect, .connAck, .pingReq, .pingResp: false
    default: true
    }
  }
}
