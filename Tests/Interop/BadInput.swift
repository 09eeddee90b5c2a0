import Support
import Testing

/// One thing that goes wrong, and what the program must say and end with.
struct BadInput: Sendable, CustomTestStringConvertible {
  let name: String
  let status: Int32
  let layer: String
  /// Words that the last line has to hold, in any case.
  let words: [String]
  let arguments: @Sendable (Stage) throws -> [String]

  init(
    _ name: String, _ status: Int32, _ layer: String, _ words: String...,
    arguments: @escaping @Sendable (Stage) throws -> [String]
  ) {
    (self.name, self.status, self.layer, self.words, self.arguments) = (name, status, layer, words, arguments)
  }

  var testDescription: String { name }

  /// Runs it and checks the rules that hold for every failure.
  func check() throws {
    let stage = try Stage()
    let arguments = try arguments(stage)
    let result = try stage.program.command(arguments).run(within: .seconds(30))
    let last = result.errorLines.last ?? ""
    var faults: [String] = []
    if result.status != .exited(status) { faults.append("\(result.status), not \(status)") }
    if !last.hasPrefix("mqttws: \(layer): ") { faults.append("another layer than \(layer)") }
    if !last.contains(" \u{2014} ") { faults.append("no hint") }
    if result.errorLines.count(where: { $0.hasPrefix("mqttws: ") }) != 1 { faults.append("not one line") }
    faults += words.filter { !last.lowercased().contains($0.lowercased()) }.map { "no '\($0)'" }
    if result.errorText.unicodeScalars.contains(where: {
      $0 != "\n" && $0.properties.generalCategory == .control
    }) {
      faults.append("control characters")
    }
    if !result.output.isEmpty { faults.append("output") }
    if result.duration > .seconds(12) { faults.append("after \(result.duration)") }
    #expect(faults.isEmpty, "\(arguments.joined(separator: " "))\n\(result.errorText)")
  }
}

/// Where a bad input is set up: what it starts lives as long as the stage.
final class Stage {
  var program: Mqttws
  private var peers: [ScriptedPeer] = []

  init() throws { program = try Mqttws() }

  var mosquitto: Mosquitto { get throws { try Brokers.shared().mosquitto } }
  var proxy: NginxServer { get throws { try Brokers.shared().proxy } }
  var authority: String { get throws { try Certificates.shared().authority.certificate } }

  /// The URL of a peer that plays this script.
  func peer(_ script: @escaping ScriptedPeer.Script) throws -> String {
    let peer = try ScriptedPeer(script)
    peers.append(peer)
    return "ws://127.0.0.1:\(peer.port)/mqtt"
  }

  /// A peer that answers the upgrade request with these bytes.
  func answering(_ response: String) throws -> String {
    try peer { connection in
      _ = try connection.readRequest()
      try connection.send(response)
      try connection.readToEnd()
    }
  }

  func refusing(_ status: String, _ headers: [String] = [], _ body: String = "") throws -> String {
    let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)", "", body]
    return try answering(lines.joined(separator: "\r\n"))
  }

  /// A peer that upgrades, reads CONNECT and then sends these MQTT packets, each once its turn has come: one at
  /// once and one more for each packet that it gets.
  func broker(_ packets: [UInt8]...) throws -> String {
    try peer { connection in
      try connection.upgrade()
      for packet in packets {
        _ = try connection.readPacket()
        try connection.sendFrame(packet)
      }
      try connection.readToEnd()
    }
  }

  /// A peer that upgrades, reads CONNECT and then sends these raw bytes.
  func framing(_ bytes: [UInt8]) throws -> String {
    try peer { connection in
      try connection.upgrade()
      _ = try connection.readPacket()
      try connection.send(bytes)
      try connection.readToEnd()
    }
  }

  /// Writes the profile file of the program's home.
  @discardableResult
  func profiles(_ text: String) throws -> String {
    try program.home.makeDirectory(".config")
    try program.home.makeDirectory(".config/mqttws")
    return try program.home.write(".config/mqttws/profiles.toml", text)
  }
}
