import NIOCore
import Testing
import Text

@testable import Bench

struct ScheduleTests {
  private func offsets(_ schedule: Schedule, _ count: Int) -> [Int64] {
    var schedule = schedule
    return (0..<count).map { _ in
      defer { schedule.advance() }
      return schedule.next
    }
  }

  @Test func evenClientsTakeTurns() {
    let all = (0..<4).flatMap { client in
      offsets(Schedule(rate: 1000, arrival: .even, client: client, of: 4, seed: 1), 5)
    }
    #expect(all.sorted() == (0..<20).map { Int64($0) * 1_000_000 })
  }

  @Test(arguments: [(1999.0, 1), (2000, 8), (5000, 20), (1_000_000, 20)])
  func fastMessagesAreDueInGroups(_ rate: Double, group: Int) {
    let all = (0..<10).flatMap { client in
      offsets(Schedule(rate: rate, arrival: .even, client: client, of: 10, seed: 1), 4)
    }.sorted()
    let expected = (0..<40).map { Int64(Double($0 / group * group) * (1e9 / rate)) }
    #expect(all == expected)
  }

  @Test func evenInstantsDoNotDrift() {
    var schedule = Schedule(rate: 3, arrival: .even, client: 0, of: 1, seed: 0)
    for _ in 0..<3_000_000 { schedule.advance() }
    #expect(schedule.next == 1_000_000_000_000_000)
  }

  @Test func poissonHasTheRateAndTheSpread() {
    let clients = 8
    let count = 4000
    let all = (0..<clients).flatMap { client in
      offsets(Schedule(rate: 1000, arrival: .poisson, client: client, of: clients, seed: 42), count)
    }.sorted().prefix(clients * count / 2)
    let gaps = zip(all, all.dropFirst()).map { Double($1 - $0) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    #expect(abs(mean - 1e6) < 3e4)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    // Exponential gaps deviate by as much as they measure.
    #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
  }

  @Test func theSameSeedGivesTheSameInstants() {
    let first = offsets(Schedule(rate: 7, arrival: .poisson, client: 3, of: 5, seed: 9), 100)
    #expect(first == offsets(Schedule(rate: 7, arrival: .poisson, client: 3, of: 5, seed: 9), 100))
    #expect(first != offsets(Schedule(rate: 7, arrival: .poisson, client: 3, of: 5, seed: 10), 100))
    #expect(first != offsets(Schedule(rate: 7, arrival: .poisson, client: 2, of: 5, seed: 9), 100))
  }

  @Test func headersComeBack() {
    let header = PayloadHeader(
      run: 0xDEAD_BEEF, client: 7, topic: 3, sequence: 1 << 40, intended: 12_345_678_901, actual: -1)
    var bytes = [UInt8](repeating: 0, count: 50)
    bytes.withUnsafeMutableBytes { header.write(to: $0) }
    bytes.withUnsafeBytes { #expect(PayloadHeader($0) == header) }
    bytes.prefix(39).withUnsafeBytes { #expect(PayloadHeader($0) == nil) }
    bytes[0] ^= 1
    bytes.withUnsafeBytes { #expect(PayloadHeader($0) == nil) }
  }

  @Test func payloadsHaveTheirSizes() {
    let header = PayloadHeader(run: 1, client: 0, topic: 0, sequence: 0, intended: 0, actual: 0)
    let values = LoadPlaceholders(run: 1, client: 2, topic: 3, sequence: 4)
    var fixed = PayloadMaker(.fixed(100), hasHeader: true)
    #expect(fixed.payload(header, values, random: 0).readableBytes == 100)
    var bytes = PayloadMaker(.bytes(Array("text".utf8)), hasHeader: true)
    #expect(String(buffer: bytes.payload(header, values, random: 0)).hasSuffix("text"))
    #expect(bytes.payload(header, values, random: 0).readableBytes == 44)
    var plain = PayloadMaker(.bytes(Array("text".utf8)), hasHeader: false)
    #expect(String(buffer: plain.payload(header, values, random: 0)) == "text")
    var ranged = PayloadMaker(.range(40...43), hasHeader: true)
    let sizes = [0, UInt64.max / 2, UInt64.max].map {
      ranged.payload(header, values, random: $0).readableBytes
    }
    #expect(sizes == [40, 41, 43])
  }

  @Test(arguments: [(true, 49), (false, 9)])
  func payloadsAreFilledIn(_ hasHeader: Bool, length: Int) throws {
    let header = PayloadHeader(run: 1, client: 2, topic: 0, sequence: 0, intended: 0, actual: 0)
    var maker = PayloadMaker(.template(try Template("c{client} n{seq:04}")), hasHeader: hasHeader)
    for sequence in UInt64(8)...11 {
      let values = LoadPlaceholders(run: 1, client: 2, topic: 0, sequence: sequence)
      let payload = maker.payload(header, values, random: 0)
      #expect(payload.readableBytes == length - 1)
      #expect(String(buffer: payload).hasSuffix("c2 n\(sequence < 10 ? "000" : "00")\(sequence)"))
      if hasHeader { #expect(payload.withUnsafeReadableBytes { PayloadHeader($0) } == header) }
    }
  }

  @Test(arguments: [
    ("seq", true), ("seq:06", true), ("client:3", true), ("run", true), ("run:3", false), ("seq:", false),
    ("seq:x", false), ("topic:0", false), ("topic:21", false),
  ])
  func widthsAreChecked(_ name: String, isGood: Bool) {
    #expect((LoadPlaceholders.flaw(name) == nil) == isGood)
  }

  @Test(arguments: [
    ("b/{client}/{seq}", "b/2/7", "b/2/+"),
    ("{run}/x{client}y/{seq:04}", "0000000a/x2y/0007", "0000000a/x2y/+"),
    ("b/c{seq}/{topic}", "b/c7/1", "b/+/+"), ("plain/topic", "plain/topic", "plain/topic"),
    ("/a//{client}/", "/a//2/", "/a//2/"),
  ])
  func topicsAndFilters(_ template: String, topic: String, filter: String) throws {
    let made = try LoadTopic(template)
    #expect(made.topic(LoadPlaceholders(run: 10, client: 2, topic: 1, sequence: 7)) == topic)
    #expect(made.filter(run: 10, client: 2) == filter)
  }

  @Test func theFilterOfAllClientsHasWildcards() throws {
    #expect(try LoadTopic("b/{client}/{topic}").filter(run: 1, client: nil) == "b/+/+")
    #expect(try LoadTopic("b/c{client}").filter(run: 1, client: nil) == "b/+")
  }
}

extension LoadTopic {
  init(_ text: String) throws(TemplateError) { self.init(try Template(text), text: text) }
}
