import MQTTSession

/// What is told and counted while the load goes on: progress, and a point of the series for each interval.
extension LoadRun {
  private static let tickLength: Int64 = 250_000_000

  func tick() {
    guard phase != .over else { return }
    let due = now + Self.tickLength
    tickTask = after(Self.tickLength) {
      let now = self.now
      if self.phase == .loading { self.generator.loopDelay.record(now - due) }
      self.ticked(now)
      self.tick()
    }
  }

  private func ticked(_ now: Int64) {
    // Of the interval that is about to end, not of one that has just begun.
    if let onProgress { onProgress(progress(now)) }
    if phase == .loading || phase == .draining {
      adaptWindow()
      freeStuckWindows(now)
      if now - intervalStart >= plan.interval.nanoseconds { roll() }
    }
  }

  private func progress(_ now: Int64) -> LoadProgress {
    let times = corrected.interval.isEmpty ? acknowledged : corrected
    let percentiles = (times.interval.isEmpty ? times.total : times.interval).percentiles([50, 99])
    let length = Double(now - intervalStart) / 1e9
    let isLoading = phase == .loading || phase == .draining
    return LoadProgress(
      target: target.name, isLoading: isLoading, connected: upCount, clients: plan.clients,
      elapsed: isLoading ? Double(now - loadStart) / 1e9 : 0, duration: plan.duration?.inSeconds,
      sentRate: isLoading && length > 0 ? Double(counters.sent - atIntervalStart.sent) / length : 0,
      receivedRate: isLoading && length > 0
        ? Double(counters.received - atIntervalStart.received) / length : 0,
      p50: percentiles[0], p99: percentiles[1], errors: counters.errors)
  }

  /// Ends an interval: its figures become a point of the series.
  func roll() {
    let now = self.now
    guard now > intervalStart else { return }
    var point = TimeSeries.Point(
      start: Double(intervalStart - loadStart) / 1e9, length: Double(now - intervalStart) / 1e9)
    point.sent = counters.sent - atIntervalStart.sent
    point.received = counters.received - atIntervalStart.received
    point.acknowledged = counters.acknowledged - atIntervalStart.acknowledged
    point.disconnects = counters.disconnects - atIntervalStart.disconnects
    point.connected = upCount
    let times = corrected.interval.isEmpty ? acknowledged.interval : corrected.interval
    let percentiles = times.percentiles([50, 99])
    (point.p50, point.p99, point.maximum) = (percentiles[0], percentiles[1], times.maximum)
    result.series.append(point)
    onInterval(LoadInterval(point: point, corrected: times, raw: raw.interval, startedAt: result.startedAt))
    corrected.roll()
    raw.roll()
    acknowledged.roll()
    rawAcknowledged.roll()
    intervalStart = now
    atIntervalStart = counters
  }
}
