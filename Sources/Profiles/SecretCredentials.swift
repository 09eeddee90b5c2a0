import Client
import Glibc
import MQTTSession
import NIOCore
import WebSocketTransport

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
      let username = username
      let code = DetachedThread.start {
        do throws(CredentialsError) {
          let password = try Self.read(source, key: "password")
          promise.succeed(ConnectCredentials(username: username, password: password))
        } catch {
          promise.fail(error)
        }
      }
      if let code {
        promise.fail(
          CredentialsError(source: "password \(source.description)", reason: String(cString: strerror(code))))
      }
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
