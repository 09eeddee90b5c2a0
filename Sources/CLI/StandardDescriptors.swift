import Glibc

/// Descriptors 0 to 2 at the start of the process.
enum StandardDescriptors {
  /// Opens what was closed by the parent, so that no socket gets one of these numbers.
  ///
  /// Error becomes `/dev/null`. Input becomes a descriptor that cannot be read and output one that cannot
  /// be written, so that a run that needs them fails instead of publishing nothing or losing what it printed.
  static func makeSureTheyAreOpen() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // `open` gives the lowest free number, which is this one.
      _ = open("/dev/null", descriptor == 1 ? O_RDONLY : O_WRONLY)
    }
  }
}
