import MQTTPackets
import MQTTSession

extension Broker {
  /// Does what is due and sets `nextDeadline` anew. Looks at everything there is: deadlines are
  /// seconds apart, and activity only moves them further.
  package func timer(now: MonotonicTime, into effects: inout [BrokerEffect]) {
    nextDeadline = nil
    for number in holding.sorted() {
      guard let session = sessions[number] else { continue }
      let limit = session.lastProgress + settings.stallTimeout
      if limit > now {
        wake(at: limit)
      } else {
        session.isStalled = true
        releasePublishers(of: session, into: &effects)
      }
    }
    for link in links.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
      checkSilence(link, now: now, into: &effects)
    }
    for session in sessions.values.sorted(by: { $0.number < $1.number }) where session.link == nil {
      if let due = session.willDue {
        if due <= now { publishWill(of: session, now: now, into: &effects) } else { wake(at: due) }
      }
      if let expires = session.expires {
        if expires <= now { endSession(session, now: now, into: &effects) } else { wake(at: expires) }
      }
    }
  }

  private func checkSilence(
    _ link: ClientLink, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let patience = link.patience else { return }
    // We did not read it: its silence is our own.
    if !link.holders.isEmpty { link.lastReceived = now }
    let limit = link.lastReceived + patience
    if limit > now {
      wake(at: limit)
    } else if links[link.id] === link {
      end(link, .keepAliveTimeout, cause: .timeout, now: now, into: &effects)  // [MQTT-3.1.2-22]
    }
  }
}
