import Presentation
import Text

/// A list on its way into a file: a part an event, so that keys and frames come in between.
struct ListExport: Sendable {
  enum List: Sendable, Equatable {
    /// What the log shows, through the filter and up to a pause, as a recording.
    case messages
    /// The packets that are kept of the wire, as a capture.
    case packets
  }

  private static let bytesPerPart = 256 * 1024
  /// However little they make.
  private static let itemsPerPart = 5_000

  private let list: List
  private let path: String?
  private var next: UInt64?
  private let end: UInt64
  private var capture: CaptureEncoder
  /// As it was at the start.
  private let wire: WireRing
  private var count = 0
  private var isFirst = true

  init(_ list: List, path: String?, _ workspace: Workspace) {
    self.list = list
    self.path = path
    wire = list == .packets ? workspace.store.shownWire : WireRing(limit: 0)
    capture = CaptureEncoder(monotonic: workspace.time, wall: workspace.wall)
    switch list {
    case .messages:
      next = workspace.store.firstShown
      end = workspace.store.lastShown ?? 0
    case .packets:
      next = wire.numbers.map { UInt64(clamping: $0.lowerBound) }
      end = wire.numbers.map { UInt64(clamping: $0.upperBound) } ?? 0
    }
  }

  var isOver: Bool { next == nil }

  mutating func part(_ store: Store) -> ExportPart {
    var bytes = isFirst && list == .packets ? CaptureEncoder.header : []
    var items = 0
    var writer = RecordingWriter()
    while let place = next, bytes.count < Self.bytesPerPart, items < Self.itemsPerPart {
      items += 1
      switch list {
      case .messages:
        append(store.message(at: place), with: &writer, to: &bytes)
        next = store.shown(after: place).flatMap { $0 <= end ? $0 : nil }
      case .packets:
        if let item = wire.item(Int(clamping: place)) {
          if case .packet = item.kind { count += 1 }
          capture.append(item, to: &bytes)
        }
        next = place < end ? place + 1 : nil
      }
    }
    let noun = list == .messages ? "message" : "packet"
    var part = ExportPart(
      bytes, Human.plural(count, noun), path: path, suffix: list == .messages ? "ndjson" : "pcapng")
    part.isFirst = isFirst
    part.isLast = isOver
    isFirst = false
    return part
  }

  /// A payload of which the middle is not kept must not pass for a whole one.
  private mutating func append(
    _ message: StoredMessage?, with writer: inout RecordingWriter, to bytes: inout [UInt8]
  ) {
    guard let message else { return }
    guard message.isTruncated else {
      count += 1
      return writer.append(message.received, to: &bytes)
    }
    let reason = "\(Human.bytes(message.payloadLength)) of #\(message.number) were too much to keep"
    writer.append(RecordingGap(at: message.receivedAt, messages: 1, reason: reason), to: &bytes)
  }
}

extension Model {
  mutating func run(_ entry: Menu.Entry) -> [Command] {
    switch entry.choice {
    case .command(let command): return [command]
    case .export(let list, let path):
      guard export == nil else {
        add(Note(.warning, "an export is still being written"))
        return []
      }
      export = ListExport(list, path: path, workspace)
      return []
    }
  }

  /// Goes on with what is being exported.
  mutating func advanceExport() -> Command? {
    guard var job = export else { return nil }
    export = nil
    let part = job.part(workspace.store)
    if !job.isOver { export = job }
    return .export(part)
  }
}
