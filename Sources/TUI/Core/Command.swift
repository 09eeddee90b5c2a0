import MQTTPackets
import NIOCore

/// What the model wants done outside of it. Whoever runs the model performs these, and answers with
/// `Event.result` where a result is named.
package enum Command: Sendable, Equatable {
  /// Answered with `CommandResult.published`.
  case publish(PublishRequest)
  case subscribe(filter: String, qos: QoS)
  case unsubscribe(filter: String)
  /// UNSUBSCRIBE from everything, and back; other than a paused view this stops the broker.
  case stopSubscriptions
  case startSubscriptions
  /// Drops the connection, or the wait for the next attempt, and dials at once.
  case reconnect
  /// A WebSocket ping; some brokers close the connection on one, so never by itself.
  case pingWebSocket
  /// nil chooses a name. Answered with `recordingStarted` or `failed`.
  case startRecording(path: String?)
  case stopRecording
  /// An empty retained message to each topic; confirmed by the user before.
  case clearRetained(topics: [String])
  /// To the terminal's clipboard where it is small enough and text, else into a file. Answered with
  /// `saved`.
  case copy(bytes: [UInt8], what: String)
  /// Answered with `saved` after the last part, or with `failed`.
  case export(ExportPart)
  /// Runs `$EDITOR` on a private copy, with the terminal restored around it. Answered with `edited`
  /// when `purpose` is to change something.
  case edit(bytes: [UInt8], purpose: EditPurpose)
  /// The payload of a publish form in file mode. Answered with `fileRead`.
  case readFile(path: String)
  case setMouse(isOn: Bool)
  case redraw
  case suspend
  case quit
}

package enum EditPurpose: Sendable, Equatable {
  /// What comes back becomes the payload of the form.
  case publishForm
  /// Only to read it; changes are thrown away.
  case view
}

package struct PublishRequest: Sendable, Equatable {
  /// The model's own number for it, which comes back with the result.
  package var identifier: Int
  package var message: Message

  package init(identifier: Int, message: Message) {
    self.identifier = identifier
    self.message = message
  }
}

/// How a command went. Texts may hold foreign parts.
package enum CommandResult: Sendable {
  /// `text` such as `pid 17  PUBACK 0x00 Success`; `after` is the time from the write to the answer, nil
  /// at QoS 0.
  case published(identifier: Int, isSuccess: Bool, text: String, after: Duration?)
  case recordingStarted(path: String)
  /// Now and then while recording: the totals, and what is free on the disk.
  case recording(path: String, bytes: UInt64, dropped: UInt64, diskFree: UInt64?)
  case recordingStopped(path: String, messages: UInt64, bytes: UInt64)
  /// It could not be written on; one line that says so.
  case recordingFailed(String)
  /// `what` was copied or written to `destination` (`clipboard` or a path).
  case saved(what: String, destination: String)
  case edited(bytes: [UInt8], purpose: EditPurpose)
  case fileRead(path: String, bytes: [UInt8])
  /// One line on what was wanted and what failed.
  case failed(String)
}
