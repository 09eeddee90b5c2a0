/// `mqttws help formats`.
enum FormatHelp {
  static let text = """
    --format NAME prints each message as
      pretty    for people: time, topic, flags and payload; the default on a terminal
      payload   the payload's bytes and a newline; the default in a pipe
      json      one JSON object a line, lossless for any payload
      hex       the payload in hexadecimal
      base64    the payload in base 64
    -v puts the topic before payload, hex and base64; -N leaves out the newline.
    --timestamps puts before all but json when the message was read, in nanoseconds:
      iso       2026-11-22T14:48:56.195091123+0100
      relative  seconds since the first message that is printed
      delta     seconds since the one before

    -F TEMPLATE prints what the template says, as mosquitto_sub does:
      %t topic            %p payload as it is       %x %X payload in hexadecimal
      %q QoS              %l payload length         %f %d payload as a 4 or 8 byte float
      %r retain           %m packet identifier      %j %J message as JSON (%J: payload is JSON)
      %I time, ISO 8601   %U time, seconds          %% %  @@ @
    and of MQTT 5:
      %A topic alias      %C content type           %D correlation data
      %E message expiry   %F payload format         %P user properties
      %R response topic   %S subscription identifiers
    A width pads (%20t), - aligns to the left (%-20t), 0 pads with zeros (%06l), and a
    precision cuts (%.10t). @ and a letter print the time as date(1) does: @H:@M:@S, @N
    for nanoseconds. Escapes: \\n \\t \\r \\a \\e \\0 \\\\

    Example: mqttws sub @demo -t 'sensor/#' -F '@H:@M:@S %-30t %p'

    """
}
