import Bench
import Client
import NIOCore
import Options
import Presentation
import Text

/// `--placeholders` of `pub`, `request` and `bench`, and what is wrong with a template.
enum PlaceholderOptions {
  /// The placeholders that a command knows.
  struct Vocabulary: Sendable {
    let names: [String]
    /// What is wrong with a name and what follows its colon; nil for a good one.
    let flaw: @Sendable (String) -> String?

    static let message = Vocabulary(names: MessageFiller.names, flaw: { MessageFiller.flaw($0) })
    static let load = Vocabulary(names: LoadPlaceholders.names, flaw: { LoadPlaceholders.flaw($0) })
  }

  static let option = OptionDefinition(
    "placeholders", section: "Message", "fill {seq}, {now}, {random} and {client} in topic and payload",
    details: """
      See 'mqttws help templates'. A literal brace is doubled: {{ and }}. Lines of -l go as they are, their \
      topic is filled.
      """)

  static let help = """
    With --placeholders of pub and request, topic and payload are templates; each message fills them anew.

      {seq}            1, 2, 3 and so on; {seq:06} has at least six digits
      {now}            the time as ISO 8601; {now:s} {now:ms} {now:us} {now:ns} since 1970
      {random}         8 letters and digits; {random:16} so many; {random:1-100} a number
      {client}         the client identifier
      {{ and }}        a brace

    bench has templates of the same kind for --topic, and with --placeholders for -m and -f: {run} {client}
    {topic} {seq}, the last three with a width as {seq:06}.

    Example: mqttws pub -t 'load/{client}' -m '{{"n":{seq},"t":{now:ms}}}' --repeat 10 --placeholders

    """

  /// Nil where the plan has none.
  /// - Parameter payload: a template; nil for lines, which go as they are.
  static func filler(
    _ plan: PublishPlan, _ payload: ByteBuffer?, _ connection: Connection
  ) throws(CommandFailure) -> MessageFiller? {
    guard plan.hasPlaceholders else { return nil }
    let template = try payload.map { payload throws(CommandFailure) in
      try self.template(payload, of: plan.source.name)
    }
    return MessageFiller(
      topic: try self.template(plan.topic, of: "-t"), payload: template,
      client: connection.settings.session.clientIdentifier, clock: { WallTime.now },
      random: { .random(in: .min ... .max) })
  }

  static func template(
    _ text: String, of source: String, _ known: Vocabulary = .message
  ) throws(CommandFailure) -> Template {
    let template: Template
    do throws(TemplateError) {
      template = try Template(text, known: known.names)
    } catch {
      throw .usage("\(source): \(error)", hint: "a literal brace is doubled; see 'mqttws help templates'")
    }
    for case .placeholder(let name) in template.pieces {
      guard let flaw = known.flaw(name) else { continue }
      throw .usage("\(source): {\(name)} \(flaw)", hint: "see 'mqttws help templates'")
    }
    return template
  }

  static func template(
    _ payload: ByteBuffer, of source: String, _ known: Vocabulary = .message
  ) throws(CommandFailure) -> Template {
    guard payload.withUnsafeReadableBytes({ UTF8Scanner.isValid($0) }) else {
      throw CommandFailure(
        DiagnosisTable().badInput(source, "not UTF-8", hint: "--placeholders takes text alone"))
    }
    return try template(String(buffer: payload), of: source, known)
  }

  /// The topic with something in place of each placeholder, to be checked as a topic.
  static func exampleTopic(_ topic: String) throws(CommandFailure) -> String {
    try template(topic, of: "-t").text { _ in "x" }
  }
}
