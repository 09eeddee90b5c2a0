import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

@Suite struct ResolverTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("2001:db8::A", "2001:db8::a"),
  ]) func literals(_ text: String, _ address: String) {
    let found = SystemResolver.literal(text, port: 80)
    #expect(found?.ipAddress == address)
    #expect(found?.port == 80)
  }

  @Test(arguments: [
    "", "localhost", "example.com", "beef.example", "dead", "1.2.3.4.5", "::1::", "[::1]", " 1.2.3.4",
  ])
  func namesAreNoLiterals(_ text: String) {
    #expect(SystemResolver.literal(text, port: 80) == nil)
  }

  @Test func systemResolverKnowsLocalhost() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let addresses = try await loop.flatSubmit {
      SystemResolver().resolve("localhost", port: 8083, family: .ipv4, on: loop).addresses
    }.get()
    #expect(addresses.map(\.ipAddress) == ["127.0.0.1"])
    #expect(addresses.map(\.port) == [8083])
  }

  @Test func cancellingEndsTheWaitAtOnce() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let future = loop.flatSubmit {
      let resolution = SystemResolver().resolve("localhost", port: 1, family: .any, on: loop)
      resolution.cancel()
      return resolution.addresses
    }
    await #expect(throws: ResolutionFailure.self) { try await future.get() }
  }
}
