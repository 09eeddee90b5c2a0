import Client
import Doctor
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// Performs an `IdleProbe`: its connections, and what they hear.
///
/// Lives on the event loop.
final class IdleExamination {
  private var probe: IdleProbe
  private let settings: ConnectionSettings
  private let eventLoop: any EventLoop
  private let tracer: (Int) -> ((TraceEvent) -> Void)?
  private var finish: ((IdleFinding) -> Void)?
  private var connections: [Silence] = []

  /// - Parameter tracer: for each of the connections, from 1.
  init(
    _ probe: IdleProbe, _ settings: ConnectionSettings, eventLoop: any EventLoop,
    tracer: @escaping (Int) -> ((TraceEvent) -> Void)?,
    finish: @escaping (IdleFinding) -> Void
  ) {
    self.probe = probe
    self.settings = settings
    self.eventLoop = eventLoop
    self.tracer = tracer
    self.finish = finish
  }

  func start() {
    let keepAlives = probe.keepAlives
    connections = keepAlives.indices.map { index in
      var settings = settings
      settings.session.keepAlive = keepAlives[index]
      settings.session.will = nil
      settings.reconnect = ReconnectPolicy(reconnects: false)
      if keepAlives.count > 1 { settings.session.clientIdentifier += "-\(index + 1)" }
      return Silence(settings, eventLoop: eventLoop, tracer: tracer(index + 1)) { [weak self] in
        self?.heard($0, index)
      }
    }
    for connection in connections { connection.start() }
  }

  func stop() {
    finish = nil
    for connection in connections { connection.stop() }
  }

  private func heard(_ input: IdleProbe.Input, _ index: Int) {
    let now = MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds)
    guard let finish, let finding = probe.handle(input, of: index, at: now) else { return }
    stop()
    finish(finding)
  }
}

/// A connection that says nothing for the time of its keep-alive, and then asks whether somebody is there.
private final class Silence: ConnectionDelegate {
  private let connection: Connection
  private let tell: (IdleProbe.Input) -> Void
  private var timer: Scheduled<Void>?

  init(
    _ settings: ConnectionSettings, eventLoop: any EventLoop, tracer: ((TraceEvent) -> Void)?,
    tell: @escaping (IdleProbe.Input) -> Void
  ) {
    connection = Connection(settings, eventLoop: eventLoop)
    connection.tracer = tracer
    connection.noticesFailedWrites = true
    self.tell = tell
  }

  func start() {
    connection.delegate = self
    connection.start()
  }

  func stop() {
    timer?.cancel()
    connection.disconnect()
  }

  /// The keep-alive's own PINGREQ leaves at this moment too; an UNSUBACK is an answer that can be heard.
  private func ask() {
    connection.unsubscribe(["mqttws-doctor/silence"], RequestID(1))
  }

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    connection.delivered(upTo: sequence)
  }
  func connectionDrainedInput(_ connection: Connection) {}
  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {}
  func connectionCanSend(_ connection: Connection) {}

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .connected(let connAck, _):
      let wait = TimeAmount.seconds(Int64(connection.settings.session.keepAlive))
      timer = connection.eventLoop.assumeIsolated().scheduleTask(in: wait) { self.ask() }
      tell(.connected(connAck))
    case .unsubscribed: tell(.answered)
    case .ended(let error):
      timer?.cancel()
      tell(.ended(error))
    default: break
    }
  }
}
