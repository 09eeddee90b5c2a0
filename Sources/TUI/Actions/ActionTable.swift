/// The one table of actions, a row each, in the order of the manual.
package enum ActionTable {
  package static let rows: [ActionDefinition] =
    global + movement + filtering + topics + detail + copying + publishing

  package static func definition(of action: Action) -> ActionDefinition {
    byAction[action] ?? ActionDefinition(action, .global, [], action.rawValue)
  }

  private static let byAction = Dictionary(
    rows.map { ($0.action, $0) }, uniquingKeysWith: { first, _ in first })

  private static let global: [ActionDefinition] = [
    .init(.help, .global, ["?", "F1"], hint: "help", "keys that are valid here, searchable; Enter runs one"),
    .init(.palette, .global, [":", "Ctrl-P"], hint: "command", "find and run any command by name"),
    .init(.viewTopics, .global, ["1"], mouse: "click the tab", "show the Topics view"),
    .init(.viewMessages, .global, ["2"], mouse: "click the tab", "show the Messages view"),
    .init(.viewWire, .global, ["3"], mouse: "click the tab", "show the Wire view"),
    .init(.viewHealth, .global, ["4"], mouse: "click the tab", "show the Health view"),
    .init(.viewPublish, .global, ["5"], mouse: "click the tab", "show the Publish view"),
    .init(
      .nextPane, .global, ["Tab", "Ctrl-W w"], mouse: "click the pane", hint: "pane", "go to the next pane"),
    .init(.previousPane, .global, ["S-Tab", "Ctrl-W W"], "go to the previous pane"),
    .init(.zoom, .global, ["\\"], mouse: "double-click the title", "show the pane alone, and back"),
    .init(.nextLayout, .global, ["|"], hint: "layout", "arrange the panes in another way"),
    .init(.narrower, .global, ["<"], mouse: "drag the border", "make the pane narrower"),
    .init(.wider, .global, [">"], mouse: "drag the border", "make the pane wider"),
    .init(.taller, .global, ["+"], mouse: "drag the border", "make the pane taller"),
    .init(.shorter, .global, ["-"], mouse: "drag the border", "make the pane shorter"),
    .init(.resetLayout, .global, ["="], "undo resizing, zoom and layout"),
    .init(
      .pause, .global, ["Space"], "pause or resume the view; network, counters and recording go on"),
    .init(
      .stopSubscriptions, .global, ["S"], hint: "stop",
      "stop all subscriptions at the broker (UNSUBSCRIBE), or start them again; asks"),
    .init(.follow, .global, ["f"], "follow the newest row, or stop following"),
    .init(.record, .global, ["r"], "start or stop recording what arrives to a file"),
    .init(
      .reconnect, .global, ["Ctrl-R"],
      "drop the connection and dial again now; asks when deliveries are in flight"),
    .init(.publish, .global, ["p"], "open the publish form with the selected topic"),
    .init(
      .toggleMouse, .global, ["M"], hint: "mouse", "turn the mouse on or off; off lets the terminal select"),
    .init(.redraw, .global, ["Ctrl-L"], "draw the whole screen again"),
    .init(.suspend, .global, ["Ctrl-Z"], "suspend to the shell; fg comes back"),
    .init(
      .quit, .global, ["q", "F10"],
      "leave the view, or quit; asks while recording or with deliveries in flight"),
    .init(.interrupt, .global, ["Ctrl-C"], "cancel a prompt or search; with none of them, quit"),
    .init(.back, .global, ["Esc"], "close what is open, leave zoom; never quits"),
    .init(.errorDetail, .global, ["!"], hint: "error", "show the last failure in full"),
    .init(
      .webSocketPing, .global, ["P"], in: .panes([.health]), hint: "WebSocket ping",
      "send one WebSocket ping and time the pong; some brokers close the connection on it"),
  ]

  private static let movement: [ActionDefinition] = [
    .init(.down, .move, ["j", "Down"], mouse: "wheel", "one row down"),
    .init(.up, .move, ["k", "Up"], mouse: "wheel", "one row up"),
    .init(
      .left, .move, ["h", "Left"], mouse: "click the arrow", hint: "collapse",
      "collapse, or scroll to the left"),
    .init(
      .right, .move, ["l", "Right"], mouse: "click the arrow", hint: "expand",
      "expand, or scroll to the right"),
    .init(.halfPageDown, .move, ["Ctrl-D"], "half a page down"),
    .init(.halfPageUp, .move, ["Ctrl-U"], "half a page up"),
    .init(.pageDown, .move, ["PgDn"], "a page down"),
    .init(.pageUp, .move, ["PgUp"], "a page up"),
    .init(.first, .move, ["g", "Home"], "to the first row"),
    .init(.last, .move, ["G", "End"], "to the last row; follow it, and end a pause"),
    .init(.setMark, .move, ["m"], hint: "mark", "mark the row with the letter that is typed next"),
    .init(
      .jumpToMark, .move, ["'"], hint: "jump",
      "jump to the mark with the letter that is typed next; '' jumps back"),
  ]

  private static let filtering: [ActionDefinition] = [
    .init(.filter, .filter, ["/"], "edit the display filter; empty turns it off"),
    .init(.toggleFilter, .filter, ["F"], hint: "filter on/off", "turn the last filter off or on"),
    .init(
      .search, .filter, ["Ctrl-F"], "search in the list: text, ~regular expression or hex:0aff"),
    .init(.searchNext, .filter, ["n"], hint: "next match", "to the next match"),
    .init(.searchPrevious, .filter, ["N"], hint: "previous match", "to the previous match"),
    .init(
      .applyAsFilter, .filter, ["a"], in: .panes([.decoded]), hint: "as filter",
      "filter for what the selected field says"),
  ]

  private static let topics: [ActionDefinition] = [
    .init(
      .open, .topics, ["Enter"], mouse: "double-click", hint: "expand",
      "open or close the node; on a leaf, go to its detail"),
    .init(.openAll, .topics, ["o"], in: .panes([.topics]), hint: "open all", "open all nodes"),
    .init(.closeAll, .topics, ["O"], in: .panes([.topics]), hint: "close all", "close all nodes"),
    .init(
      .openBelow, .topics, ["S-Right", "S-Down"], in: .panes([.topics]), hint: "open below",
      "open all nodes below the selected one"),
    .init(
      .closeBelow, .topics, ["S-Left", "S-Up"], in: .panes([.topics]), hint: "close below",
      "close all nodes below the selected one"),
    .init(.pin, .topics, ["*"], in: .panes([.topics]), "keep the topic or subtree on top"),
    .init(
      .sort, .topics, ["s"], mouse: "click the title", in: .panes([.topics]),
      "sort by name, rate, count, bytes or last change"),
    .init(.flat, .topics, ["t"], in: .panes([.topics]), hint: "tree/flat", "show a tree or a flat list"),
    .init(
      .resetRates, .topics, ["Z"], in: .panes([.topics]), hint: "reset",
      "forget rates and history of the node; the broker is not asked"),
    .init(
      .clearRetained, .topics, ["D", "Del"], in: .panes([.topics]), hint: "clear retained",
      "remove retained messages at the broker; the number of topics must be typed; off with --read-only"),
  ]

  private static let payloadPanes: [PaneID] = [.topics, .messages, .detail, .history]

  private static let detail: [ActionDefinition] = [
    .init(.diff, .detail, ["d"], in: .panes(payloadPanes), "compare with the previous or the marked message"),
    .init(
      .format, .detail, ["x"], in: .panes(payloadPanes), hint: "hex",
      "show as JSON, text, hex, Base64, CBOR, MessagePack"),
    .init(
      .chart, .detail, ["c"], in: .panes(payloadPanes),
      "chart the selected number over time; Enter on a number pins it"),
    .init(.older, .detail, ["["], in: .panes(payloadPanes), "the topic's message before"),
    .init(.newer, .detail, ["]"], in: .panes(payloadPanes), "the topic's message after"),
    .init(.wrap, .detail, ["w"], in: .panes(payloadPanes), "wrap long lines, or cut them"),
  ]

  private static let copying: [ActionDefinition] = [
    .init(
      .copy, .copy, ["y"], "copy payload, topic, bytes, a pub command or JSON; to the clipboard or a file"),
    .init(
      .export, .copy, ["e"], "write the selected or all filtered rows to a file: NDJSON, raw or pcapng"),
    .init(.edit, .copy, ["E"], "look at the payload in $EDITOR"),
  ]

  private static let publishing: [ActionDefinition] = [
    .init(.send, .publish, ["Ctrl-S"], mouse: "click Send", in: .panes([.form]), "publish the message"),
    .init(
      .editPayload, .publish, ["Ctrl-E"], in: .panes([.form]), hint: "$EDITOR", "edit the payload in $EDITOR"),
    .init(
      .nextField, .publish, ["Tab"], mouse: "click the field", in: .panes([.form]), hint: "next field",
      "go to the next field"),
    .init(
      .previousField, .publish, ["S-Tab"], in: .panes([.form]), hint: "previous field",
      "go to the previous field"
    ),
    .init(
      .previousDraft, .publish, ["PgUp"], in: .panes([.form]), hint: "history", "take a message sent before"),
    .init(
      .nextDraft, .publish, ["PgDn"], in: .panes([.form]), hint: "newer", "take a message sent after that one"
    ),
  ]
}
