/// Which key runs which action.
package struct KeyMap: Sendable {
  private var actions: [Key: Action]

  /// The keys as they come.
  package init() {
    actions = [
      .character("q"): .quit, .control("c"): .interrupt, Key(.escape): .back, Key(.tab): .nextPane,
      Key(.tab, .shift): .previousPane, .character("\\"): .zoom, .character("|"): .nextLayout,
      .character("1"): .viewTopics, .character("2"): .viewMessages, .character("3"): .viewWire,
      .character("4"): .viewHealth, .character("5"): .viewPublish, .character("j"): .down,
      .character("k"): .up, Key(.down): .down, Key(.up): .up, .character(" "): .pause,
      Key(.enter): .open, .control("l"): .redraw, .control("z"): .suspend,
    ]
  }

  package func action(for key: Key) -> Action? { actions[key] }
}
