/// Where and why bytes are not CBOR or MessagePack.
package struct BinaryFormatError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    case unexpectedEnd
    /// A first byte that the format has no meaning for.
    case reserved(UInt8)
    /// The end of something of unknown length, where nothing such is open.
    case unexpectedBreak
    /// A part of a string of unknown length that is no string of that kind.
    case badChunk
    /// A map whose last key has no value.
    case missingValue
    /// A tag or extension whose content is not what it has to be.
    case badContent(String)
    case trailingBytes
  }

  package let reason: Reason
  /// From 0.
  package let offset: Int
}

extension BinaryFormatError: CustomStringConvertible {
  /// `byte 5: the data ends too early`, counted from 0 as dumps do.
  package var description: String { "byte \(offset): \(reason)" }
}

extension BinaryFormatError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .unexpectedEnd: "the data ends too early"
    case .reserved(let byte): "nothing begins with 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
    case .unexpectedBreak: "a break where nothing is open"
    case .badChunk: "a part of a string is of another type"
    case .missingValue: "a key without a value"
    case .badContent(let what): "not the content of \(what)"
    case .trailingBytes: "bytes after the end of the value"
    }
  }
}
