import MQTTSession
import Presentation
import Testing

@testable import TUI

@Suite struct SkeletonTests {
  @Test(arguments: [(24, 80), (40, 140), (10, 40), (1, 1), (0, 0), (60, 200), (30, 100)])
  func everySizeKeepsTheInvariants(rows: Int, columns: Int) {
    let size = Size(rows: rows, columns: columns)
    for view in ViewID.allCases {
      for unicode in [true, false] {
        var model = Model(.init(target: "ws://localhost/\u{1B}[31m"), size: size)
        model.view = view
        let grid = render(model, size: size, capabilities: Capabilities(unicode: unicode))
        #expect(grid.brokenInvariant == nil)
      }
    }
  }

  @Test func bordersMeet() {
    let size = Size(rows: 24, columns: 80)
    let model = Model(.init(target: "ws://localhost"), size: size)
    let grid = render(model, size: size, capabilities: Capabilities())
    #expect(grid[2, 38].base == "┬")
    #expect(grid[10, 38].base == "│")
    #expect(grid[18, 38].base == "┴")
    #expect(grid[18, 0].base == "─")
    #expect(grid[2, 79].base == "─")
  }
}
