import Glibc
import LoopbackBroker
import MQTTPackets
import NIOCore
import NIOPosix
import Options
import Presentation
import Profiles
import WebSocketTransport

/// `mqttws serve`: the embedded broker on its own.
final class ServeCommand {
  private let console: Console
  private let ready: ReadySignal
  private let listener: ListenerSettings
  private let settings: BrokerSettings
  private let simulates: Bool
  private let maximumTime: Duration?
  private var broker: LoopbackBroker?
  private var eventLoop: any EventLoop

  static func run(_ words: [String]) -> Never {
    var console = Console()
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, ServeOptions.definition)
      console = Console(arguments)
      let listener = try ServeOptions.listener(arguments)
      let settings = try ServeOptions.broker(arguments)
      let simulation = try OptionValues.choice(arguments, "simulate", ["sensors"])
      let limit = try OptionValues.duration(arguments, "max-time")
      let ready = try ReadySignal(arguments)
      SignalSource.block()
      MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { [console] eventLoop in
        ServeCommand(console, ready, listener, settings, simulation != nil, limit, eventLoop).start()
      }
      Exit.now(.software)
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private init(
    _ console: Console, _ ready: ReadySignal, _ listener: ListenerSettings, _ settings: BrokerSettings,
    _ simulates: Bool, _ maximumTime: Duration?, _ eventLoop: any EventLoop
  ) {
    self.console = console
    self.ready = ready
    self.listener = listener
    self.settings = settings
    self.simulates = simulates
    self.maximumTime = maximumTime
    self.eventLoop = eventLoop
  }

  private func start() {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    do throws(SystemError) {
      try SignalSource.start(on: eventLoop) { signal in bound.value.stop { SignalSource.die(of: signal) } }
    } catch {
      Exit.failed(CommandFailure.system(error).diagnosis, console)
    }
    if let maximumTime {
      eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(maximumTime)) {
        self.stop {
          Exit.failed(
            Diagnosis(.time, .maximumTime, "--max-time is over", "leave it out to serve on"), self.console)
        }
      }
    }
    LoopbackBroker.start(
      listener, settings: settings, simulatesDevices: simulates, on: eventLoop, observe: { self.tell($0) }
    ).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let broker): self.listening(broker)
      case .failure(let error): Exit.failed(ListenerDiagnosis.diagnosis(error), self.console)
      }
    }
  }

  private func listening(_ broker: LoopbackBroker) {
    self.broker = broker
    let host = listener.address.contains(":") ? "[\(listener.address)]" : listener.address
    let url = "\(listener.tls == nil ? "ws" : "wss")://\(host):\(broker.port)/mqtt"
    console.note("listening at \(url)")
    do throws(CommandFailure) {
      try ready.give(url + "\n")
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private func tell(_ notice: BrokerNotice) { console.note(BrokerNoticeText.text(notice)) }

  /// Tells the clients, then does `end`; at once when there is nobody to tell.
  private func stop(_ end: @escaping () -> Never) {
    guard let broker else { end() }
    broker.stop()
    // The last packets leave in this pass of the loop.
    eventLoop.assumeIsolated().execute { end() }
  }
}
