// swift-tools-version:6.2
import PackageDescription

/// Every target of ours is built in Swift 6 mode and without a warning. Release builds leave out the
/// dynamic exclusivity checks, a quarter of the instructions per message; debug builds and tests have them.
/// They give each function a section, so that the linker can put those together that every run needs.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .unsafeFlags(
    ["-enforce-exclusivity=unchecked", "-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// The release program carries OpenSSL, ncurses and the C++ runtime in itself: loading and relocating them as
/// shared libraries took half of the time and a quarter of the memory of a short run. Whoever wants to get
/// their updates without a new build sets MQTTWS_LINK=shared. Nothing loads the program's symbols by name, so
/// there is no table of them, and relocations are packed. What a short run executes, a twentieth of the code,
/// comes first and in one piece (.static/order, by Tests/start-order): scattered, it brings half of the program
/// into memory. A name in that list that is no more does no harm.
let selfContained: [String] =
  [
    "-use-ld=lld", "-Xlinker", "--strip-debug", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z",
    "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-warn-symbol-ordering", "-Xlinker",
    "--symbol-ordering-file=\(Context.packageDirectory)/.static/order",
  ]
  + (Context.environment["MQTTWS_LINK"] == "shared"
    ? [] : ["-L\(Context.packageDirectory)/.static", "-Xclang-linker", "-static-libgcc"])

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name), "Support"] + dependencies,
    path: "Tests/\(name)",
    swiftSettings: strict)
}

let package = Package(
  name: "mqttws",
  products: [.executable(name: "mqttws", targets: ["mqttws"])],
  dependencies: [
    // Sockets, event loops, timers and byte buffers; the codecs above them are ours.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    // bench's latencies: constant memory, exact merging, the percentiles every other tool computes.
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .executableTarget(
      name: "mqttws", dependencies: ["CLI"], swiftSettings: strict,
      linkerSettings: [.unsafeFlags(selfContained, .when(configuration: .release))]),
    library(
      "CLI",
      [
        "Bench", "Client", "CursesTerminal", "Doctor", "Expression", "LoopbackBroker", "MQTTPackets",
        "MQTTSession", "Options", "Presentation", "Profiles", "TUI", "Text", "WebSocketTransport", nioCore,
        nioLocks, nioPosix,
      ]),
    library("CursesTerminal", ["CNcurses", "TUI"]),
    library(
      "TUI",
      [
        "Client", "Expression", "MQTTPackets", "MQTTSession", "Presentation", "Text", "WebSocketTransport",
        nioCore,
      ]),
    library(
      "Bench",
      [
        "Client", "Expression", "MQTTPackets", "MQTTSession", "Presentation", "Text", "WebSocketTransport",
        histogram, nioCore,
      ]),
    library(
      "Doctor",
      [
        "Client", "MQTTPackets", "MQTTSession", "Presentation", "Text", "WebSocketTransport", nioCore,
      ]),
    library(
      "LoopbackBroker",
      ["MQTTPackets", "MQTTSession", "WebSocketTransport", nioCore]),
    library(
      "Presentation",
      ["Client", "MQTTPackets", "MQTTSession", "Profiles", "Text", "WebSocketTransport", nioCore]),
    library(
      "Profiles",
      [
        "Client", "MQTTPackets", "MQTTSession", "Options", "Text", "WebSocketTransport", nioCore,
      ]),
    library("Client", ["MQTTPackets", "MQTTSession", "WebSocketTransport", nioCore]),
    library("WebSocketTransport", ["COpenSSL", nioCore, nioPosix]),
    library("MQTTSession", ["MQTTPackets", nioCore]),
    library("MQTTPackets", [nioCore]),
    library("Expression", ["MQTTPackets", "Options", "Text", nioCore]),
    library("Options", []),
    library("Text", []),
    .systemLibrary(
      name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncursesw5-dev"])]),

    .target(
      name: "Support", dependencies: ["CGlibc", nioCore, nioPosix], path: "Tests/Support",
      swiftSettings: strict),
    .systemLibrary(name: "CGlibc", path: "Tests/CGlibc"),
    // What Tests/hot-paths counts.
    .executableTarget(
      name: "hot-paths",
      dependencies: [
        "Expression", "MQTTPackets", "MQTTSession", "Presentation", "WebSocketTransport", nioCore,
      ], path: "Tests/HotPaths", swiftSettings: strict),
    // What crashes with the terminal in its hands.
    .executableTarget(
      name: "crash", dependencies: ["CursesTerminal", "TUI"], path: "Tests/Crash", swiftSettings: strict),
    tests(of: "Text"),
    tests(of: "Options"),
    tests(of: "Expression", ["MQTTPackets", "Text", nioCore]),
    tests(
      of: "TUI",
      [
        "Client", "Expression", "MQTTPackets", "MQTTSession", "Presentation", "Text", "WebSocketTransport",
        nioCore,
      ]),
    tests(
      of: "Bench",
      [
        "Client", "Expression", "MQTTPackets", "MQTTSession", "Text", "WebSocketTransport", nioCore,
        nioEmbedded,
      ]),
    tests(
      of: "Doctor",
      [
        "Client", "LoopbackBroker", "MQTTPackets", "MQTTSession", "Presentation", "WebSocketTransport",
        nioCore, nioPosix,
      ]),
    tests(of: "MQTTPackets", [nioCore]),
    tests(of: "MQTTSession", ["MQTTPackets", nioCore]),
    tests(of: "WebSocketTransport", [nioCore, nioPosix, nioEmbedded]),
    tests(
      of: "Client",
      [
        "LoopbackBroker", "MQTTPackets", "MQTTSession", "WebSocketTransport", nioCore, nioEmbedded, nioPosix,
      ]),
    tests(
      of: "Profiles",
      ["Client", "MQTTPackets", "MQTTSession", "Options", "WebSocketTransport", nioCore, nioPosix]),
    tests(
      of: "Presentation", ["Client", "MQTTPackets", "MQTTSession", "Profiles", "WebSocketTransport", nioCore]),
    tests(
      of: "LoopbackBroker",
      ["Client", "MQTTPackets", "MQTTSession", "WebSocketTransport", nioCore, nioPosix]),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "CLI", "Client", "Expression", "MQTTPackets", "MQTTSession", "Options", "Presentation", "Profiles",
        "Support",
        "WebSocketTransport", "mqttws", nioCore, nioPosix, nioEmbedded,
      ], path: "Tests/CLI", swiftSettings: strict),
    .testTarget(
      name: "InteropTests", dependencies: ["Support", "TUI", "crash", "mqttws"], path: "Tests/Interop",
      swiftSettings: strict),
  ]
)
