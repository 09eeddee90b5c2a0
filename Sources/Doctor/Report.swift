import Presentation

/// Everything that an examination found, for people and for programs.
package struct Report: Sendable {
  /// The address without secrets.
  package var target: String
  package var steps: [StepResult] = []
  package var certificates: [CertificateRow] = []
  package var limits: [Limit] = []
  package var probes: [ProbeRow] = []
  package var idle: IdleFinding?
  package var verdict: Verdict?
  /// Lines to copy.
  package var snippet: [String] = []
  package var time = Duration.zero

  package init(target: String) { self.target = target }

  /// What deserves attention although it works.
  package var warnings: [StepResult] { steps.filter { $0.mark == .warning } }
}

/// One thing that the server allows, as its CONNACK says.
package struct Limit: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case number(Int)
    case flag(Bool)
    case text(String)
  }

  package var name: String
  package var value: Value

  package init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// One probe and what it showed.
package struct ProbeRow: Equatable, Sendable {
  package var title: String
  package var isBetter: Bool
  package var outcome: String
  package var time: Duration
}

/// The end of an examination.
package struct Verdict: Equatable, Sendable {
  /// nil when every step went well.
  package var diagnosis: Diagnosis?
  /// What a probe found to work, in words.
  package var finding: String?
  /// A command line that works, quoted for a shell, without secrets.
  package var command: String?
  /// What is different where it works.
  package var probe: Probe?

  package init(
    diagnosis: Diagnosis? = nil, finding: String? = nil, command: String? = nil, probe: Probe? = nil
  ) {
    self.diagnosis = diagnosis
    self.finding = finding
    self.command = command
    self.probe = probe
  }
}
