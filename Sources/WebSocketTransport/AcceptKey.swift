/// The value of Sec-WebSocket-Accept for a key, RFC 6455 4.2.2: base64 of SHA-1 of key and a fixed GUID.
package func acceptKey(for key: String) -> String {
  Base64.encode(SHA1.digest([UInt8]((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
}
