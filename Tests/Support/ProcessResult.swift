import Glibc

package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
  }

  package var description: String {
    switch self {
    case .exited(let code): "exit \(code)"
    case .signalled(let signal): "signal \(signal)"
    }
  }
}

/// How a child ended, all it wrote to captured streams, and what it used (with the descendants it waited for).
package struct ProcessResult: Sendable {
  package let status: ExitStatus
  package let output: [UInt8]
  package let errors: [UInt8]
  /// What it wrote to descriptor 3, where that was captured.
  package let extra: [UInt8]
  package let userTime: Duration
  package let systemTime: Duration
  package let maximumResidentBytes: Int
  package let duration: Duration

  package var outputText: String { String(decoding: output, as: UTF8.self) }
  package var errorText: String { String(decoding: errors, as: UTF8.self) }
  package var outputLines: [String] { lines(of: outputText) }
  package var errorLines: [String] { lines(of: errorText) }

  private func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

extension Duration {
  init(_ time: timeval) {
    self = .seconds(time.tv_sec) + .microseconds(time.tv_usec)
  }
}
