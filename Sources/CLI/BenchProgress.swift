import Bench
import Glibc
import Text

/// The live line of a running `bench` on stderr: rewritten in place on a terminal, a new one now and then
/// elsewhere. Never waits for whoever reads it.
struct BenchProgress {
  /// Nothing is ever shown.
  let isQuiet: Bool
  private let isTerminal: Bool
  private let asciiOnly: Bool
  private var isShown = false
  private var lastLine: Int64 = 0
  private static let pause: Int64 = 5_000_000_000

  init(_ console: Console) {
    isQuiet = console.isQuiet
    asciiOnly = console.asciiOnly
    isTerminal = Terminal.isTerminal(2)
  }

  /// - Parameter now: nanoseconds of any clock that never goes back.
  mutating func show(_ progress: LoadProgress, title: String?, now: Int64) {
    guard !isQuiet, isTerminal || now - lastLine >= Self.pause else { return }
    if !isTerminal, lastLine == 0 {
      lastLine = now
      return
    }
    lastLine = now
    let line = Sanitiser.line(Self.line(progress, title: title), asciiOnly: asciiOnly)
    write(isTerminal ? "\r\u{1b}[K\(fitted(line))" : "mqttws: \(line)\n")
    isShown = isTerminal
  }

  /// Takes the line off the screen, so that what follows begins on a clean one.
  mutating func clear() {
    if isShown { write("\r\u{1b}[K") }
    isShown = false
  }

  private static func line(_ progress: LoadProgress, title: String?) -> String {
    var parts: [String] = []
    if let title { parts.append("\(progress.target) \(title)") }
    guard progress.isLoading else {
      return
        (parts + [
          "\(Human.grouped(progress.connected)) of \(Human.plural(progress.clients, "client")) connected"
        ])
        .joined(separator: ", ")
    }
    parts.append(
      "out \(Human.count(Int(progress.sentRate)))/s in \(Human.count(Int(progress.receivedRate)))/s")
    if progress.p99 > 0 {
      let times = [progress.p50, progress.p99].map { Human.duration(.nanoseconds(Int64(clamping: $0))) }
      parts.append("p50 \(times[0]) p99 \(times[1])")
    }
    if progress.connected < progress.clients {
      parts.append("\(progress.connected)/\(progress.clients) connected")
    }
    parts.append(Human.plural(Int(clamping: progress.errors), "error"))
    if let duration = progress.duration {
      let left = max(duration - progress.elapsed, 0)
      parts.append(left > 0 ? "\(Human.duration(.milliseconds(Int64(left * 1000)))) left" : "last messages")
    } else {
      parts.append(Human.duration(.milliseconds(Int64(progress.elapsed * 1000))))
    }
    return parts.joined(separator: ", ")
  }

  private func fitted(_ line: String) -> String {
    var size = winsize()
    let columns = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    return String(line.prefix(max(columns - 1, 10)))
  }

  private func write(_ text: String) {
    var poller = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    guard poll(&poller, 1, 0) == 1, poller.revents & Int16(POLLOUT) != 0 else { return }
    StandardError.write(text)
  }
}
