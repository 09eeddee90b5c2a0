import Glibc
import MQTTPackets
import NIOCore
import Testing

@Suite("Random packets, and packets damaged at random")
struct RandomTests {
  /// Whoever may receive it: some codes and properties are legal from one end only.
  private func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws -> Packet? {
    do {
      return try PacketDecoder(version: version, direction: .toServer).packet(bytes)?.0
    } catch {
      return try PacketDecoder(version: version, direction: .toClient).packet(bytes)?.0
    }
  }

  @Test(arguments: ProtocolVersion.allCases, PacketType.allCases)
  func roundTrip(_ version: ProtocolVersion, _ type: PacketType) throws {
    var random = SeededGenerator(UInt64(type.rawValue) << 8 | UInt64(version.rawValue))
    for _ in 0..<200 {
      guard let packet = random.packet(type, version) else { continue }
      let bytes = try encoded(packet, version)
      #expect(bytes.count == packet.encodedLength(version))
      #expect(try decode(bytes, version) == packet)
    }
  }

  /// Flips, cuts and insertions in 100,000 packets: no trap, nothing read outside (bounds are
  /// checked in debug builds), and what still decodes means the same after another round.
  @Test(arguments: ProtocolVersion.allCases, 0..<10) func mutations(_ version: ProtocolVersion, _ seed: Int)
    throws
  {
    var random = SeededGenerator(UInt64(seed))
    var originals: [[UInt8]] = []
    for type in PacketType.allCases {
      for _ in 0..<4 {
        guard let packet = random.packet(type, version) else { continue }
        let bytes = try encoded(packet, version)
        if bytes.count < 1000 { originals.append(bytes) }
      }
    }
    var survivors = 0
    for round in 0..<5_000 {
      var bytes = originals[round % originals.count]
      for _ in 0...Int.random(in: 0...2, using: &random) { mutate(&bytes, &random) }
      for direction in [PacketDecoder.Direction.toClient, .toServer] {
        let decoder = PacketDecoder(version: version, direction: direction)
        guard let packet = try? decoder.packet(bytes)?.0 else { continue }
        survivors += 1
        var own = version
        if case .connect(let connect) = packet { own = connect.version }
        let again = try decoder.packet(try encoded(packet, own))?.0
        #expect(again == packet)
      }
    }
    #expect(survivors > 0)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let index = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
    case 3: bytes.remove(at: index)
    case 4: reframe(&bytes, keeping: index)
    default: bytes.append(UInt8.random(in: 0...255, using: &random))
    }
  }

  /// Cuts the body and corrects the length, so that the cut is inside the fields.
  private func reframe(_ bytes: inout [UInt8], keeping count: Int) {
    guard bytes.count >= 2, bytes[1] < 0x80 else { return }
    let body = bytes.dropFirst(2).prefix(count)
    bytes = [bytes[0]] + remainingLength(body.count) + body
  }

  /// Ten times the properties take about ten times as long, not a hundred times. CPU time of this
  /// thread, so that a busy machine does not matter.
  @Test func userPropertiesInLinearTime() throws {
    let small = try nanoseconds(toDecode: 10_000)
    let large = try nanoseconds(toDecode: 100_000)
    #expect(large < small * 50)
  }

  private func nanoseconds(toDecode count: Int) throws -> Int {
    let properties = Properties((0..<count).map { .userProperty(name: "name", value: "\($0)") })
    let packet = Packet.publish(Publish(message: Message(topic: "t", properties: properties)))
    let bytes = try encoded(packet, .v5)
    let start = threadTime()
    let decoded = try decode(bytes, .v5)
    let elapsed = threadTime() - start
    #expect(decoded == packet)
    return elapsed
  }

  private func threadTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
