public import ConsoleClient
import ContextMonitor
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOSSL
import ServiceLifecycle
import Synchronization
import WebSocketTransport
public import WireProtocol

/// A monitoring root over what a receiver reads, so that operators attach to it as to a backend.
///
/// It reads only: no route changes anything. ``start()`` listens, ``watching(_:)`` puts it between the receiver
/// and its console, and ``stop()`` ends every stream.
public final class ReceiverMonitor: Sendable {
    private let plan: MonitorPlan
    private let source: RelayedSource
    private let times: ConnectionTimes
    private let running = Mutex<Running?>(nil)

    private struct Running {
        let group: ServiceGroup
        let task: Task<Void, any Error>
    }

    /// A monitoring root for the receiver that `url` names.
    public convenience init(_ plan: MonitorPlan, url: String, version: String, redaction: Redaction) {
        self.init(plan, url: url, version: version, redaction: redaction, times: ConnectionTimes())
    }

    /// The same, with other times for silent peers.
    init(
        _ plan: MonitorPlan, url: String, version: String, redaction: Redaction, times: ConnectionTimes
    ) {
        self.plan = plan
        self.times = times
        source = RelayedSource(url: url, version: version, redaction: redaction)
    }

    /// The same messages, which from now on are also served.
    public func watching(_ receiver: any MessageSource) -> any MessageSource {
        MonitoredSource(receiver: receiver, relay: source)
    }

    /// Listens, and returns the URL of the health document that names the root.
    ///
    /// - Throws: ``MonitorPlanError/cannotListen(_:_:)``.
    public func start() async throws(MonitorPlanError) -> String {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "monitor") { _ in SwiftLogNoOpLogHandler() }
        let task: Task<Void, any Error>
        let group: ServiceGroup
        do {
            let application = Application(
                router: router(),
                server: try plan.tls.map {
                    try .tls(.http1(configuration: .watched(times)), tlsConfiguration: $0)
                }
                    ?? .http1(configuration: .watched(times)),
                configuration: .init(
                    address: .hostname(plan.address.host, port: plan.address.port), serverName: nil),
                onServerRunning: { channel in
                    port.yield(channel.localAddress?.port ?? 0)
                    port.finish()
                }, logger: logger)
            group = ServiceGroup(services: [application], logger: logger)
            task = Task { [group] in
                defer { port.finish() }
                try await group.run()
            }
        } catch { throw .cannotListen(plan.address.description, ListenAddress.words(error)) }
        var bound: Int?
        for await number in ports { bound = number }
        guard let bound else {
            let words: String
            do {
                try await task.value
                words = "it ended"
            } catch { words = ListenAddress.words(error) }
            throw .cannotListen(plan.address.description, words)
        }
        running.withLock { $0 = Running(group: group, task: task) }
        let scheme = plan.tls == nil ? "http" : "https"
        return "\(scheme)://\(ListenAddress(host: plan.address.host, port: bound))"
    }

    /// Ends every stream and stops listening.
    public func stop() async {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        await running?.group.triggerGracefulShutdown()
        try? await running?.task.value
    }

    private func router() -> Router<MonitorRequestContext> {
        let router = Router(context: MonitorRequestContext.self)
        router.get("/health") { [source] _, _ in
            Response(json: source.health(at: SystemClock.now()), mediaType: HealthDocument.mediaType)
        }
        let operators = router.group(RouterPath(stringLiteral: ContextMonitor.root))
            .add(middleware: OperatorGate(access: plan.access, wrongTokens: source.monitor.wrongTokens))
        operators.get("/snapshot") { [source] _, _ in
            Response(json: source.snapshot(at: SystemClock.now()).json)
        }
        operators.get("/events") { [source] request, _ in try source.monitor.eventStream(request) }
        return router
    }
}

/// A receiver whose messages are also served.
private struct MonitoredSource: MessageSource {
    let receiver: any MessageSource
    let relay: RelayedSource
    private let outlet = MessageOutlet()

    init(receiver: any MessageSource, relay: RelayedSource) {
        self.receiver = receiver
        self.relay = relay
    }

    /// What the receiver says, after it was kept for operators.
    var messages: AsyncStream<Message> { outlet.messages }

    /// Works until the task is cancelled; a slow reader of ``messages`` slows no operator.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await receiver.run() }
            group.addTask {
                for await message in receiver.messages {
                    relay.take(message, at: SystemClock.now())
                    outlet.send(message)
                }
            }
        }
        outlet.finish()
    }
}
