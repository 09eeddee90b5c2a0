/// Keys and certificates made by the openssl command when first asked for, valid for a day; one set for all tests.
package struct Certificates: Sendable {
  /// A key and its certificate, as PEM files.
  package struct Identity: Sendable {
    package let certificate: String
    package let key: String
  }

  package let directory: TemporaryDirectory
  /// Signed all below but `stranger`.
  package let authority: Identity
  /// Names localhost, 127.0.0.1 and ::1.
  package let server: Identity
  package let expiredServer: Identity
  package let futureServer: Identity
  /// Names another.example and 192.0.2.1 only.
  package let wrongNameServer: Identity
  /// For localhost, but of an authority that nobody was told about.
  package let strangerAuthority: Identity
  package let strangerServer: Identity
  package let client: Identity
  /// The client's key, encrypted with `keyPassword`.
  package let encryptedClientKey: String
  package let keyPassword = "open sesame"

  private static let made = Result { try Certificates() }
  package static func shared() throws -> Certificates { try made.get() }

  package init() throws {
    directory = try TemporaryDirectory()
    let here = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
    let forge = Forge(directory: directory)
    authority = try forge.authority("authority", subject: "/O=mqttws tests/CN=Test authority")
    strangerAuthority = try forge.authority("stranger-authority", subject: "/O=Strangers/CN=Other authority")
    server = try forge.identity("server", "/CN=localhost", here, by: authority)
    expiredServer = try forge.identity(
      "expired", "/CN=localhost", here, by: authority, from: "20200101000000Z", until: "20200201000000Z")
    futureServer = try forge.identity(
      "future", "/CN=localhost", here, by: authority, from: "20400101000000Z", until: "20410101000000Z")
    wrongNameServer = try forge.identity(
      "wrong-name", "/CN=another.example", "subjectAltName=DNS:another.example,IP:192.0.2.1", by: authority)
    strangerServer = try forge.identity("stranger", "/CN=localhost", here, by: strangerAuthority)
    client = try forge.identity("client", "/CN=test client", "extendedKeyUsage=clientAuth", by: authority)
    encryptedClientKey = directory.file("client-encrypted.key")
    try runTool(
      "openssl",
      ["pkey", "-aes256", "-in", client.key, "-out", encryptedClientKey, "-passout", "pass:\(keyPassword)"])
  }
}

private struct Forge {
  let directory: TemporaryDirectory

  func authority(_ name: String, subject: String) throws -> Certificates.Identity {
    let identity = try key(name)
    try openssl([
      "req", "-x509", "-new", "-key", identity.key, "-out", identity.certificate, "-days", "1", "-subj",
      subject,
      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    ])
    return identity
  }

  /// Dates as `openssl ca` takes them, which alone can make a certificate for another time.
  func identity(
    _ name: String, _ subject: String, _ extensions: String, by issuer: Certificates.Identity,
    from: String? = nil, until: String? = nil
  ) throws -> Certificates.Identity {
    let identity = try key(name)
    let request = directory.file("\(name).csr")
    try openssl(["req", "-new", "-key", identity.key, "-out", request, "-subj", subject])
    let home = try directory.makeDirectory("\(name)-issue")
    let index = try directory.write("\(name)-issue/index.txt", "")
    let configuration = try directory.write(
      "\(name)-issue/ca.cnf",
      """
      [ca]
      default_ca = issue
      [issue]
      database = \(index)
      new_certs_dir = \(home)
      rand_serial = yes
      default_md = sha256
      policy = any
      unique_subject = no
      x509_extensions = leaf
      [any]
      commonName = supplied
      [leaf]
      basicConstraints = critical,CA:FALSE
      \(extensions)

      """)
    let dates = if let from, let until { ["-startdate", from, "-enddate", until] } else { ["-days", "1"] }
    try openssl(
      [
        "ca", "-batch", "-notext", "-config", configuration, "-cert", issuer.certificate, "-keyfile",
        issuer.key,
        "-in", request, "-out", identity.certificate,
      ] + dates)
    return identity
  }

  private func key(_ name: String) throws -> Certificates.Identity {
    let path = directory.file("\(name).key")
    try openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path])
    return Certificates.Identity(certificate: directory.file("\(name).pem"), key: path)
  }

  private func openssl(_ arguments: [String]) throws { try runTool("openssl", arguments) }
}
