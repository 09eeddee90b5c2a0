import MQTTPackets
import TUI

/// What `watch` was asked to do, checked and complete.
struct WatchPlan: Sendable {
  var filters: [String] = []
  var qos = QoS.atMostOnce
  var isReadOnly = false
  /// A file to record to from the start.
  var recording: String?
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
}
