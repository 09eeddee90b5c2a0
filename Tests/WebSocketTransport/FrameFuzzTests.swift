import Glibc
import Testing

@testable import WebSocketTransport

/// Rounds of each test; `FUZZ_ROUNDS=100000 swift test --filter Fuzz` looks longer.
let fuzzRounds = getenv("FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 5_000

/// Sound inputs with seeded damage: flipped, dropped, doubled, inserted and cut bytes.
struct Mutator {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func mutate(_ sound: [UInt8], inserting interesting: [UInt8]) -> [UInt8] {
    var bytes = sound
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = interesting.randomElement(using: &generator) ?? 0
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: place)
      case 4: bytes.removeLast(bytes.count - place)
      default:
        let end = min(bytes.count, place + 16)
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    return bytes
  }

  mutating func piece() -> Int { [1, 2, 3, 7, 64, .max].randomElement(using: &generator) ?? 1 }
}

@Suite struct FrameFuzzTests {
  @Test(arguments: [FrameDecoder.Role.client, .server]) func damagedFramesGiveOneVerdictHoweverCut(
    role: FrameDecoder.Role
  ) {
    let mask: UInt32? = role == .server ? 0x5A3C_0F01 : nil
    let sound: [[UInt8]] = [
      frame(0x82, [UInt8](repeating: 1, count: 130), mask: mask) + frame(0x89, [1, 2, 3], mask: mask),
      frame(0x02, [1], mask: mask) + frame(0x8A, [], mask: mask) + frame(0x80, [2, 3], mask: mask)
        + frame(0x82, [4, 5, 6], mask: mask),
      frame(0x82, [9], mask: mask) + frame(0x88, hex("03E8 6279 65"), mask: mask) + [1, 2, 3],
    ]
    let interesting = hex("00 01 02 7D 7E 7F 80 81 82 88 89 8A FE FF")
    var mutator = Mutator(seed: 0xF4A3E5 ^ UInt64(role == .server ? 1 : 0))
    for round in 0..<fuzzRounds {
      let bytes = mutator.mutate(sound[round % sound.count], inserting: interesting)
      let whole = walk(bytes, as: role, maximumFrameSize: 1_000)
      let pieces = walk(bytes, as: role, piece: mutator.piece(), maximumFrameSize: 1_000)
      if whole != pieces {
        Issue.record("round \(round): \(whole.testDescription) but \(pieces.testDescription) in pieces")
        return
      }
    }
  }

  @Test func timeGrowsWithTheBytesOnly() {
    // Each stream costs the decoder a step a frame; one that looked back would take hours here.
    let fragments = Array([[UInt8]](repeating: frame(0x00, [7]), count: 300_000).joined())
    let log = walk(frame(0x02) + fragments, piece: 1_000, maximumFragments: .max)
    #expect(log.data.count == 300_000)
    let pings = Array([[UInt8]](repeating: frame(0x89, [65]), count: 100_000).joined())
    #expect(walk(pings, piece: 1).marks.count == 100_000)
  }
}
