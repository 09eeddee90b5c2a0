import Glibc

/// A system call that failed.
struct SystemError: Error, Equatable {
  let errno: CInt
  let operation: String

  /// The system's words for the error: `No such file or directory`.
  var text: String { String(cString: strerror(errno)) }
}
