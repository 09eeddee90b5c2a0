/// A recording that is going on.
struct RecordingStatus: Sendable, Equatable {
  var path: String
  var bytes: UInt64 = 0
  var dropped: UInt64 = 0
  var diskFree: UInt64?
}
