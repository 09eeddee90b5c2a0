import Glibc

/// Descriptors 0 to 2 at the start of the process.
enum StandardDescriptors {
  /// Opens what was closed by the parent, so that no socket gets one of these numbers.
  ///
  /// Input and error become `/dev/null`. Output becomes a descriptor that cannot be written, so that a
  /// run that prints fails instead of losing what it printed.
  static func makeSureTheyAreOpen() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // `open` gives the lowest free number, which is this one.
      _ = open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY)
    }
  }
}
