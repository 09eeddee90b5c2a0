import CGlibc
import Glibc

/// Both ends are closed on exec.
struct Pipe {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try checked("pipe2") { pipe2(&ends, O_CLOEXEC) }
    reading = ends[0]
    writing = ends[1]
  }
}

/// What a child gets as one of its descriptors 0, 1, 2, …
enum ChildDescriptor {
  case inherited(Int32)
  case file(String, Int32)
  case closed
}

/// Starts a program in a session and process group of its own, with the descriptors given and no others,
/// every signal at its default and unblocked. A terminal opened as descriptor 0 becomes the controlling one.
func spawn(
  _ path: String, _ arguments: [String], environment: [String], directory: String? = nil,
  descriptors: [ChildDescriptor]
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  try checkedCode("posix_spawn_file_actions_init", posix_spawn_file_actions_init(&actions))
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (target, descriptor) in descriptors.enumerated() {
    let target = Int32(target)
    switch descriptor {
    case .inherited(let source):
      try checkedCode("adddup2", posix_spawn_file_actions_adddup2(&actions, source, target))
    case .file(let path, let flags):
      try checkedCode(
        "addopen \(path)", posix_spawn_file_actions_addopen(&actions, target, path, flags, 0o600))
    case .closed:
      try checkedCode("addclose", posix_spawn_file_actions_addclose(&actions, target))
    }
  }
  try checkedCode(
    "addclosefrom", posix_spawn_file_actions_addclosefrom_np(&actions, Int32(descriptors.count)))
  if let directory {
    try checkedCode("addchdir", posix_spawn_file_actions_addchdir_np(&actions, directory))
  }

  var attributes = posix_spawnattr_t()
  try checkedCode("posix_spawnattr_init", posix_spawnattr_init(&attributes))
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigfillset(&signals)
  try checkedCode("setsigdefault", posix_spawnattr_setsigdefault(&attributes, &signals))
  sigemptyset(&signals)
  try checkedCode("setsigmask", posix_spawnattr_setsigmask(&attributes, &signals))
  let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | Int32(posix_spawn_setsid)
  try checkedCode("setflags", posix_spawnattr_setflags(&attributes, Int16(flags)))

  let argv = arguments.map { strdup($0) } + [nil]
  let envp = environment.map { strdup($0) } + [nil]
  defer { (argv + envp).forEach { free($0) } }
  var pid: pid_t = 0
  try checkedCode("start \(path)", posix_spawn(&pid, path, &actions, &attributes, argv, envp))
  return pid
}
