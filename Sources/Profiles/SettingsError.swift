import Options

/// Settings that do not work out: said wrongly on the command line or in the environment, or wrong in the
/// profile file.
package enum SettingsError: Error, Equatable, Sendable {
  case usage(UsageError)
  case profile(ProfileError)
}

/// What the user should hear although it is no error.
package enum SettingsNote: Equatable, Sendable {
  /// `host` replaced the one of the target, so the target's credentials were left out.
  case credentialsDropped(keys: [String], host: String, from: Origin)
  /// TLS settings that mean nothing on a plain connection; as they were said.
  case unusedWithoutTLS([String])
  /// Settings that MQTT 3.1.1 has no field for; as they were said.
  case unusedBefore5([String])
  /// A variable that looks like ours and is not.
  case unknownVariable(String, nearest: String?)
  /// A setting that has to be given on the command line.
  case ignoredVariable(String)
}
