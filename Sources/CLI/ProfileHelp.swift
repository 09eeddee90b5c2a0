/// `mqttws help profiles`.
enum ProfileHelp {
  static let text = """
    Connection profiles are kept in a TOML file: $MQTTWS_CONFIG, else
    $XDG_CONFIG_HOME/mqttws/profiles.toml, else ~/.config/mqttws/profiles.toml.

      default = "lab"                          # used when no target is named

      [profiles.lab]
      url = "wss://broker.lab:8084/mqtt"
      username = "ci"
      password-command = "pass show mqtt/lab"  # or password-file, password-env
      cafile = "lab-ca.pem"                    # relative to this file

      [profiles.lab-admin]
      extends = "lab"
      username = "admin"
      headers = { "X-Tenant" = "acme" }

    A profile is named as a target: mqttws sub @lab -t 'plant/#'
    @demo needs no file: it is the built-in broker with simulated devices.

    Every connection option has one name in three places: the flag --keep-alive, the
    key keep-alive and the variable MQTTWS_KEEP_ALIVE. A flag counts more than a
    variable, a variable more than the profile, the profile more than the default.
    A target given as a URL takes nothing from any profile.

    'mqttws profile show NAME' prints every value and where it came from, and
    'mqttws profile check' reads the whole file. Unknown keys and wrong types are
    errors. A file that holds a password and that others can read is refused.

    """
}
