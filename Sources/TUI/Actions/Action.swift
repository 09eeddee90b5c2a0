/// Everything that keys, clicks and the palette can do, by the name that `[keys]` of the profile file uses.
/// `ActionTable` says the rest about each.
package enum Action: String, CaseIterable, Sendable {
  case help
  case palette
  case viewTopics = "topics"
  case viewMessages = "messages"
  case viewWire = "wire"
  case viewHealth = "health"
  case viewPublish = "publish-view"
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case zoom
  case nextLayout = "next-layout"
  case narrower, wider, taller, shorter
  case resetLayout = "reset-layout"
  case pause
  case stopSubscriptions = "stop-subscriptions"
  case follow
  case record
  case reconnect
  case publish
  case toggleMouse = "toggle-mouse"
  case redraw
  case suspend
  case quit
  case interrupt
  case back
  case errorDetail = "error-detail"
  case webSocketPing = "ping-websocket"

  case up, down, left, right
  case halfPageUp = "half-page-up"
  case halfPageDown = "half-page-down"
  case pageUp = "page-up"
  case pageDown = "page-down"
  case first, last
  case setMark = "set-mark"
  case jumpToMark = "jump-to-mark"

  case filter
  case toggleFilter = "toggle-filter"
  case search
  case searchNext = "search-next"
  case searchPrevious = "search-previous"
  case applyAsFilter = "apply-as-filter"

  case open
  case openAll = "open-all"
  case closeAll = "close-all"
  case openBelow = "open-below"
  case closeBelow = "close-below"
  case pin
  case sort
  case flat
  case resetRates = "reset-rates"
  case clearRetained = "clear-retained"

  case diff
  case format
  case chart
  case older, newer
  case wrap

  case copy
  case export
  case edit

  case send
  case editPayload = "edit-payload"
  case nextField = "next-field"
  case previousField = "previous-field"
  case previousDraft = "previous-draft"
  case nextDraft = "next-draft"
}
