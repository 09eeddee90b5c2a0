import Glibc
import Support
import Testing

@testable import CLI

/// Output that waits for nobody, against real pipes, sockets and devices.
@Suite(.ownThread)
struct PatientOutputTests {
  /// As every command that connects does.
  init() { signal(SIGPIPE, SIG_IGN) }

  private func output(_ descriptor: CInt, bound: Int = PatientOutput.usualBound) -> PatientOutput {
    PatientOutput(descriptor: descriptor, bound: bound) { "\($0) left out\n" }
  }

  /// A thousand bytes that begin with a number.
  private func piece(_ number: Int) -> [UInt8] {
    let digits = String(number)
    return Array("\(digits) \(String(repeating: ".", count: 998 - digits.utf8.count))\n".utf8)
  }

  @Test func whatIsReadIsThereAtOnce() throws {
    let pipe = try TestPipe()
    let output = output(pipe.writing)
    output.write("one\n".utf8)
    var buffer = [UInt8](repeating: 0, count: 100)
    #expect(Glibc.read(pipe.reading, &buffer, buffer.count) == 4)
    #expect(output.leftOut == 0 && output.failure == nil)
    #expect(fcntl(pipe.writing, F_GETFL) & O_NONBLOCK == 0, "others write to it too")
  }

  /// Nothing reads for a while: pieces are kept up to the bound, then left out as a whole and counted, in
  /// their place. This test ends at all only because no write waits.
  @Test(arguments: [true, false]) func nobodyReadsForAWhile(_ isSocket: Bool) throws {
    let pipe = try TestPipe()
    var ends: [CInt] = [pipe.reading, pipe.writing]
    if isSocket { #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0) }
    defer { if isSocket { close(ends[0]) } }
    let reading = ends[0]
    let output = output(ends[1], bound: 100_000)
    for number in 0..<1000 { output.write(piece(number)) }
    let leftOut = output.leftOut
    #expect(leftOut > 300)
    let text = Monitor<String?>(nil)
    try startThread {
      var all: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = Glibc.read(reading, &buffer, buffer.count)
        guard count > 0 else { break }
        all += buffer.prefix(count)
      }
      text.withLock { $0 = String(decoding: all, as: UTF8.self) }
    }
    output.finish()
    for number in 1000..<1010 { output.write(piece(number)) }
    output.finish()
    if isSocket { shutdown(ends[1], CInt(SHUT_WR)) } else { closeAll(pipe, output) }
    let read = try #require(text.wait(until: .after(.seconds(30))) { $0 })
    var next = 0
    for line in read.split(separator: "\n") {
      let words = line.split(separator: " ")
      let number = try #require(words.first.flatMap { Int($0) })
      if words.last == "out" {
        next += number
      } else {
        #expect(number == next && line.utf8.count == 999)
        next += 1
      }
    }
    #expect(next == 1010)
    #expect(output.leftOut == leftOut)
    if isSocket { close(ends[1]) }
  }

  private func closeAll(_ pipe: TestPipe, _ output: PatientOutput) {
    pipe.closeWriting()
    output.close()
  }

  @Test func theEndOfTheWaitIsBounded() throws {
    let pipe = try TestPipe()
    let output = output(pipe.writing)
    for number in 0..<200 { output.write(piece(number)) }
    output.finish(within: 20)
    #expect(output.failure == nil)
  }

  @Test func aFailedWriteIsKnown() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let toFull = output(full)
    toFull.write("x".utf8)
    #expect(toFull.failure?.errno == ENOSPC)
    let pipe = try TestPipe()
    pipe.closeReading()
    let toNobody = output(pipe.writing)
    toNobody.write("x".utf8)
    #expect(toNobody.failure?.errno == EPIPE)
    toNobody.finish()
  }
}
