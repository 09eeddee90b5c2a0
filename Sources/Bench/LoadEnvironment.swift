import Client
import NIOCore

/// Where a run connects to.
package struct LoadTarget {
  /// For people: without secrets.
  package var name: String
  package var usesTLS: Bool
  /// Of the client with that number.
  package var settings: (Int) -> ConnectionSettings
  package var dialing: Dialing
  /// The broker runs on the same event loop.
  package var sharesThread: Bool

  package init(
    name: String, usesTLS: Bool = false, sharesThread: Bool = false, dialing: Dialing = .system,
    settings: @escaping (Int) -> ConnectionSettings
  ) {
    self.name = name
    self.usesTLS = usesTLS
    self.sharesThread = sharesThread
    self.dialing = dialing
    self.settings = settings
  }
}

/// What a run takes from outside besides the event loop's clock.
package struct LoadEnvironment {
  /// In every topic and payload of the run.
  package var run: UInt32
  package var seed: UInt64
  /// Nanoseconds since 1970 at which the load begins; nil as soon as the clients are ready.
  package var startAt: Int64?
  /// Nanoseconds since 1970.
  package var wallClock: () -> Int64
  /// CPU time of this process in nanoseconds.
  package var cpuTime: () -> Int64
  /// In a few words without secrets.
  package var describe: (ClientError) -> String

  package init(
    run: UInt32, seed: UInt64, startAt: Int64? = nil, wallClock: @escaping () -> Int64,
    cpuTime: @escaping () -> Int64, describe: @escaping (ClientError) -> String
  ) {
    self.run = run
    self.seed = seed
    self.startAt = startAt
    self.wallClock = wallClock
    self.cpuTime = cpuTime
    self.describe = describe
  }
}

/// How a run is getting on.
package struct LoadProgress: Sendable {
  package var target: String
  /// False while the clients connect, and while they leave.
  package var isLoading: Bool
  package var connected: Int
  package var clients: Int
  /// Seconds.
  package var elapsed: Double
  package var duration: Double?
  package var sentRate: Double
  package var receivedRate: Double
  /// Nanoseconds, of the running interval.
  package var p50: UInt64
  package var p99: UInt64
  package var errors: UInt64
}

/// One interval of the load, for files that are written while it runs.
package struct LoadInterval: Sendable {
  package var point: TimeSeries.Point
  package var corrected: LatencyHistogram
  package var raw: LatencyHistogram
  /// Of the load, in nanoseconds since 1970.
  package var startedAt: Int64
}
