/// What the terminal can show and the user wants shown.
package struct Capabilities: Hashable, Sendable {
  package enum Colours: Sendable, Hashable, CaseIterable {
    /// Attributes only: `NO_COLOR`, `--color never`, or a terminal without.
    case none
    case ansi16
    case palette256
  }

  /// False draws with ASCII alone, and escapes all else.
  package var unicode: Bool
  package var colours: Colours
  package var theme: Theme.Kind
  /// Sparklines and countdowns that move on their own.
  package var animation: Bool

  package init(
    unicode: Bool = true, colours: Colours = .ansi16, theme: Theme.Kind = .standard, animation: Bool = true
  ) {
    self.unicode = unicode
    self.colours = colours
    self.theme = theme
    self.animation = animation
  }
}
