/// Blocks of pcapng: a section, two interfaces, and packets with their time in nanoseconds.
///
/// See https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html; all numbers little-endian.
struct PacketCapture {
  enum Interface: UInt32, CaseIterable {
    /// IPv4 and IPv6 packets without a link layer: LINKTYPE_RAW.
    case conversation = 0
    /// One MQTT packet each, with the name of its dissector: LINKTYPE_WIRESHARK_UPPER_PDU.
    case packets = 1

    var linkType: UInt16 { self == .conversation ? 101 : 252 }
    var name: String { self == .conversation ? "conversation" : "mqtt" }
  }

  /// Readers refuse more in one block.
  static let maximumLength = 262_144

  static func header(application: String) -> [UInt8] {
    var section: [UInt8] = []
    section.append(little: 0x1A2B_3C4D as UInt32)
    section.append(little: 1 as UInt16)
    section.append(little: 0 as UInt16)
    section.append(little: UInt64.max)
    section.append(option: 4, Array(application.utf8))
    section.append(option: 0, [])
    var bytes = block(0x0A0D_0D0A, section)
    for interface in Interface.allCases {
      var body: [UInt8] = []
      body.append(little: interface.linkType)
      body.append(little: 0 as UInt16)
      body.append(little: UInt32(maximumLength))
      body.append(option: 2, Array(interface.name.utf8))
      // Times are in units of 10^-9 s.
      body.append(option: 9, [9])
      body.append(option: 0, [])
      bytes += block(1, body)
    }
    return bytes
  }

  /// - Parameter length: of the packet, when `data` is only its beginning.
  static func packet(
    _ data: [UInt8], length: Int? = nil, on interface: Interface, at time: WallTime, comment: String? = nil
  ) -> [UInt8] {
    let kept = data.prefix(maximumLength)
    let nanoseconds = UInt64(max(time.nanoseconds, 0))
    var body: [UInt8] = []
    body.append(little: interface.rawValue)
    body.append(little: UInt32(nanoseconds >> 32))
    body.append(little: UInt32(truncatingIfNeeded: nanoseconds))
    body.append(little: UInt32(kept.count))
    body.append(little: UInt32(clamping: max(length ?? 0, data.count)))
    body += kept
    body.pad()
    if let comment {
      body.append(option: 1, Array(comment.utf8.prefix(1024)))
      body.append(option: 0, [])
    }
    return block(6, body)
  }

  private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    let length = UInt32(body.count + 12)
    bytes.append(little: type)
    bytes.append(little: length)
    bytes += body
    bytes.append(little: length)
    return bytes
  }
}

extension [UInt8] {
  mutating func append(little value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append(big value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// To a multiple of four bytes.
  mutating func pad() {
    while count % 4 != 0 { append(0) }
  }

  fileprivate mutating func append(option code: UInt16, _ value: [UInt8]) {
    append(little: code)
    append(little: UInt16(clamping: value.count))
    self += value
    pad()
  }
}
