/// What a frame is, RFC 6455 5.2. The opcodes that are missing here are reserved.
package enum FrameOpcode: UInt8, Sendable, CaseIterable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  @inlinable package var isControl: Bool { rawValue & 0x8 != 0 }

  /// As a trace writes it: `BINARY`, `PING`.
  package var name: String {
    switch self {
    case .continuation: "CONT"
    case .text: "TEXT"
    case .binary: "BINARY"
    case .close: "CLOSE"
    case .ping: "PING"
    case .pong: "PONG"
    }
  }
}
