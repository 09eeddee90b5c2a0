import Client
import MQTTPackets
import MQTTSession
import Presentation

/// What a subscriber tells of its run.
extension Subscriber {
  enum Outcome {
    /// The count was reached, or the run ended for the reason it was meant to end.
    case done
    case waitExpired
    /// Some of them, with all verdicts.
    case expectationsFailed
    /// `--then` ended badly, or not in time.
    case followUpFailed(String)
    case subscriptionDenied([Denial])
    /// Some were granted, some not, and all were required.
    case subscriptionIncomplete([Denial])
    case rejected(LocalRefusal)
    /// A retained message was not cleared.
    case removalFailed(topic: String, PublishOutcome)
    case connectionFailed(ClientError)
    case outputFailed(SystemError)
    case recordingFailed(SystemError)
  }

  struct Denial: Equatable {
    var filter: String
    var reasonCode: ReasonCode
  }

  /// What the summary tells.
  struct Tally: Equatable {
    var printed: UInt64 = 0
    var hidden: UInt64 = 0
    var payloadBytes: UInt64 = 0
    var reconnections: UInt64 = 0
  }

  /// What the user may want to hear.
  enum Notice {
    case connection(ConnectionEvent)
    /// A message of this topic could not be printed as asked.
    case problem(FormatProblem, topic: String)
    /// A message of this topic was lost after some bytes of its payload had been printed.
    case cut(topic: String, printed: Int, of: Int)
    /// The reader of the output has taken too little for a while.
    case stalled
  }
}
