import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct UpgradeFuzzTests {
  static let interesting = Array("\r\n\t :,;=\0\u{1B}HTTP/1.10".utf8) + [0x80, 0xFF, 0x7F, 0x16, 0x03]

  @Test func damagedAnswersGiveOneVerdictHoweverCut() {
    let sound = [
      response() + frame(0x82, [1]),
      head(["HTTP/1.1 403 Forbidden", "Content-Length: 5"]) + Array("hello".utf8),
      head(["HTTP/1.1 503 Busy", "Transfer-Encoding: chunked"]) + Array("3\r\nabc\r\n0\r\n\r\n".utf8),
      head(["HTTP/1.1 103 Early Hints", "Link: x"]) + response(),
    ]
    var mutator = Mutator(seed: 0x101)
    for round in 0..<fuzzRounds {
      let bytes = mutator.mutate(sound[round % sound.count], inserting: Self.interesting)
      let whole = read(response: bytes, closes: true)
      let pieces = read(response: bytes, piece: mutator.piece(), closes: true)
      if whole != pieces {
        Issue.record("round \(round): \(whole) but \(pieces) in pieces")
        return
      }
    }
  }

  @Test func damagedRequestsGiveOneVerdictHoweverCut() {
    let sound = request(adding: ["Origin: http://localhost:3000"]) + frame(0x82, [1], mask: 1)
    var mutator = Mutator(seed: 0x426)
    for round in 0..<fuzzRounds {
      let bytes = mutator.mutate(sound, inserting: Self.interesting)
      let whole = read(request: bytes)
      let pieces = read(request: bytes, piece: mutator.piece())
      if whole != pieces {
        Issue.record("round \(round): \(whole) but \(pieces) in pieces")
        return
      }
      if case .rejected(let rejection) = whole.outcome {
        var buffer = ByteBuffer()
        rejection.encode(into: &buffer)
      }
    }
  }

  @Test func damagedAddressesNeverTrap() {
    let sound = [
      "wss://us%40er:p%40ss@bücher.example:8084/mqtt?token=x&y=%20", "ws://[fe80::1]:80/a?b",
      "mqtt://1.2.3.4",
    ].map { Array($0.utf8) }
    let interesting = Array("/:@[]?#%&=. \\-_0f\u{308}\u{FF0E}".utf8)
    var mutator = Mutator(seed: 0xADD)
    for round in 0..<fuzzRounds {
      let bytes = mutator.mutate(sound[round % sound.count], inserting: interesting)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let url = try? WebSocketURL(parsing: text) else { continue }
      // What a log shows is an address again, of the same place.
      let shown = try? WebSocketURL(parsing: url.description.split(separator: "…").joined())
      #expect(shown?.hostHeader == url.hostHeader, "\(text)")
    }
  }

  @Test func aDripCostsNoMoreThanItsBytes() {
    let drip = Array("HTTP/1.1 101 x\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 8_000)
    #expect(read(response: drip, piece: 1).outcome == .needMore)
    let lines = (0..<99).flatMap { Array("X-\($0): \(String(repeating: "y", count: 600))\r\n".utf8) }
    #expect(read(response: Array("HTTP/1.1 101 x\r\n".utf8) + lines, piece: 1).outcome == .needMore)
  }
}
