import MQTTSession
import Testing
import WebSocketTransport

@testable import Client

@Suite struct QuickCutsTests {
  private static let cut = ClientError.transport(.closed(.endOfStream, .open))

  /// Seconds at which connections end, and after which of them it looks like a fight.
  @Test(
    arguments: [
      ([0, 1, 2, 3], cut, [2, 3]), ([0, 4, 9, 13], cut, [2, 3]), ([0, 4, 9, 14], cut, [2]),
      ([0, 6, 12, 18], cut, []),
      ([0, 1, 2], .transport(.closed(.reset, .open)), [2]),
      ([0, 1, 2], .transport(.closed(.closeFrame(code: 1000, reason: ""), .open)), [2]),
      ([0, 1, 2], .transport(.closed(.timedOut, .open)), []),
      ([0, 1, 2], .transport(.closed(.endOfStream, .upgrade)), []),
      ([0, 1, 2], .transport(.connection([])), []),
    ] as [([Int], ClientError, [Int])])
  func isSeenAfterThreeInTenSeconds(_ seconds: [Int], _ error: ClientError, _ expected: [Int]) {
    var cuts = QuickCuts()
    let seen = seconds.indices.filter { cuts.isFight(error, at: .seconds(seconds[$0])) }
    #expect(seen == expected)
  }
}
