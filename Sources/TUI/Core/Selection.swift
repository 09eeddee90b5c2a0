/// What is selected where, for the panes that show parts of it.
package struct Selection: Equatable, Sendable {
  /// The topic under the cursor in the tree, or of the message in the log.
  package var topic: String?
  /// The message that detail shows, by its sequence; nil shows the topic's newest.
  package var message: UInt64?
  /// The log follows what is newest, so that nobody chose the message.
  package var isFollowed = false
  /// The frame that decoded and bytes show, by its number.
  package var frame: UInt64?
  /// The bytes of the selected field in the frame or packet.
  package var fieldBytes: Range<Int>?

  package init() {}
}
