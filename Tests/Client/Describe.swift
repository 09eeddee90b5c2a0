import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

@testable import Client

/// Packets, events and errors in few words, as the transcripts name them.
func describe(_ packet: Packet) -> String {
  switch packet {
  case .connect(let connect): "CONNECT \(connect.cleanStart ? "clean" : "resume")"
  case .publish(let publish): "PUBLISH \(describe(publish))"
  case .pubAck(let ack): "PUBACK \(describe(ack))"
  case .pubRec(let ack): "PUBREC \(describe(ack))"
  case .pubRel(let ack): "PUBREL \(describe(ack))"
  case .pubComp(let ack): "PUBCOMP \(describe(ack))"
  case .subscribe(let subscribe):
    "SUBSCRIBE \(subscribe.packetIdentifier) \(subscribe.subscriptions.map(\.filter).joined(separator: ","))"
  case .unsubscribe(let unsubscribe):
    "UNSUBSCRIBE \(unsubscribe.packetIdentifier) \(unsubscribe.filters.joined(separator: ","))"
  case .disconnect(let disconnect): "DISCONNECT \(hex(disconnect.reasonCode))"
  default: packet.type.name
  }
}

/// Short ones as text; of long ones the length and, where every byte may matter, a checksum (FNV-1a).
func describe(_ payload: ByteBuffer) -> String {
  if payload.readableBytes <= 32 { return String(buffer: payload) }
  guard payload.readableBytes >= ConnectionHandler.largePayload - 1 else {
    return "\(payload.readableBytes) bytes"
  }
  let sum = payload.readableBytesView.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
  return "\(payload.readableBytes) bytes, checksum \(sum)"
}

func describe(_ publish: Publish) -> String {
  let payload = publish.message.payload
  let text = describe(payload)
  let identifier = publish.packetIdentifier.map { "\($0) q\(publish.message.qos.rawValue) " } ?? ""
  return "\(identifier)\(publish.message.topic)=\(text)\(publish.isDuplicate ? " dup" : "")"
}

private func describe(_ acknowledgement: Acknowledgement) -> String {
  let code = acknowledgement.reasonCode
  return "\(acknowledgement.packetIdentifier)\(code == .success ? "" : " \(hex(code))")"
}

private func hex(_ code: ReasonCode) -> String { "0x" + String(code.rawValue, radix: 16) }

func describe(_ outcome: PublishOutcome) -> String {
  switch outcome {
  case .sent: "sent"
  case .acknowledged(let code, _): code == .success ? "acknowledged" : "acknowledged \(hex(code))"
  case .failed(let code, _): "failed \(hex(code))"
  case .rejected(let refusal): "rejected \(refusal)"
  case .unknown: "unknown"
  }
}

func describe(_ event: ConnectionEvent) -> String {
  switch event {
  case .connected(_, let resumed): resumed ? "connected, resumed" : "connected"
  case .subscribed(let id, let subAck, _): "subscribed \(id.rawValue) \(describe(subAck.reasonCodes))"
  case .unsubscribed(let id, _): "unsubscribed \(id.rawValue)"
  case .rejected(let id, let refusal): "rejected \(id.rawValue) \(refusal)"
  case .resubscribed(let subAck, let asked):
    "resubscribed \(asked.map(\.filter).joined(separator: ",")) \(describe(subAck.reasonCodes))"
  case .authentication: "authentication"
  case .sessionLost(let loss):
    "session lost: \(loss.resent) resent, \(loss.unknown) unknown, \(loss.forgotten) forgotten"
  case .retrying(let error, let delay): "retrying in \(delay): \(describe(error))"
  case .ended(let error): "ended" + (error.map { ": \(describe($0))" } ?? "")
  }
}

private func describe(_ codes: [ReasonCode]) -> String { codes.map(hex).joined(separator: " ") }

func describe(_ error: ClientError) -> String {
  switch error {
  case .credentials(let error): "credentials \(error.source) \(error.reason)"
  case .transport(.timeout(let phase, let after, _)): "timeout \(phase) \(after)"
  case .transport(.webSocket(let violation)): "frame \(violation.kind)"
  case .transport(.closed(let reason, let phase)): "closed \(describe(reason)) \(phase)"
  case .transport(.connection): "connection"
  case .transport(.cancelled): "cancelled"
  case .transport(let error): "transport \(error)"
  case .noConnAck(.closed(let reason)): "no CONNACK: \(describe(reason))"
  case .noConnAck(.timedOut(let time)): "no CONNACK in \(time)"
  case .refused(let connAck, _): "refused \(hex(connAck.reasonCode))"
  case .disconnected(let disconnect): "disconnected \(hex(disconnect.reasonCode))"
  case .decode(let error): "decode \(error.field)"
  case .violation(let violation): "violation \(violation.rule)"
  case .encode(let error): "encode \(error.field)"
  }
}

private func describe(_ reason: CloseReason) -> String {
  switch reason {
  case .closeFrame(let code, let reason):
    "\(code.map(String.init) ?? "-")\(reason.isEmpty ? "" : " \(reason)")"
  default: "\(reason)"
  }
}
