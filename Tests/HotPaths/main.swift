import Glibc

/// Runs one of the paths that every message takes a number of times, for Tests/hot-paths to count its
/// instructions and allocations: `hot-paths NAME COUNT`, or `hot-paths` for the names.
let words = Array(CommandLine.arguments.dropFirst())
guard words.count == 2, let count = Int(words[1]),
  let path = HotPath.all.first(where: { $0.name == words[0] })
else {
  for path in HotPath.all { print(path.name) }
  exit(words.isEmpty ? 0 : 64)
}
// What is set up once must not be counted: it is the same whatever the count is.
path.run(count)
