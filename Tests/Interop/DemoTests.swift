import Support
import Testing

/// The first thing a stranger runs.
@Suite(.ownThread)
struct DemoTests {
  @Test func liveMessagesAndRetainedStatusesOfSeveralDevices() throws {
    let program = try Mqttws()
    let result = try program.run("sub", "@demo", "-t", "sensor/#", "-C", "40", "-F", "%t %r %p")
    #expect(result.status == .exited(0), "\(result.errorText)")
    let messages = result.outputLines.map { $0.split(separator: " ", maxSplits: 2).map(String.init) }
    #expect(messages.count == 40)
    let statuses = messages.filter { $0[1] == "1" }
    let devices = Set(messages.compactMap { $0[0].split(separator: "/").dropFirst().first })
    #expect(statuses.count >= 3)
    #expect(devices.count >= 3)
    let live = messages.filter { $0[1] == "0" }
    let byTopic = Dictionary(grouping: live) { $0[0] }.mapValues { Set($0.compactMap { $0.last }) }
    #expect(byTopic.values.contains { $0.count > 1 }, "no value changes")
  }
}
