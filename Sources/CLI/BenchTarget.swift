import Bench
import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Options
import Presentation
import Profiles
import WebSocketTransport

/// One target of `bench`: its settings, and what every client of a run shares.
final class BenchTarget {
  private(set) var settings: ResolvedSettings
  private let keyPassword: [UInt8]?
  private var connection: ConnectionSettings?
  private var tls: TLSContext?
  private let resolver = SharedResolver()

  init(
    _ arguments: ParsedArguments, _ target: ArgumentValue?, _ environment: Environment
  ) throws(CommandFailure) {
    let resolver = Resolver(
      arguments: arguments, target: target, environment: environment, allowsPlainMQTT: true,
      profileFile: { () throws(ProfileError) in try ProfileFileReader.load(environment) })
    do throws(SettingsError) {
      settings = try resolver.resolve()
    } catch {
      throw .settings(error)
    }
    keyPassword = try Self.readKeyPassword(settings)
  }

  private static func readKeyPassword(_ settings: ResolvedSettings) throws(CommandFailure) -> [UInt8]? {
    guard settings.url?.scheme.usesTLS == true, let source = settings.keyPassword else { return nil }
    do throws(CredentialsError) {
      return try SecretCredentials.read(source, key: "key password")
    } catch {
      throw CommandFailure(DiagnosisTable().diagnosis(ClientError.credentials(error)))
    }
  }

  var isDemo: Bool { settings.profileName == nil && settings.target == .demo || wasDemo }
  private var wasDemo = false

  /// Known before the connection settings are.
  var usesTLS: Bool { settings.url?.scheme.usesTLS ?? false }
  var isAddress: Bool { settings.url.map { SystemResolver.literal($0.host, port: $0.port) != nil } ?? true }

  func supplyDemo(_ url: WebSocketURL) {
    wasDemo = true
    settings.supplyDemo(url)
  }

  /// Makes what the clients share: once, before the first run.
  func prepare(_ needs: ConnectionNeeds, shard: Int?) throws(CommandFailure) {
    var random = SystemRandomNumberGenerator()
    do throws(UsageError) {
      connection = try settings.connectionSettings(needs, keyPassword: keyPassword, random: &random)
    } catch {
      throw .usage(error)
    }
    if let shard { connection?.session.clientIdentifier += "-s\(shard)" }
    guard usesTLS, let connection else { return }
    do throws(TransportError) {
      tls = try TLSContext(client: connection.transport.tls)
    } catch {
      throw CommandFailure(diagnoses.diagnosis(error))
    }
  }

  /// nil before `prepare`.
  var load: LoadTarget? {
    guard let base = connection else { return nil }
    let name = wasDemo ? "@demo" : settings.url?.description ?? ""
    return LoadTarget(
      name: name, usesTLS: usesTLS, sharesThread: wasDemo, dialing: dialing,
      settings: { index in
        var settings = base
        settings.session.clientIdentifier += "-\(index)"
        return settings
      })
  }

  private var dialing: Dialing {
    let (tls, resolver) = (tls, resolver)
    return Dialing { settings, eventLoop, observe, makeHandler in
      let dialer = Dialer(
        settings: settings, eventLoop: eventLoop, resolver: resolver, tls: tls, observe: observe)
      return Dialing.Attempt(channel: dialer.dial(makeHandler), cancel: { dialer.cancel() })
    }
  }

  var diagnoses: DiagnosisTable {
    let settings = self.settings
    let session = connection?.session
    return DiagnosisTable(
      DiagnosisContext(
        url: settings.url, version: session?.version ?? .v5, clientIdentifier: session?.clientIdentifier,
        hasUsername: settings.text(.username) != nil, usesBuiltInTarget: settings.usesBuiltInTarget,
        now: WallTime.now, keepAlive: session?.keepAlive ?? 30,
        origin: { name in
          guard let key = SettingKey(rawValue: name) else { return nil }
          let origin = settings.origin(of: key)
          return origin == .builtIn || origin.isCommandLine ? nil : origin.description
        }))
  }
}
