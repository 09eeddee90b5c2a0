import Client
import Glibc
import MQTTSession
import NIOCore

/// A user name, and a password that is read anew from its source before every attempt, on a thread of its
/// own. Only for event loops that outlive the reading.
package struct SecretCredentials: CredentialsProvider {
  package var username: String?
  package var password: SecretSource?

  package init(username: String?, password: SecretSource?) {
    self.username = username
    self.password = password
  }

  package func credentials(on eventLoop: any EventLoop) -> EventLoopFuture<ConnectCredentials> {
    switch password {
    case nil: return eventLoop.makeSucceededFuture(ConnectCredentials(username: username))
    case .literal(let text):
      return eventLoop.makeSucceededFuture(
        ConnectCredentials(username: username, password: Array(text.utf8)))
    case .some(let source):
      let promise = eventLoop.makePromise(of: ConnectCredentials.self)
      SecretRead(username: username, source: source, promise: promise).start()
      return promise.futureResult
    }
  }

  /// Reads `source` at once, on this thread, for what is needed before the loop runs.
  package static func read(_ source: SecretSource, key: String) throws(CredentialsError) -> [UInt8] {
    do throws(SecretError) {
      return try source.read()
    } catch {
      throw CredentialsError(source: "\(key) \(source.description)", reason: error.reason)
    }
  }
}

private final class SecretRead: Sendable {
  private let username: String?
  private let source: SecretSource
  private let promise: EventLoopPromise<ConnectCredentials>

  init(username: String?, source: SecretSource, promise: EventLoopPromise<ConnectCredentials>) {
    self.username = username
    self.source = source
    self.promise = promise
  }

  func start() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<SecretRead>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code != 0 else { return }
    box.release()
    promise.fail(
      CredentialsError(source: "password \(source.description)", reason: String(cString: strerror(code))))
  }

  private func run() {
    do throws(CredentialsError) {
      let password = try SecretCredentials.read(source, key: "password")
      promise.succeed(ConnectCredentials(username: username, password: password))
    } catch {
      promise.fail(error)
    }
  }
}
