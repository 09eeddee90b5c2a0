import Glibc
import Presentation
import WebSocketTransport

/// Why the embedded broker does not listen.
enum ListenerDiagnosis {
  static func diagnosis(_ error: any Error) -> Diagnosis {
    let table = DiagnosisTable()
    guard let error = error as? ListenerError else { return table.internalError("\(error)") }
    return switch error {
    case .invalidAddress(let address):
      table.usage(
        "'\(address)' is no address to listen on", hint: "--bind takes an IP address: 127.0.0.1, ::1")
    case .bind(let address, let port, let code):
      Diagnosis(
        .system, .os, "cannot listen on \(address):\(port): \(String(cString: strerror(code)))",
        code == EADDRINUSE
          ? "take another port with -p, or a free one with -p 0" : "check --bind and -p")
    case .tlsFile(let failure): table.diagnosis(.tlsFile(failure))
    case .tlsSetting(let name, let detail): table.diagnosis(.tlsSetting(name: name, detail: detail))
    }
  }
}
