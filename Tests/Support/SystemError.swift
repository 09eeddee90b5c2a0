import Glibc

/// A system call that failed, with what it was asked to do.
package struct SystemError: Error, CustomStringConvertible {
  package let call: String
  package let code: Int32

  package init(_ call: String, _ code: Int32 = errno) {
    self.call = call
    self.code = code
  }

  package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Something a test waited for did not happen in time; the text says what, and shows what there was instead.
package struct DeadlineExceeded: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Repeats a call that a signal interrupted and throws when it returns -1.
@discardableResult
func checked<Result: SignedInteger>(_ name: @autoclosure () -> String, _ call: () -> Result) throws -> Result
{
  while true {
    let result = call()
    if result != -1 { return result }
    if errno != EINTR { throw SystemError(name()) }
  }
}

/// For calls that return the error instead of setting `errno` (pthread_*, posix_spawn*).
func checkedCode(_ name: @autoclosure () -> String, _ code: Int32) throws {
  if code != 0 { throw SystemError(name(), code) }
}
