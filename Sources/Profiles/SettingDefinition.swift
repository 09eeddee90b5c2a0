import Options

/// One connection setting, defined once: flags, environment, profile keys, help, man page and completions
/// are made from it.
package struct SettingDefinition: Sendable {
  /// Settings of which a higher layer's choice replaces all of a lower layer's.
  package enum Group: String, Sendable {
    case password
    case keyPassword = "key-password"
    case clientIdentifier = "client-id"
  }

  /// Another flag that sets a fixed value (`-4`).
  package struct FixedFlag: Sendable {
    package var name: String
    package var letter: String
    package var value: String
    package var summary: String
  }

  package var key: SettingKey
  package var letters: String = ""
  /// The flag, when it is not the key (`--header` adds to `headers`).
  package var flag: String
  package var spellings: [String] = []
  package var type: SettingType
  package var placeholder: String
  package var section: String
  package var summary: String
  package var details: String = ""
  package var defaultText: String?
  package var group: Group?
  /// Its literal value is never shown, and a file that holds one must be private.
  package var isSecret = false
  /// Part of where to connect: the environment's count only when the command line names no target.
  package var isTargetPart = false
  /// False for what must be said anew each time (`--insecure`).
  package var isStorable = true
  /// False for a key that a profile file may hold already but that nothing can act on yet.
  package var isSupported = true
  package var isCommon = false
  package var fixedFlags: [FixedFlag] = []
  package var completion: Completion?
  package var missingValueHint: String?

  package init(
    _ key: SettingKey, letter letters: String = "", flag: String? = nil, spellings: [String] = [],
    _ type: SettingType, _ placeholder: String = "", section: Section, _ summary: String,
    details: String = "", default defaultText: String? = nil, group: Group? = nil, secret: Bool = false,
    targetPart: Bool = false, storable: Bool = true, supported: Bool = true, common: Bool = false,
    fixedFlags: [FixedFlag] = [],
    completion: Completion? = nil, missingValueHint: String? = nil
  ) {
    self.key = key
    self.letters = letters
    self.flag = flag ?? key.rawValue
    self.spellings = spellings
    self.type = type
    self.placeholder = placeholder
    self.section = section.rawValue
    self.summary = summary
    self.details = details
    self.defaultText = defaultText
    self.group = group
    isSecret = secret
    isTargetPart = targetPart
    isStorable = storable
    isSupported = supported
    isCommon = common
    self.fixedFlags = fixedFlags
    self.completion = completion
    self.missingValueHint = missingValueHint
  }

  package enum Section: String, Sendable {
    case target = "Where to connect"
    case identity = "Who connects"
    case session = "Session"
    case will = "Will"
    case tls = "TLS"
    case transport = "WebSocket and network"
  }
}
