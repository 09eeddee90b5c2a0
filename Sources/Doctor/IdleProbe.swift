import Client
import MQTTPackets
import MQTTSession
import Presentation
import Text
import WebSocketTransport

/// Finds out how long a connection may be silent before somebody on the way cuts it. Pure.
///
/// Several connections are opened at once, each with a longer keep-alive than the one before, and say
/// nothing. A cut ends all those whose silence is longer than it allows, at the same moment; those with
/// shorter silences are answered, which shows that it is the silence that was cut, and bounds the limit of
/// whatever forgets connections without a word. The whole takes as long as the limit, not the sum.
package struct IdleProbe {
  package enum Input {
    case connected(ConnAck)
    /// To what was asked after the silence.
    case answered
    case ended(ClientError?)
  }

  /// Keep-alives in seconds, ascending; one connection each.
  package let keepAlives: [UInt16]
  private var connectedAt: [Int: MonotonicTime] = [:]
  private var refused: Set<Int> = []
  private var survived: Duration?
  private var serverKeepAlive: UInt16?

  /// - Parameters:
  ///   - limit: the longest silence, in seconds.
  ///   - connections: how many may be open at once, from 1.
  package init(limit: UInt16, connections: Int) {
    var silences = [max(limit, 1)]
    while silences.count < connections, let last = silences.last, last > 1 { silences.append(last / 2) }
    keepAlives = silences.reversed()
  }

  /// - Returns: the finding, once there is one: close all connections then.
  package mutating func handle(_ input: Input, of index: Int, at time: MonotonicTime) -> IdleFinding? {
    switch input {
    case .connected(let connAck):
      connectedAt[index] = time
      if let seconds = connAck.properties.serverKeepAlive { serverKeepAlive = seconds }
      return nil
    case .answered:
      guard let start = connectedAt[index] else { return nil }
      var silence = time.duration(since: start)
      // A keep-alive that the server shortens is the longest silence there can be.
      if let serverKeepAlive, serverKeepAlive > 0 { silence = min(silence, .seconds(Int(serverKeepAlive))) }
      survived = max(survived ?? .zero, silence)
      return index == keepAlives.count - 1 ? uncut : nil
    case .ended(let error):
      guard let error else { return nil }
      guard let start = connectedAt[index] else { return failed(index, error) }
      return cut(after: time.duration(since: start), error)
    }
  }

  private mutating func failed(_ index: Int, _ error: ClientError) -> IdleFinding? {
    refused.insert(index)
    guard refused.count == keepAlives.count else { return nil }
    return IdleFinding(
      ending: .none, survived: nil, summary: "no connection could be made for it",
      hint: DiagnosisTable().diagnosis(error).cause)
  }

  private var uncut: IdleFinding {
    let time = Human.duration(survived ?? .zero)
    if let serverKeepAlive {
      return IdleFinding(
        ending: .none, survived: survived,
        summary:
          "no cut within \(time), the longest silence that the server allows (keep-alive \(serverKeepAlive) s)"
      )
    }
    return IdleFinding(ending: .none, survived: survived, summary: "no cut within \(time) of silence")
  }

  private func cut(after silence: Duration, _ error: ClientError) -> IdleFinding {
    let by = IdleWords.ending(error)
    let bound = survived.map { "; after \(Human.duration($0)) the server still answered" } ?? ""
    return IdleFinding(
      ending: .cut(after: silence, by: by), survived: survived,
      summary: "cut after \(Human.duration(silence)) of silence by \(by)\(bound)",
      hint: IdleWords.advice(silence))
  }
}

/// Words about silence and its end.
enum IdleWords {
  /// Who hung up, how, and from which side.
  static func ending(_ error: ClientError) -> String {
    switch error {
    case .transport(.closed(.endOfStream, _)):
      "the other side: TCP closed (FIN) without a close frame or DISCONNECT, as proxies do"
    case .transport(.closed(.tlsTruncated, _)):
      "the other side: TCP closed (FIN) without TLS's goodbye, as proxies do"
    case .transport(.closed(.reset, _)): "the other side: TCP reset (RST), as firewalls and proxies do"
    case .transport(.closed(.closeFrame(let code, let reason), _)):
      "the other side: WebSocket close \(code.map(String.init) ?? "without a code")"
        + (reason.isEmpty ? "" : " \(DiagnosisTable.quoted(reason))")
    case .disconnected(let disconnect):
      "the broker: MQTT DISCONNECT, \(disconnect.reasonCode.name(in: .disconnect, version: .v5) ?? "unknown code")"
    case .violation(let violation) where violation.reasonCode == .keepAliveTimeout:
      "this side: \(violation.detail), so something on the way forgot the connection without a word"
    default: "this side: \(DiagnosisTable().diagnosis(error).cause)"
    }
  }

  static func advice(_ silence: Duration) -> String {
    let seconds = Int(silence / .seconds(1) * 0.75)
    let keepAlive = seconds >= 1 ? "keep the keep-alive below it (-k \(seconds)), or " : ""
    return
      "\(keepAlive)raise the limit: nginx proxy_read_timeout, HAProxy timeout tunnel, a load balancer's idle timeout"
  }
}
