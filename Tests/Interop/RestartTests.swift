import Support
import Testing

/// The broker is killed and comes back.
@Suite(.ownThread)
struct RestartTests {
  private let program: Mqttws

  init() throws { program = try Mqttws() }

  @Test(arguments: Version.allCases)
  func aSessionThatTheBrokerKeptIsResumed(_ version: Version) throws {
    let broker = try Mosquitto(persistence: .everyChange)
    let line = try Relay(to: broker.openPort)
    let options = ["-V", version.rawValue, "-t", "kept", "-q", "2"]
    let subscriber = try program.startSubscriber(
      ["ws://127.0.0.1:\(line.port)/mqtt", "-c", "-i", "keeper", "-C", "3"] + options)
    func publish(_ text: String) throws {
      let result = try program.command(
        ["pub", "ws://127.0.0.1:\(broker.openPort)/mqtt", "-m", text] + options
      ).run()
      #expect(result.status == .exited(0), "\(result.errorText)")
    }
    try publish("before")
    try subscriber.line { $0 == "before" }
    try line.refuse(true)
    try line.cut()
    try publish("while it was away")
    try broker.waitUntilPersisted("while it was away")
    broker.server.kill()
    try broker.server.start()
    try line.refuse(false)
    try subscriber.line { $0 == "while it was away" }
    try publish("after")
    let result = try subscriber.wait()
    #expect(result.status == .exited(0))
    #expect(result.outputLines == ["before", "while it was away", "after"])
  }

  @Test(arguments: Version.allCases)
  func aLostSessionIsReportedWithItsCountOfUnknownMessages(_ version: Version) throws {
    let broker = try Mosquitto()
    let line = try Relay(to: broker.openPort)
    let publisher = try program.command(
      [
        "pub", "ws://127.0.0.1:\(line.port)/mqtt", "-V", version.rawValue, "-c", "-i", "loser", "-t", "lost",
        "-q", "2",
        "-l",
      ], input: .pipe
    ).start()
    try publisher.write("first\n")
    try line.wait { $0.packets[.pubComp] == 1 }
    try line.stall([.toClient])
    try publisher.write("one\ntwo\nthree\n")
    try line.wait { $0.packets[.publish] == 4 }
    broker.server.kill()
    try broker.server.start()
    try line.resume()
    publisher.closeInput()
    let result = try publisher.wait()
    #expect(result.status == .exited(76))
    #expect(result.errorLines.last?.hasPrefix("mqttws: session: ") == true, "\(result.errorText)")
    #expect(result.errorLines.last?.contains("3") == true, "\(result.errorText)")
  }

  @Test func aSubscriberSubscribesAgainWhereItsSessionIsGone() throws {
    let broker = try Mosquitto()
    let subscriber = try program.startSubscriber(
      ["ws://127.0.0.1:\(broker.openPort)/mqtt", "-t", "again", "-q", "1", "-C", "1"])
    broker.server.kill()
    try broker.server.start()
    // It is back when the broker knows a subscription again.
    let deadline = Deadline.after(.seconds(30))
    while !subscriber.hasEnded && !deadline.hasPassed {
      #expect(try broker.publisher(["-t", "again", "-q", "1", "-m", "hello"]).run().status == .exited(0))
    }
    let result = try subscriber.wait()
    #expect(result.status == .exited(0))
    #expect(result.outputLines == ["hello"])
  }
}
