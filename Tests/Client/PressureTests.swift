import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

/// What is bounded while one side does not take what the other has.
@Suite struct PressureTests {
  private static let large = String(repeating: "x", count: 1000)

  // MARK: - The socket takes nothing

  @Test func producersStopAndGoOn() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    var sent: UInt64 = 0
    let produce = { [unowned stage] in
      stage.connection.batch {
        while stage.connection.isWritable {
          sent += 1
          stage.connection.publish(.to("a", Self.large), RequestID(sent))
        }
      }
    }
    peer.wire.block()
    produce()
    let first = sent
    #expect((64...140).contains(first))
    #expect(!stage.connection.isWritable)
    produce()
    #expect(sent == first)
    var calls = 0
    stage.onRoom = {
      calls += 1
      peer.wire.block()
      produce()
    }
    peer.wire.unblock()
    #expect(calls == 1)
    #expect(sent > first)
    #expect(!stage.connection.isWritable)
    #expect(stage.lines.count { $0.hasPrefix("> PUBLISH") } == Int(sent))
    stage.clearHooks()
  }

  @Test func producersWithinDelegateCallsStopAndGoOn() throws {
    let stage = try Stage()
    try stage.connect()
    stage.clear()
    let total: UInt64 = 1000
    var sent: UInt64 = 0
    var most = 0
    let produce = { [unowned stage] in
      while sent < total, stage.connection.isWritable {
        sent += 1
        stage.connection.publish(.to("a", Self.large), RequestID(sent))
        most = max(most, stage.connection.effects.count)
      }
    }
    stage.onFinished = { _ in produce() }
    stage.onRoom = { produce() }
    stage.connection.publish(.to("a", "first"), RequestID(0))
    stage.loop.run()
    #expect(sent == total)
    #expect(most < 300)
    let numbers = stage.lines.compactMap { $0.hasPrefix("finished") ? $0 : nil }
    #expect(numbers == (0...total).map { "finished \($0) sent" })
    stage.clearHooks()
  }

  @Test func onlyTheLatestPingIsAnswered() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    while stage.connection.isWritable { stage.connection.publish(.to("a", Self.large), RequestID(1)) }
    stage.clear()
    let before = peer.wire.bytes
    for number in 0..<10_000 { peer.send(.ping, Array("\(number)".utf8)) }
    stage.expect()
    #expect(peer.wire.bytes == before)
    peer.wire.unblock()
    stage.expect("> pong 9999")
  }

  @Test func pingsOfOneReadHaveOneAnswer() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    peer.read((1...9).flatMap { Peer.frame(0x89, [0x30 + $0]) })
    stage.expect("> pong 9")
  }

  @Test func whoAsksAndDoesNotReadIsNotRead() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    while stage.connection.isWritable { stage.connection.publish(.to("a", Self.large), RequestID(1)) }
    let question = peer.frames((1...1000).map { .pubRel(UInt16($0)) })
    var reads = 0
    while reads < 1000 {
      let before = peer.wire.reads
      peer.read(question)
      if peer.wire.reads == before { break }
      reads += 1
    }
    // 12 bytes for each answer, and a megabyte of them.
    #expect((60...110).contains(reads))
    stage.clear()
    let before = peer.wire.reads
    peer.wire.unblock()
    #expect(peer.wire.reads == before + 1)
    #expect(stage.lines.count { $0.hasPrefix("> PUBCOMP") } > 60_000)
  }

  @Test func aClosedSocketIsNotWaitedFor() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    while stage.connection.isWritable { stage.connection.publish(.to("a", Self.large), RequestID(1)) }
    stage.clear()
    stage.connection.disconnect()
    stage.advance(.seconds(1))
    stage.expect("> DISCONNECT 0x0", "> close 1000", "ended")
    #expect(!peer.isOpen)
  }

  // MARK: - We take nothing

  @Test func pausedInputIsNotRead() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.onMessage = { [unowned stage] _ in stage.connection.pauseInput() }
    let reads = peer.wire.reads
    peer.send(.message("a", "1"), .message("a", "2"))
    #expect(peer.wire.reads == reads)
    // What was read before is still handed over.
    stage.expect("connected", "message 1 a=1", "message 2 a=2")
    // Sending goes on.
    stage.connection.publish(.to("b", "x"), RequestID(1))
    stage.expect("finished 1 sent", "> PUBLISH b=x")
    stage.connection.resumeInput()
    #expect(peer.wire.reads == reads + 1)
    stage.connection.resumeInput()
    #expect(peer.wire.reads == reads + 1)
  }

  @Test func pausedInputDoesNotHoldUpTheClose() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.connection.pauseInput()
    peer.channel.read()
    let reads = peer.wire.reads
    stage.connection.disconnect()
    #expect(peer.wire.reads == reads + 1)
    stage.connection.pauseInput()
    peer.channel.read()
    #expect(peer.wire.reads == reads + 2)
    peer.send(CloseFrame(.normal))
    #expect(stage.lines.last == "ended")
  }

  // MARK: - Writes

  @Test func oneWriteForABatch() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    let writes = peer.wire.writes
    stage.connection.batch {
      for number in 0..<100 { stage.connection.publish(.to("a", "x"), RequestID(UInt64(number))) }
    }
    #expect(peer.wire.writes == writes + 1)
    peer.read(peer.frames((1...100).map { .message("a", "x", .atLeastOnce, id: $0) }))
    #expect(peer.wire.writes == writes + 2)
  }

  @Test func whatCannotBeEncodedLeavesNothingBehind() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    let topic = String(repeating: "t", count: 70_000)
    stage.connection.batch {
      stage.connection.publish(.to("a", "x"), RequestID(1))
      stage.connection.publish(.to(topic, "x"), RequestID(2))
      stage.connection.publish(.to("b", "late"), RequestID(3))
    }
    peer.finish()
    #expect(stage.lines.filter { $0.hasPrefix(">") } == ["> PUBLISH a=x", "> close 1000"])
    #expect(stage.lines.last == "ended: encode Topic Name")
    #expect(!stage.lines.contains("finished 3 sent"))
  }

  // MARK: - Stalls

  @Test func aPacketThatDoesNotGoOn() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    peer.read([0x82, 100, 0x30, 98, 0, 1])
    stage.advance(.seconds(25))
    peer.read([0x61])
    stage.advance(.seconds(34))
    stage.expect()
    stage.advance(.seconds(1))
    stage.expect("retrying in 0.125 seconds: timeout open 30.0 seconds")
    #expect(!peer.isOpen)
  }

  @Test func silenceBetweenPacketsIsNoStall() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    stage.clear()
    peer.read([0x82, 6, 0x30])
    peer.read([4, 0, 1, 0x61, 0])
    stage.advance(.seconds(600))
    stage.expect("message 1 a=")
    #expect(peer.isOpen)
  }

  @Test func aSocketThatTakesNothing() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    while stage.connection.isWritable { stage.connection.publish(.to("a", Self.large), RequestID(1)) }
    stage.clear()
    stage.advance(.seconds(29))
    stage.expect()
    stage.advance(.seconds(1))
    stage.expect("retrying in 0.125 seconds: timeout open 30.0 seconds")
  }

  @Test func aSocketThatIsOnlySlow() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    for _ in 0..<10 {
      peer.wire.block()
      while stage.connection.isWritable { stage.connection.publish(.to("a", Self.large), RequestID(1)) }
      stage.advance(.seconds(20))
      peer.wire.unblock()
    }
    stage.advance(.seconds(600))
    #expect(peer.isOpen)
  }
}
