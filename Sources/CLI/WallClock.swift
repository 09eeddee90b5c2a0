import Glibc
import Presentation

extension WallTime {
  /// The system's real-time clock.
  static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Of the local time zone at this time, in seconds east of UTC.
  var zoneOffset: Int {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }
}
