import MQTTPackets
import TUI

/// What `watch` was asked to do, checked and complete.
struct WatchPlan: Sendable {
  var filters: [String] = []
  var qos = QoS.atMostOnce
  var isReadOnly = false
  /// A file to record to from the start.
  var recording: String?
  /// Whether a recording may replace a file that is there.
  var replaces = false
  var memory = MemoryBudget.standard
  var framesPerSecond = 20
  /// Messages of QoS 0 are kept from the views when they come too fast; else the socket is not read.
  var drops = false
  var keepsWire = false

  /// Lines instead of a screen.
  var isPlain = false
  var usesMouse = true
  var capabilities = Capabilities()
  var keys = KeyMap()
  /// Hears of every frame after which nothing waits; for tests.
  var syncDescriptor: CInt?

  /// Lines, because they are wanted or because there is no screen to be had.
  var usesLines: Bool { isPlain || !Terminal.isTerminal(1) || !Terminal.hasType }
}
