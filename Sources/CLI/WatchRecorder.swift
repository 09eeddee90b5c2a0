import Glibc
import NIOCore
import Presentation
import TUI

/// Records for `watch`: like `sub --record`, but what the disk cannot keep up with is left out, and a gap
/// says so. The screen and the broker never wait for a disk.
///
/// Lives on the event loop.
final class WatchRecorder {
  let path: String
  private let file: OutputFile
  private var output: OutputWriter?
  private var writer = RecordingWriter()
  private var bytes: [UInt8] = []
  private var isFull = false
  private var missing: UInt64 = 0
  private var stopped: (() -> Void)?

  private(set) var messages: UInt64 = 0
  private(set) var written: UInt64 = 0
  /// Messages that are not in the file.
  private(set) var dropped: UInt64 = 0
  /// What ended the recording, if something did.
  private(set) var failure: CommandFailure?
  private let tell: (CommandResult) -> Void

  var waitingBytes: Int { bytes.count }

  init(
    _ file: OutputFile, eventLoop: any EventLoop, tell: @escaping (CommandResult) -> Void
  ) throws(SystemError) {
    path = file.path
    self.file = file
    self.tell = tell
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    output = try OutputWriter(
      descriptor: file.descriptor, eventLoop: eventLoop, onWritten: { _ in bound.value.wasWritten() },
      onFailure: { bound.value.failed($0) })
  }

  func append(_ message: borrowing ReceivedMessage) {
    guard output != nil, stopped == nil else { return }
    guard !isFull else {
      missing += 1
      dropped += 1
      return
    }
    if missing > 0 {
      writer.append(
        RecordingGap(at: message.receivedAt, messages: missing, reason: "the disk was too slow"), to: &bytes)
      missing = 0
    }
    writer.append(message, to: &bytes)
    messages += 1
    if bytes.count >= 64 * 1024 { handOver() }
  }

  func addGap(_ reason: String) {
    guard output != nil, stopped == nil else { return }
    writer.append(RecordingGap(at: .now, messages: missing > 0 ? missing : nil, reason: reason), to: &bytes)
    missing = 0
    handOver()
  }

  func handOver() {
    guard let output, !bytes.isEmpty else { return }
    written += UInt64(bytes.count)
    if !output.append(&bytes, sequence: messages) { isFull = true }
  }

  private func wasWritten() {
    isFull = false
    if output?.isDrained == true { close() }
  }

  private func failed(_ error: SystemError) {
    output = nil
    failure = file.failure(error.errno)
    _ = Glibc.close(file.descriptor)
    tell(.recordingFailed("recording to \(path) ended: \(error.text)"))
    stopped?()
  }

  /// Writes what waits, then calls `then`.
  func stop(then: @escaping () -> Void) {
    guard output != nil, stopped == nil else { return then() }
    if missing > 0 { addGap("the disk was too slow") }
    handOver()
    stopped = then
    if output?.isDrained == true { close() }
  }

  private func close() {
    guard let then = stopped, let output else { return }
    self.output = nil
    output.close()
    do throws(CommandFailure) {
      try file.close()
      tell(.recordingStopped(path: path, messages: messages, bytes: written))
    } catch {
      failure = error
      tell(.recordingFailed("recording to \(path): \(error.diagnosis.cause)"))
    }
    then()
  }

  var isOver: Bool { output == nil }

  func tellProgress() {
    guard output != nil else { return }
    var status = statvfs()
    let free =
      fstatvfs(file.descriptor, &status) == 0 ? UInt64(status.f_bavail) * UInt64(status.f_frsize) : nil
    tell(.recording(path: path, bytes: written, dropped: dropped, diskFree: free))
  }
}

extension WatchSession {
  /// - Parameter path: nil makes a name of the time, in the present folder.
  func startRecording(_ path: String?) {
    guard recorder?.isOver ?? true else { return }
    do throws(CommandFailure) {
      try record(to: path ?? WatchFiles.name("mqttws", "ndjson"))
    } catch {
      mailbox.add(.result(.failed(error.diagnosis.cause)))
    }
  }

  func record(to path: String, replaces: Bool = false) throws(CommandFailure) {
    let file = try OutputFile.create(path, replaces: replaces)
    do throws(SystemError) {
      recorder = try WatchRecorder(file, eventLoop: run.eventLoop) { [mailbox] in mailbox.add(.result($0)) }
    } catch {
      throw .system(error)
    }
    mailbox.add(.result(.recordingStarted(path: path)))
  }

  func stopRecording() { recorder?.stop {} }
}
