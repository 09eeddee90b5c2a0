import MQTTPackets
import Testing

@testable import Presentation

struct ExitStatusTests {
  /// The frozen table: code, name, retry.
  @Test func tableIsFrozen() {
    let rows = ExitStatus.allCases.sorted { $0.rawValue < $1.rawValue }.map {
      "\($0.rawValue) \($0.name) [\($0.retry)]"
    }
    #expect(
      rows == [
        "0 OK [-]", "1 CHECK FAILED [no]", "22 UPGRADE REFUSED [429, 502-504]",
        "27 WAIT EXPIRED [by the script]", "35 TLS HANDSHAKE [no]", "60 TLS CERT [no]", "64 USAGE [no]",
        "65 DATA [no]", "66 NO INPUT [no]", "68 NO HOST [maybe]", "69 UNAVAILABLE [yes]",
        "70 SOFTWARE [report it]", "71 OS [maybe]", "73 CANT CREATE [no]", "74 IO [maybe]",
        "75 TEMPFAIL [yes]", "76 PROTOCOL [no]", "77 NO PERM [no]", "78 CONFIG [no]", "97 PROXY [maybe]",
        "124 MAX TIME [-]", "129 SIGHUP [-]", "130 SIGINT [-]", "131 SIGQUIT [-]", "141 SIGPIPE [-]",
        "143 SIGTERM [-]",
      ])
  }

  @Test func helpShowsEveryCode() {
    for status in ExitStatus.allCases {
      #expect(
        ExitStatus.help.contains("\n\(String(status.rawValue).padded(to: 5)) \(status.name.padded(to: 16))"))
    }
    #expect(ExitStatus.help.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func precedenceNamesEachOnce() {
    #expect(ExitStatus.precedence.count == ExitStatus.allCases.count)
    #expect(Set(ExitStatus.precedence) == Set(ExitStatus.allCases))
  }

  static let heavierWinsRows: [(ExitStatus, ExitStatus, ExitStatus)] = [
    (ExitStatus.ok, ExitStatus.waitExpired, ExitStatus.waitExpired), (.io, .checkFailed, .io),
    (.interrupt, .software, .interrupt), (.usage, .noHost, .usage), (.noHost, .tlsCertificate, .noHost),
    (.upgradeRefused, .noPermission, .upgradeRefused), (.protocolError, .unavailable, .protocolError),
    (.maximumTime, .waitExpired, .maximumTime), (.checkFailed, .maximumTime, .checkFailed),
    (.os, .io, .os), (.proxy, .upgradeRefused, .proxy), (.temporaryFailure, .unavailable, .temporaryFailure),
  ]

  @Test(arguments: heavierWinsRows)
  func heavierWins(first: ExitStatus, second: ExitStatus, expected: ExitStatus) {
    #expect(first.combined(with: second) == expected)
    #expect(second.combined(with: first) == expected)
  }

  @Test(arguments: 0...5)
  func connectReturnCodes(code: UInt8) {
    let expected: [ExitStatus] = [
      .protocolError, .protocolError, .protocolError, .temporaryFailure, .noPermission, .noPermission,
    ]
    #expect(ExitStatus(ReasonCode(rawValue: code), version: .v3_1_1) == expected[Int(code)])
  }

  @Test func reasonCodes() {
    let rows: [ExitStatus: [UInt8]] = [
      .noPermission: [0x86, 0x87, 0x8A, 0x8C],
      .temporaryFailure: [0x88, 0x89, 0x97, 0x9C, 0x9D, 0x9F],
      .unavailable: [0x00, 0x8B, 0x8D, 0x98, 0xA0],
    ]
    for code in UInt8(0x80)...0xFF where !rows.values.joined().contains(code) {
      #expect(ExitStatus(ReasonCode(rawValue: code)) == .protocolError)
    }
    for (status, codes) in rows {
      for code in codes { #expect(ExitStatus(ReasonCode(rawValue: code)) == status) }
    }
  }
}
