/// What became of one list of lines in another: the longest common part stays, the rest goes or comes.
enum LineDiff {
  /// Lines that are compared with each other line by line; more than that are all taken as changed.
  private static let maximumCells = 1 << 20

  static func lines(from old: [DetailLine], to new: [DetailLine]) -> [DetailLine] {
    var head = 0
    while head < old.count, head < new.count, old[head].reads(like: new[head]) { head += 1 }
    var tail = 0
    while tail < old.count - head, tail < new.count - head,
      old[old.count - 1 - tail].reads(like: new[new.count - 1 - tail])
    {
      tail += 1
    }
    let middle = changes(
      Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
    return Array(new[..<head]) + middle + Array(new[(new.count - tail)...])
  }

  private static func changes(_ old: [DetailLine], _ new: [DetailLine]) -> [DetailLine] {
    let columns = new.count + 1
    guard (old.count + 1) * columns <= maximumCells else {
      return old.map { mark($0, .removed) } + new.map { mark($0, .added) }
    }
    // The length of the longest common part of what follows each pair of places.
    var lengths = [Int32](repeating: 0, count: (old.count + 1) * columns)
    for row in stride(from: old.count - 1, through: 0, by: -1) {
      for column in stride(from: new.count - 1, through: 0, by: -1) {
        lengths[row * columns + column] =
          old[row].reads(like: new[column])
          ? lengths[(row + 1) * columns + column + 1] + 1
          : max(lengths[(row + 1) * columns + column], lengths[row * columns + column + 1])
      }
    }
    var result: [DetailLine] = []
    var (row, column) = (0, 0)
    while row < old.count || column < new.count {
      if row < old.count, column < new.count, old[row].reads(like: new[column]) {
        result.append(new[column])
        row += 1
        column += 1
      } else if row < old.count,
        column == new.count
          || lengths[(row + 1) * columns + column] >= lengths[row * columns + column + 1]
      {
        result.append(mark(old[row], .removed))
        row += 1
      } else {
        result.append(mark(new[column], .added))
        column += 1
      }
    }
    return result
  }

  private static func mark(_ line: DetailLine, _ change: DetailLine.Change) -> DetailLine {
    var line = line
    line.change = change
    return line
  }
}
