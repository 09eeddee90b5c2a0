import MQTTPackets
import NIOCore
import Testing

/// One packet on the wire and what it means: the record that drives every codec test.
struct Vector: Sendable, CustomTestStringConvertible {
  enum Meaning: Sendable {
    /// `isCanonical`: the encoder writes exactly these bytes for it.
    case packet(Packet, isCanonical: Bool)
    case error(DecodeError.Kind, field: String, offset: Int, rule: String)
  }

  let name: String
  let bytes: [UInt8]
  let version: ProtocolVersion
  let direction: PacketDecoder.Direction
  let meaning: Meaning

  var testDescription: String { "\(version) \(direction) \(name)" }
  var decoder: PacketDecoder { PacketDecoder(version: version, direction: direction) }

  /// Bytes that mean `packet`, and that it is written as unless it is `lenient`.
  static func good(
    _ version: ProtocolVersion, _ direction: PacketDecoder.Direction, _ name: String, _ bytes: String,
    _ packet: Packet, lenient: Bool = false
  ) -> Vector {
    Vector(
      name: name, bytes: wire(bytes), version: version, direction: direction,
      meaning: .packet(packet, isCanonical: !lenient))
  }

  static func bad(
    _ version: ProtocolVersion, _ direction: PacketDecoder.Direction, _ name: String, _ bytes: String,
    _ kind: DecodeError.Kind, _ field: String, _ offset: Int, _ rule: String
  ) -> Vector {
    Vector(
      name: name, bytes: wire(bytes), version: version, direction: direction,
      meaning: .error(kind, field: field, offset: offset, rule: rule))
  }
}

/// Bytes from a notation for people: hex digits, `'text'` for its UTF-8, `"text"` with its two-byte
/// length in front; blanks do not count.
func wire(_ notation: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var digits: [UInt8] = []
  var rest = Substring(notation)
  while let character = rest.popFirst() {
    if character == "'" || character == "\"" {
      let text = rest.prefix { $0 != character }
      rest = rest.dropFirst(text.count + 1)
      if character == "\"" { bytes += [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xFF)] }
      bytes += text.utf8
    } else if let digit = character.hexDigitValue {
      digits.append(UInt8(digit))
      if digits.count == 2 {
        bytes.append(digits[0] << 4 | digits[1])
        digits = []
      }
    } else {
      precondition(character == " " && digits.isEmpty, "bad notation: \(notation)")
    }
  }
  precondition(digits.isEmpty, "odd number of digits: \(notation)")
  return bytes
}

/// A packet of that first byte with a body in the notation of `wire`: saves counting its length.
func framed(_ first: String, _ body: String) -> String {
  let length = remainingLength(wire(body).count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
  return "\(first) \(length.joined()) \(body)"
}

/// The shortest encoding of a remaining length.
func remainingLength(_ value: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = value
  repeat {
    bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
    rest >>= 7
  } while rest > 0
  return bytes
}

extension PacketDecoder {
  /// The packet at `offset`, or nil when the bytes do not hold all of it.
  func packet(_ bytes: [UInt8], at offset: Int = 0) throws(DecodeError) -> (Packet, length: Int)? {
    // Bytes in front of the packet, read and unread, must not matter.
    var buffer = ByteBuffer(bytes: [0xFF, 0xFF, 0xFF] + bytes)
    buffer.moveReaderIndex(forwardBy: 2)
    guard let header = try header(bytes, offset), header.totalLength <= bytes.count - offset else {
      return nil
    }
    return (try decode(header, in: buffer, at: 3 + offset), header.totalLength)
  }

  func header(_ bytes: [UInt8], _ offset: Int = 0) throws(DecodeError) -> PacketHeader? {
    try ByteBuffer(bytes: bytes).withUnsafeReadableBytes { (bytes) throws(DecodeError) in
      try header(bytes, at: offset)
    }
  }
}

func encoded(_ packet: Packet, _ version: ProtocolVersion) throws(EncodeError) -> [UInt8] {
  var buffer = ByteBuffer(bytes: [1, 2, 3])
  try packet.encode(version, into: &buffer)
  return Array(buffer.readableBytesView.dropFirst(3))
}
