import Glibc

/// `$VISUAL` or `$EDITOR`, started on a file in the terminal that the screen has given back.
struct WatchEditor {
  private let process: pid_t

  init(_ path: String) throws(SystemError) {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this program blocks and ignores is no business of the editor.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // A shell, because the variable may hold options.
    let words = ["sh", "-c", "exec ${VISUAL:-${EDITOR:-vi}} \"$1\"", "sh", path]
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, "/bin/sh", nil, &attributes, arguments, environ)
    guard code == 0 else { throw SystemError(errno: code, operation: "start an editor") }
    self.process = process
  }

  /// Whether the editor has ended; nil while it runs.
  var outcome: Bool? {
    var status: CInt = 0
    let result = waitpid(process, &status, WNOHANG)
    if result == 0 || (result < 0 && errno == EINTR) { return nil }
    return result == process && status == 0
  }
}
