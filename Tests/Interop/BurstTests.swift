import Support
import Testing

@Suite(.alone)
struct BurstTests {
  /// Debian's publisher loses two thirds of this and says that all went well.
  @Test func twoHundredThousandLinesArriveOnceAndInOrder() throws {
    let program = try Mqttws()
    let broker = try Mosquitto()
    let count = 200_000
    let lines = (1...count).map { "line \($0) of the burst" }.joined(separator: "\n")
    let input = try program.home.write("lines", lines)
    let target = ["ws://127.0.0.1:\(broker.openPort)/mqtt", "-t", "burst", "-q", "1"]
    let subscriber = try program.startSubscriber(target + ["-C", "\(count)"])
    let published = try program.command(["pub"] + target + ["-l"], input: .file(input)).run(
      within: .seconds(240))
    #expect(published.status == .exited(0), "\(published.errorText)")
    let received = try subscriber.wait(within: .seconds(240))
    #expect(received.status == .exited(0), "\(received.errorText)")
    #expect(areEqual(received.output, Array("\(lines)\n".utf8)))
  }
}
