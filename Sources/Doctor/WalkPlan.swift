import Client
import Presentation

/// What an examination is to do.
package struct WalkPlan {
  package var settings: ConnectionSettings
  /// A message goes there and has to come back; nil leaves the broker untouched.
  package var echoTopic: String?
  package var echoPayload: [UInt8]
  /// How long the connection is left silent at the end.
  package var idle: Duration
  /// The longest wait for a SUBACK, the echo or an UNSUBACK.
  package var answerTimeout: Duration
  package var maximumProbes: Int
  package var now: WallTime
  /// Turns errors into words.
  package var diagnoses: DiagnosisTable
  package var command: CommandWords
  /// The client that it plays.
  package var appearance: Guise.Appearance?
  package var username: String?
  package var hasPassword = false

  package init(
    settings: ConnectionSettings, echoTopic: String?, echoPayload: [UInt8] = Array("mqttws doctor".utf8),
    idle: Duration = .seconds(1), answerTimeout: Duration = .seconds(5), maximumProbes: Int = 12,
    now: WallTime, diagnoses: DiagnosisTable, command: CommandWords
  ) {
    self.settings = settings
    self.echoTopic = echoTopic
    self.echoPayload = echoPayload
    self.idle = idle
    self.answerTimeout = answerTimeout
    self.maximumProbes = maximumProbes
    self.now = now
    self.diagnoses = diagnoses
    self.command = command
  }
}
