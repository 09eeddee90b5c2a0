import Testing

@testable import WebSocketTransport

@Suite struct URLReplacementTests {
  @Test func replacesSingleParts() throws {
    let url = try WebSocketURL(parsing: "ws://u:p@h/mqtt")
    #expect(try url.replacing(host: "::1").hostHeader == "[::1]")
    #expect(try url.replacing(host: "[::1]", port: 81).hostHeader == "[::1]:81")
    #expect(try url.replacing(usesTLS: true).port == 443)
    #expect(try url.replacing(port: 80, usesTLS: true).hostHeader == "h:80")
    #expect(try url.replacing(target: "/x?y=%20").target == "/x?y=%20")
    #expect(try url.replacing(host: "bücher").unicodeHost == "bücher")
    #expect(try url.replacing(usesTLS: false) == url)
    #expect(try url.replacing(host: "other").password == "p")
    #expect(try WebSocketURL(parsing: "mqtt://h").replacing(usesTLS: true).scheme == .mqtts)
  }

  @Test func checksThem() throws {
    let url = try WebSocketURL(parsing: "ws://h/")
    #expect(throws: WebSocketURLError(.emptyHost, at: 0)) { try url.replacing(host: "") }
    #expect(throws: WebSocketURLError(.hostCharacter(0x2F), at: 1)) { try url.replacing(host: "a/b") }
    #expect(throws: WebSocketURLError(.portInHost, at: 1)) { try url.replacing(host: "h:80") }
    #expect(throws: WebSocketURLError(.controlCharacter(10), at: 1)) { try url.replacing(host: "a\nb") }
    #expect(throws: WebSocketURLError(.invalidPort, at: 0)) { try url.replacing(port: 0) }
    #expect(throws: WebSocketURLError(.invalidPort, at: 0)) { try url.replacing(port: 65_536) }
    #expect(throws: WebSocketURLError(.relativePath, at: 0, suggestion: "/mqtt")) {
      try url.replacing(target: "mqtt")
    }
    #expect(throws: WebSocketURLError(.space, at: 2, suggestion: "%20")) { try url.replacing(target: "/a b") }
    #expect(throws: WebSocketURLError(.nonASCII, at: 1, suggestion: "%C3%A4")) {
      try url.replacing(target: "/ä")
    }
  }
}

@Suite struct URLRedactionTests {
  static let targets = [
    ("/mqtt", "/mqtt"), ("/mqtt?a=1&b", "/mqtt?a=1&b"), ("/?token=abc", "/?token=…"),
    ("/?Access_Token=abc&x=1", "/?Access_Token=…&x=1"), ("/?password=a=b&sig=%2F", "/?password=…&sig=…"),
    (
      "/mqtt?X-Amz-Algorithm=AWS4&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Security-Token=ff",
      "/mqtt?X-Amz-Algorithm=AWS4&X-Amz-SignedHeaders=host&X-Amz-Signature=…&X-Amz-Security-Token=…"
    ),
    (
      "/?x-amz-customauthorizer-name=n&x-amz-customauthorizer-signature=s",
      "/?x-amz-customauthorizer-name=n&x-amz-customauthorizer-signature=…"
    ),
    ("/?api_key=1&apikey=2&clientSecret=3&jwt=4", "/?api_key=…&apikey=…&clientSecret=…&jwt=…"),
    ("/?to%6Ben=abc", "/?to%6Ben=…"), ("/?%zz=abc", "/?%zz=…"), ("/?token", "/?token"), ("/?", "/?"),
    ("/?token=", "/?token=…"), ("/?a=1?token=2", "/?a=1?token=2"), ("/?&&token=1&", "/?&&token=…&"),
  ]

  @Test(arguments: targets) func hidesTheValuesOfSecretKeys(target: String, shown: String) throws {
    let url = try WebSocketURL(parsing: "ws://h" + target)
    #expect(url.description == "ws://h" + shown)
    #expect(url.target == target)
  }

  @Test func noWayOfPrintingShowsThePassword() throws {
    let url = try WebSocketURL(parsing: "ws://user:hunter2@h/?token=hunter2")
    var dumped = ""
    dump(url, to: &dumped)
    for text in ["\(url)", String(reflecting: url), String(describing: [url]), dumped] {
      #expect(!text.contains("hunter2"))
    }
  }
}

@Suite struct PunycodeTests {
  /// RFC 3492 7.1, in the letters' lower case.
  static let examples = [
    ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
    ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
    ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
    ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
    ("安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"), ("そのスピードで", "d9juau41awczczp"),
    ("-> $1.00 <-", "-> $1.00 <--"), ("ü", "tda"), ("", ""),
  ]

  @Test(arguments: examples) func encodesTheExamplesOfTheStandard(label: String, code: String) {
    #expect(Punycode.encode(Array(label.unicodeScalars)) == code)
  }

  @Test func survivesTheWidestJumps() {
    let label = [Unicode.Scalar](repeating: "\u{10FFFF}", count: 63)
    #expect(!Punycode.encode(label).isEmpty)
  }
}
