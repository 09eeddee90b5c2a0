/// `mqttws help filters`.
enum FilterHelp {
  static let text = """
    An expression says which messages are meant: sub --filter, --expect and --expect-none
    take one, and so do the filter of watch and, over its figures, bench --fail-if.

      topic matches "plant/+/temp" and json.t > 21.5 and not retain

    Fields of a message
      topic            its topic                    payload   its bytes
      text             the payload, if it is UTF-8  size      of the payload, in bytes
      qos              0, 1 or 2                    retain, dup         true or false
      pid              packet identifier            alias     topic alias
      content_type     its content type             user.KEY  a user property
      json.PATH        a value in a JSON payload: json.a.b, json.list[0], json["a key"];
                       .a.b is the same; json alone is the whole document
    and in watch
      dir (in, out)    type (publish, puback, …)    rc        reason code
      rate per second  age, rtt: times              ws.opcode, ws.fin, ws.len

    Comparisons
      == !=            equal or not                 < <= > >=  numbers, and text by bytes
      ~ !~             a regular expression matches somewhere, or does not
      in (1, 2)        one of these                 matches    an MQTT topic filter
      retain           a flag alone is enough       has json.t there is such a value
      "text"           topic or payload contains it; small letters match capitals too
    Put together with and, or, not (or !) and ( ). Two conditions side by side are an and.

    Values
      text             "…" or '…'; escapes \\n \\t \\" \\\\ \\xFF \\u00e9
      bytes            hex:0aff
      numbers          21.5  -3  0x87  20k  5M; k is 1000, but 1024 for size and ws.len
      times            200us  5ms  1.5s  2m  1h; without a unit: seconds
      others           true  false  null
    A payload or user property is compared with a number if it spells one: payload > 21.

    A comparison with a field that is missing is false, != and !~ too; not makes it true:
    not json.ok == true also holds for messages without json.ok.
    Values of different types are different: json.t == "21" does not find the number 21.

    Regular expressions know . * + ? {2,5} | ( ) [a-z] [^a-z] ^ $ \\d \\w \\s \\b (?i) and take
    time in proportion to the text; backreferences and lookaround do not exist.

    """
}
