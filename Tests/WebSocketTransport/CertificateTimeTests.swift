import Testing

@testable import WebSocketTransport

@Suite struct CertificateTimeTests {
  /// Against `date -u -d @SECONDS`.
  @Test(arguments: [
    (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
    (951_868_799, "2000-02-29 23:59:59 UTC"), (1_735_689_599, "2024-12-31 23:59:59 UTC"),
    (4_107_542_400, "2100-03-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
    (253_402_300_799, "9999-12-31 23:59:59 UTC"),
  ]) func description(_ seconds: Int, _ text: String) {
    #expect(CertificateTime(secondsSince1970: seconds).description == text)
  }
}
