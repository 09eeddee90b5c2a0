import MQTTPackets

/// One packet identifier in use by us as the sender.
struct Exchange: Sendable {
  enum Phase: Sendable {
    /// A SUBSCRIBE or UNSUBSCRIBE: not part of the session state.
    case reserved
    case awaitingPubAck
    case awaitingPubRec
    /// PUBREC came: from here on only PUBREL may be sent ([MQTT-4.3.3-6]).
    case awaitingPubComp
  }

  var identifier: UInt16
  var phase: Phase
  /// Whether it went out on the present connection, and so fills its window.
  var isOnWire: Bool
  /// Of the PUBREC, kept until the PUBCOMP ends the exchange.
  var reasonCode: ReasonCode = .success
  /// Grows with every PUBLISH sent and every PUBREC received: the order to resend in.
  var order: UInt64
  var token: UInt64
  /// nil once PUBREC freed us from keeping it.
  var message: Message?
  /// Of the PUBREC.
  var properties: Properties = []
}

/// The exchanges by packet identifier. Identifiers count up, so that a power of two of slots indexed
/// by their low bits finds each in one step; growing splits every slot in two and moves no two
/// entries together.
struct ExchangeTable: Sendable {
  private var slots: [Exchange?] = []
  private var lastIdentifier: UInt16 = 0
  private(set) var count = 0

  /// An identifier that is not in use, never 0; nil when all 65,535 are. The caller must use it.
  mutating func allocate() -> UInt16? {
    guard count < Int(UInt16.max) else { return nil }
    if count * 2 >= slots.count, slots.count <= Int(UInt16.max) { grow() }
    // Amortised constant: one lap passes each used slot once, and at least half are free.
    repeat {
      lastIdentifier &+= 1
      if lastIdentifier == 0 { lastIdentifier = 1 }
    } while slots[index(lastIdentifier)] != nil
    return lastIdentifier
  }

  private func index(_ identifier: UInt16) -> Int { Int(identifier) & (slots.count - 1) }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: nil, count: max(16, old.count * 2))
    for exchange in old {
      if let exchange { slots[index(exchange.identifier)] = exchange }
    }
  }

  mutating func insert(_ exchange: consuming Exchange) {
    let position = index(exchange.identifier)
    slots[position] = consume exchange
    count += 1
  }

  /// The slot of `identifier`, or nil when it is not in use. Valid until the next change.
  func position(of identifier: UInt16) -> Int? {
    if slots.isEmpty { return nil }
    let position = index(identifier)
    return slots[position]?.identifier == identifier ? position : nil
  }

  func phase(at position: Int) -> Exchange.Phase? { slots[position]?.phase }

  func isOnWire(at position: Int) -> Bool { slots[position]?.isOnWire ?? false }

  func exchange(_ identifier: UInt16) -> Exchange? {
    position(of: identifier).flatMap { slots[$0] }
  }

  mutating func update(at position: Int, _ change: (inout Exchange) -> Void) {
    // Moved out and in again, not copied.
    guard var exchange = slots[position].take() else { return }
    change(&exchange)
    slots[position] = consume exchange
  }

  mutating func remove(at position: Int) -> Exchange? {
    guard slots[position] != nil else { return nil }
    count -= 1
    return slots[position].take()
  }

  /// All of them, in no order.
  var exchanges: [Exchange] { slots.compactMap { $0 } }

  mutating func forEach(_ change: (inout Exchange) -> Void) {
    for position in slots.indices where slots[position] != nil { update(at: position, change) }
  }
}
