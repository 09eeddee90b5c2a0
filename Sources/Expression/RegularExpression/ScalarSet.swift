/// The characters of a class.
struct ScalarSet: Equatable, Sendable {
  /// A byte that is not UTF-8 is this and the byte: above all scalars.
  static let firstBadByte: UInt32 = 0x20_0000

  private(set) var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false
  var foldsCase = false
  /// Membership of ASCII with everything considered.
  private var ascii: (UInt64, UInt64) = (0, 0)

  static func == (left: ScalarSet, right: ScalarSet) -> Bool {
    left.ranges == right.ranges && left.isNegated == right.isNegated && left.foldsCase == right.foldsCase
  }

  init() {}

  init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

  static let digits = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet([0x09...0x0D, 0x20...0x20])

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  /// Adds all of `other`, or all that is not in it.
  mutating func insert(_ other: ScalarSet, inverted: Bool) {
    guard inverted else {
      ranges += other.ranges
      return
    }
    var start: UInt32 = 0
    for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > start { ranges.append(start...(range.lowerBound - 1)) }
      start = max(start, range.upperBound + 1)
    }
    ranges.append(start...UInt32.max)
  }

  /// To be called once nothing more is added.
  mutating func prepare() {
    for value in UInt32(0)..<128 where holds(value) {
      if value < 64 { ascii.0 |= 1 << UInt64(value) } else { ascii.1 |= 1 << UInt64(value - 64) }
    }
  }

  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 64 { return ascii.0 >> UInt64(value) & 1 == 1 }
    if value < 128 { return ascii.1 >> UInt64(value - 64) & 1 == 1 }
    return holds(value)
  }

  private func holds(_ value: UInt32) -> Bool {
    var isInside = ranges.contains { $0.contains(value) }
    if !isInside, foldsCase {
      isInside = Self.cases(value).contains { other in ranges.contains { $0.contains(other) } }
    }
    return isInside != isNegated
  }

  /// The other case of a letter, where it is one scalar.
  static func cases(_ value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    let properties = scalar.properties
    guard properties.isCased else { return [] }
    return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapping in
      let scalars = mapping.unicodeScalars
      guard scalars.count == 1, let other = scalars.first, other != scalar else { return nil }
      return other.value
    }
  }
}
