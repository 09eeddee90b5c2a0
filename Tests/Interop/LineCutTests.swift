import Support
import Testing

/// The line breaks again and again under a subscriber and a publisher at QoS 2: both go on, and every message
/// arrives exactly once.
@Suite(.alone)
struct LineCutTests {
  /// Where each line is cut in turn: the packet, its way, and whether it got through.
  private static let points: [(PacketKind, Bool)] = [
    (.pubRec, true), (.pubRec, false), (.pubRel, true), (.pubRel, false), (.publish, true), (.publish, false),
    (.pubComp, true), (.pubComp, false),
  ]

  @Test(arguments: Version.allCases)
  func twentyCutsLoseAndDoubleNothing(_ version: Version) throws {
    let program = try Mqttws()
    let broker = try Mosquitto()
    let (upLine, downLine) = (try Relay(to: broker.openPort), try Relay(to: broker.openPort))
    let (cuts, batch) = (20, 50)
    func arguments(_ relay: Relay, _ name: String) -> [String] {
      ["ws://127.0.0.1:\(relay.port)/mqtt", "-V", version.rawValue, "-t", "cut", "-q", "2", "-c", "-i", name]
    }
    let subscriber = try program.startSubscriber(arguments(downLine, "down") + ["-C", "\(cuts * batch)"])
    let publisher = try program.command(["pub"] + arguments(upLine, "up") + ["-l"], input: .pipe).start()
    var lines: [String] = []
    for cut in 0..<cuts {
      let (kind, passingItOn) = Self.points[cut % Self.points.count]
      let ending: Relay.Ending = cut.isMultiple(of: 3) ? .finish : .reset
      let isFromReceiver = kind == .pubRec || kind == .pubComp
      try upLine.cut(at: kind, isFromReceiver ? .toClient : .toServer, passingItOn: passingItOn, ending)
      try downLine.cut(at: kind, isFromReceiver ? .toServer : .toClient, passingItOn: passingItOn, ending)
      let more = (0..<batch).map { "\(cut) \($0)" }
      try publisher.write(more.joined(separator: "\n") + "\n")
      lines += more
      do {
        try upLine.wait { $0.cuts.count == cut + 1 }
        try downLine.wait { $0.cuts.count == cut + 1 }
      } catch {
        throw DeadlineExceeded(
          "cut \(cut) at \(kind): \(error)\n\(publisher.report())\n\(subscriber.report())")
      }
    }
    publisher.closeInput()
    let published = try publisher.wait(within: .seconds(120))
    #expect(published.status == .exited(0), "\(published.errorText)")
    let received = try subscriber.wait(within: .seconds(120))
    #expect(received.status == .exited(0), "\(received.errorText)")
    #expect(received.outputLines == lines)
    let unfinished = (upLine.now.cuts + downLine.now.cuts).count { $0.unfinishedExchanges > 0 }
    print("\(version.testDescription): \(unfinished) of \(2 * cuts) cuts left a QoS 2 exchange unfinished")
    #expect(unfinished >= 5)
  }
}
