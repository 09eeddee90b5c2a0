import Glibc
import MQTTSession
import Presentation
import TUI
import Text

/// `watch` in lines, for terminals without a screen, screen readers and pipes: what happens to the
/// connection, and messages as far as they can be read; a line `q` ends it.
///
/// Lives on a thread of its own.
final class WatchLines {
  /// Of messages, a second.
  private static let linesPerSecond = 20

  private let plan: WatchPlan
  private let mailbox: WatchMailbox
  private let send: (Command) -> Void
  private let tellRoom: () -> Void
  private var content = WatchMailbox.Content()
  private var second: Int64 = 0
  private var shown = 0
  private var hidden = 0
  private var input: [UInt8] = []
  private var isInputOpen = true
  private var isOver = false

  init(
    _ plan: WatchPlan, mailbox: WatchMailbox, send: @escaping (Command) -> Void,
    tellRoom: @escaping () -> Void
  ) {
    self.plan = plan
    self.mailbox = mailbox
    self.send = send
    self.tellRoom = tellRoom
    isInputOpen = Terminal.isTerminal(STDIN_FILENO)
  }

  func run() {
    if plan.filters.isEmpty { line("nothing is subscribed: type s FILTER, such as s sensor/#") }
    while !isOver {
      wait()
      takeMail()
    }
  }

  private func wait() {
    _ = mailbox.await()
    var pollers = [
      pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isInputOpen ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&pollers, 2, hidden > 0 ? 1000 : -1) > 0, pollers[1].revents != 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = read(STDIN_FILENO, &buffer, buffer.count)
    guard count > 0 else {
      isInputOpen = false
      return
    }
    input += buffer[..<count]
    while let end = input.firstIndex(of: 0x0A) {
      obey(String(decoding: input[..<end], as: UTF8.self))
      input.removeSubrange(...end)
    }
    if input.count > 70_000 { input.removeAll() }
  }

  private func obey(_ text: String) {
    switch text.first {
    case "q": isOver = true
    case "s" where text.count > 2: send(.subscribe(filter: String(text.dropFirst(2)), qos: plan.qos))
    case "r" where text == "r": send(.startRecording(path: nil))
    case nil: break
    default: line("q quits, s FILTER subscribes, r records")
    }
  }

  private func takeMail() {
    mailbox.take(&content)
    if content.isClosing { isOver = true }
    for event in content.events { tell(event) }
    for number in content.messages.records.indices { tell(messageAt: number) }
    if content.wasFull { tellRoom() }
    content.removeAll()
  }

  // MARK: - Lines

  private func line(_ text: String) {
    let safe = Sanitiser.line(text, asciiOnly: !plan.capabilities.unicode)
    if StandardOutput.write(safe + "\n", to: STDOUT_FILENO) != nil { isOver = true }
  }

  private func tell(_ event: Event) {
    switch event {
    case .connection(.connecting(let attempt)): line("connecting, attempt \(attempt)")
    case .connection(.connected(let facts)):
      line("connected\(facts.isResumed ? ", the session goes on" : "")")
    case .connection(.subscribed(let subscriptions)):
      for subscription in subscriptions {
        let answer =
          subscription.granted.map { "granted, QoS \($0.rawValue)" } ?? "denied: \(subscription.reason)"
        line("subscription \(subscription.filter): \(answer)")
      }
    case .connection(.retrying(let diagnosis, let delay)):
      line("\(diagnosis.layer.rawValue): \(diagnosis.cause); trying again in \(Human.duration(delay))")
    case .connection(.sessionLost(let text)): line(text)
    case .connection(.ended(let diagnosis?)):
      line("\(diagnosis.words)")
      isOver = true
    case .note(let note): line("\(note.level.name) \(note.text)")
    case .result(.recordingStarted(let path)): line("recording to \(path)")
    case .result(.failed(let text)), .result(.recordingFailed(let text)): line(text)
    default: break
    }
  }

  private func tell(messageAt index: Int) {
    guard let message = content.messages.message(at: index, payloadPrefix: 200) else { return }
    let now = message.receivedAt.nanoseconds / 1_000_000_000
    if now != second {
      if hidden > 0 { line("… \(Human.plural(hidden, "more message"))") }
      (second, shown, hidden) = (now, 0, 0)
    }
    guard shown < Self.linesPerSecond else {
      hidden += 1
      return
    }
    shown += 1
    let marks = "q\(message.qos.rawValue)\(message.retain ? " retained" : "")"
    let more = message.payloadLength > message.payload.count ? " …" : ""
    let payload = Sanitiser.line(message.payload, asciiOnly: !plan.capabilities.unicode)
    line("\(message.topic)  \(marks)  \(payload)\(more)")
  }
}
