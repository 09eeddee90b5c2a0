import Glibc

/// The locale that curses goes by: that of the environment, or where the system lacks it, the plain one
/// with the same encoding.
enum WatchLocale {
  static func set() {
    guard setlocale(LC_CTYPE, "") == nil || Terminal.isUTF8 else { return }
    let encoding = String(cString: nl_langinfo(nl_item(CODESET)))
    if Terminal.isUTF8, encoding != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
  }
}
