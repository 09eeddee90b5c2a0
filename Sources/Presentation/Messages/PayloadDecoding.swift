import MQTTPackets
import NIOCore
import Text

/// Which payloads are shown as the JSON that they stand for.
package enum PayloadDecoding: String, Equatable, Sendable, CaseIterable {
  /// By the content type of the message.
  case automatic = "auto"
  case none
  case json
  case cbor
  case messagePack = "msgpack"

  /// Larger payloads are not decoded: a value takes many times its bytes.
  package static let largestPayload = 4 << 20

  private enum Format {
    case json, cbor, messagePack
  }

  /// The document, or why there is none in words; nil where nothing is to be decoded.
  package func document(of message: borrowing Message) -> Result<JSONValue, DecodingProblem>? {
    guard let format = format(of: message), message.payload.readableBytes > 0 else { return nil }
    return message.payload.withUnsafeReadableBytes { bytes in
      switch format {
      case .json:
        do throws(JSONError) {
          return .success(try JSONParser.parse(bytes, limit: Self.largestPayload))
        } catch { return .failure(DecodingProblem(format: "JSON", reason: error.description)) }
      case .cbor:
        do throws(BinaryFormatError) {
          return .success(try CBOR.decode(bytes, limit: Self.largestPayload))
        } catch { return .failure(DecodingProblem(format: "CBOR", reason: error.description)) }
      case .messagePack:
        do throws(BinaryFormatError) {
          return .success(try MessagePack.decode(bytes, limit: Self.largestPayload))
        } catch { return .failure(DecodingProblem(format: "MessagePack", reason: error.description)) }
      }
    }
  }

  /// The document as JSON text; nil where there is none.
  package func documentText(of message: borrowing Message) -> [UInt8]? {
    guard self != .none, self != .json, case .success(let value)? = document(of: message) else { return nil }
    var text: [UInt8] = []
    value.append(to: &text)
    return text
  }

  private func format(of message: borrowing Message) -> Format? {
    switch self {
    case .none: return nil
    case .json: return .json
    case .cbor: return .cbor
    case .messagePack: return .messagePack
    case .automatic:
      guard !message.properties.isEmpty, let type = message.properties.contentType else { return nil }
      // Parameters follow a semicolon.
      switch type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() {
      case "application/cbor": return .cbor
      case "application/msgpack", "application/x-msgpack", "application/vnd.msgpack": return .messagePack
      default: return nil
      }
    }
  }
}

/// Why a payload is not what its content type or `--decode` says.
package struct DecodingProblem: Error, Equatable, Sendable {
  package let format: String
  package let reason: String

  /// `not CBOR: byte 5: the data ends too early`
  package var text: String { "not \(format): \(reason)" }
}
