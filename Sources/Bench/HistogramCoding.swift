import Text

/// HdrHistogram's V2 encoding, compressed and in Base64, as its logs hold it: ZigZag LEB128 counts, runs of
/// zeros as negative numbers, in a zlib stream. Ours are stored blocks, which every inflater takes.
extension LatencyHistogram {
  private static let cookie: UInt32 = 0x1C84_9303 | 0x10
  /// Far from where 64 bits end, also after adding many.
  private static let mostCounted: UInt64 = 1 << 50
  private static let compressedCookie: UInt32 = 0x1C84_9304 | 0x10

  /// Not what this version writes, or damaged.
  package struct Unreadable: Error, Equatable {
    package let reason: String
  }

  package func encoded() -> String {
    let body = ZlibStored.compressed(plainEncoding())
    var bytes: [UInt8] = []
    bytes.append(bigEndian: Self.compressedCookie)
    bytes.append(bigEndian: UInt32(body.count))
    bytes += body
    var text: [UInt8] = []
    bytes.withUnsafeBytes { Base64.append($0, to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  private func plainEncoding() -> [UInt8] {
    var payload: [UInt8] = []
    var next = 0
    forEach { value, count in
      let index = Self.index(of: value)
      if index > next { payload.append(zigZag: -Int64(index - next)) }
      payload.append(zigZag: Int64(clamping: count))
      next = index + 1
    }
    var bytes: [UInt8] = []
    bytes.append(bigEndian: Self.cookie)
    bytes.append(bigEndian: UInt32(payload.count))
    bytes.append(bigEndian: UInt32(0))
    bytes.append(bigEndian: UInt32(Self.digits))
    bytes.append(bigEndian: Self.lowest)
    bytes.append(bigEndian: Self.highest)
    bytes.append(bigEndian: Double(1).bitPattern)
    return bytes + payload
  }

  package init(encoded text: String) throws(Unreadable) {
    guard let bytes = Base64.decode(text) else { throw Unreadable(reason: "no Base64") }
    var outer = ByteCursor(bytes)
    guard outer.uint32() == Self.compressedCookie, let length = outer.uint32(), length == outer.rest.count
    else { throw Unreadable(reason: "no compressed V2 histogram") }
    guard let plain = ZlibStored.decompressed(outer.rest) else {
      throw Unreadable(reason: "compressed otherwise than by mqttws, or damaged")
    }
    self.init()
    try read(ByteCursor(plain))
  }

  private mutating func read(_ cursor: ByteCursor) throws(Unreadable) {
    var cursor = cursor
    guard cursor.uint32() == Self.cookie, let length = cursor.uint32(), cursor.uint32() == 0,
      cursor.uint32() == UInt32(Self.digits), cursor.uint64() == Self.lowest,
      let highest = cursor.uint64(), highest <= Self.highest, cursor.uint64() != nil,
      length == cursor.rest.count
    else { throw Unreadable(reason: "a histogram of another range or precision") }
    let limit = Self.index(of: Self.highest)
    var index = 0
    while !cursor.rest.isEmpty {
      guard let number = cursor.zigZag(), number > -Int64(limit) - 2 else {
        throw Unreadable(reason: "damaged counts")
      }
      if number > 0 {
        guard index <= limit, self.count < Self.mostCounted, UInt64(number) < Self.mostCounted else {
          throw Unreadable(reason: "too many counts")
        }
        record(Self.value(at: index), count: UInt64(number))
      }
      index += number < 0 ? Int(-number) : 1
    }
  }

  // MARK: The layout of the counts, for 2048 steps a bucket and values from 1

  static func index(of value: UInt64) -> Int {
    let bucket = 53 - (value | 2047).leadingZeroBitCount
    return bucket << 10 + Int(value >> UInt64(bucket))
  }

  static func value(at index: Int) -> UInt64 {
    let bucket = max(index >> 10 - 1, 0)
    return UInt64(index - bucket << 10) << UInt64(bucket)
  }
}

/// The zlib format without compression (RFC 1950, and RFC 1951 3.2.4).
enum ZlibStored {
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(bytes.count, start + 0xFFFF)
      let length = UInt16(end - start)
      output.append(end == bytes.count ? 1 : 0)
      for half in [length, ~length] { output += [UInt8(half & 0xFF), UInt8(half >> 8)] }
      output += bytes[start..<end]
      start = end
    } while start < bytes.count
    output.append(bigEndian: adler32(bytes))
    return output
  }

  /// nil unless all blocks are stored ones and the checksum is right.
  static func decompressed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = bytes
    guard rest.count >= 2, rest.removeFirst() & 0x0F == 8 else { return nil }
    rest.removeFirst()
    var output: [UInt8] = []
    var isLast = false
    while !isLast {
      guard rest.count >= 5 else { return nil }
      let header = Array(rest.prefix(5))
      rest = rest.dropFirst(5)
      guard header[0] <= 1 else { return nil }
      isLast = header[0] == 1
      let length = Int(header[1]) | Int(header[2]) << 8
      guard length ^ 0xFFFF == Int(header[3]) | Int(header[4]) << 8, rest.count >= length else { return nil }
      output += rest.prefix(length)
      rest = rest.dropFirst(length)
    }
    var cursor = ByteCursor(Array(rest))
    return cursor.uint32() == adler32(output) ? output : nil
  }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}

/// Reads numbers off the front of bytes; nil at their end.
struct ByteCursor {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func uint32() -> UInt32? { take(4).map { UInt32(truncatingIfNeeded: $0) } }
  mutating func uint64() -> UInt64? { take(8) }

  private mutating func take(_ count: Int) -> UInt64? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Seven bits a byte, the ninth byte whole.
  mutating func zigZag() -> Int64? {
    var value: UInt64 = 0
    for position in 0..<9 {
      guard let byte = rest.popFirst() else { return nil }
      if position == 8 {
        value |= UInt64(byte) << 56
        break
      }
      value |= UInt64(byte & 0x7F) << UInt64(7 * position)
      if byte < 0x80 { break }
    }
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}

extension [UInt8] {
  mutating func append(bigEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }

  mutating func append(zigZag number: Int64) {
    var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
    for _ in 0..<8 {
      if rest < 0x80 { break }
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
