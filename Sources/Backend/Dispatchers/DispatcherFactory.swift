import ContextMonitor
import Logging
import PatternDetection
import WireProtocol

/// The one place that makes dispatchers, and the one way in which a path gets its own.
struct DispatcherFactory: Sendable {
    let monitor: ContextMonitor
    let registry: DispatcherRegistry
    let logger: Logger
    let now: @Sendable () -> Timestamp
    /// Whether a factory that fails may be replaced by a living singleton; counted and logged when it is.
    let allowsLegacyFallback: Bool
    let permissions: ToolPermissions
    let faults: ActiveFaults
    private let cache = DispatcherCache()

    init(
        monitor: ContextMonitor, registry: DispatcherRegistry, logger: Logger,
        now: @escaping @Sendable () -> Timestamp, allowsLegacyFallback: Bool,
        permissions: ToolPermissions = .init(), faults: ActiveFaults = .init()
    ) {
        self.monitor = monitor
        self.registry = registry
        self.logger = logger
        self.now = now
        self.allowsLegacyFallback = allowsLegacyFallback
        self.permissions = permissions
        self.faults = faults
    }

    /// The global dispatcher of the singleton pattern: everybody's, so it has no user and no session.
    ///
    /// It has every shipped tool, and in their place what `classes` has of the same name.
    static func singleton(classes: [any Tool.Type] = ToolCatalogue.all) -> ToolBench {
        let context = ToolContext.nobody
        let all = classes + ToolCatalogue.all
        return ToolBench(id: "global", tools: all.compactMap { try? $0.init(context) })
    }

    /// A dispatcher for one user context, by the pattern that the evidence shows.
    ///
    /// The verdict is ``PatternDetector``'s, the same that a console reaches.
    ///
    /// - Throws: the words of the failure; it is recorded as the path's last outcome.
    func dispatcher(
        for context: ContextRecord, on path: ConsumerPath, in state: PathState
    ) async throws(CreationError) -> ToolDispatcher {
        var about = EventMetadata()
        about.user = context.user
        about.session = context.session
        let judgement = PatternDetector.judge(path, state.evidence(of: path))
        do throws(CreationError) {
            let made = try await make(judgement, context, state)
            monitor.creation(
                .created(made.id, pattern: judgement.wins ?? judgement.verdict), on: path, about: about)
            return made
        } catch {
            if let shared = state.toolDispatcher.value, judgement.initialization == .perUser,
                allowsLegacyFallback
            {
                logger.warning("factory failed on \(path): \(error); fell back to the legacy dispatcher")
                monitor.creation(.fellBack(shared.id, error: error.description), on: path, about: about)
                return await share(shared, with: context)
            }
            logger.error("no dispatcher on \(path) for \(context.user?.rawValue ?? "?"): \(error)")
            monitor.creation(.failed(error: error.description), on: path, about: about)
            throw error
        }
    }

    /// Whether a path in that state could make a dispatcher: makes one for nobody and disposes it; nil when it could.
    func rehearse(_ path: ConsumerPath, in state: PathState, at moment: Timestamp) async -> String? {
        var context = ContextRecord(id: ContextID(rawValue: UUIDv7.text(at: moment)))
        context.path = path
        let judgement = PatternDetector.judge(path, state.evidence(of: path))
        if case .empty(let warning) = judgement.initialization { return warning }
        do throws(CreationError) {
            let made = try await make(judgement, context, state)
            await dispose(made, of: nil, reason: "rehearsal")
            return nil
        } catch { return error.description }
    }

    private func make(
        _ judgement: Judgement, _ context: ContextRecord, _ state: PathState
    ) async throws(CreationError) -> ToolDispatcher {
        switch judgement.initialization {
        case .perUser:
            if faults.has(.isCached), let cached = await cached(for: context) { return cached }
            return try await build(state.toolClasses.value ?? [], context, judgement.verdict)
        case .shared(let warning):
            guard let shared = state.toolDispatcher.value else {
                throw .message("the legacy dispatcher is gone")
            }
            logger.warning("\(judgement.path): \(warning)")
            return await share(shared, with: context)
        case .empty(let warning):
            logger.warning("\(judgement.path): \(warning)")
            return try await build([], context, judgement.verdict)
        case .failure(let message): throw .message(message)
        }
    }

    private func share(_ bench: ToolBench, with context: ContextRecord) async -> ToolDispatcher {
        var record = DispatcherRecord(id: bench.id)
        record.pattern = .singleton
        await registry.activateOnce(record)
        await registry.name(bench.names, of: bench.id)
        if let user = context.user { await registry.own(bench.id, by: user) }
        return door(to: bench, for: context)
    }

    /// The path's cached dispatcher, which serves this context too from now on.
    private func cached(for context: ContextRecord) async -> ToolDispatcher? {
        guard let session = context.session, let path = context.path,
            let found = cache.take(path, for: Owned(session, of: context.user))
        else { return nil }
        if let user = context.user { await registry.own(found.id, by: user) }
        return door(to: found, for: context)
    }

    private func door(to bench: ToolBench, for context: ContextRecord) -> ToolDispatcher {
        ToolDispatcher(
            bench: bench, user: context.user, context: context.key, registry: registry,
            permissions: permissions)
    }

    /// Makes a user's own dispatcher; what was half built is disposed when a tool cannot be made.
    private func build(
        _ classes: [any Tool.Type], _ context: ContextRecord, _ verdict: Verdict
    ) async throws(CreationError) -> ToolDispatcher {
        let id = DispatcherID(rawValue: UUIDv7.text(at: now()))
        var record = DispatcherRecord(id: id)
        record.user = context.user
        record.session = context.session
        record.pattern = verdict == .mixed ? .factory : verdict
        record.owners = context.user.map { [$0] } ?? []
        await registry.request(record)
        await registry.move(id, to: .initializing, reason: "making \(classes.count) tools")
        let own = ToolContext(user: context.user, session: context.session)
        var tools: [any Tool] = []
        let staysHalfBuilt = faults.has(.staysHalfBuilt)
        for toolClass in staysHalfBuilt ? classes.dropLast() + [UnlicensedTool.self] : classes {
            do throws(ToolError) { tools.append(try toolClass.init(own)) } catch {
                await registry.move(id, to: .halfBuilt, reason: "\(toolClass.name): \(error)")
                if !staysHalfBuilt { await registry.move(id, to: .disposed, reason: "it is half built") }
                throw .message("\(toolClass.name): \(error)")
            }
        }
        await registry.move(id, to: .active, reason: "ready")
        let made = ToolBench(id: id, tools: tools)
        await registry.name(made.names, of: id)
        if faults.has(.isCached), let session = context.session, let path = context.path {
            cache.keep(made, path, for: Owned(session, of: context.user))
        }
        return door(to: made, for: context)
    }

    /// Ends a dispatcher with its context; the global one outlives every context.
    func dispose(_ dispatcher: ToolDispatcher, of session: Owned<SessionID>?, reason: String) async {
        let id = dispatcher.id
        guard await registry.record(id)?.pattern != .singleton else { return }
        if faults.has(.staysAfterItsContext) { return await registry.keep(dispatcher.bench) }
        if let session, let heir = cache.release(id, by: session) {
            return await registry.rehome(id, to: heir)
        }
        await registry.dispose(id, reason: reason)
    }

    /// Ends what was left behind by contexts that are gone; what a fault keeps stays kept.
    func sweep(sessions: Set<Owned<SessionID>>) async {
        guard !faults.has(.staysAfterItsContext), !faults.has(.staysHalfBuilt) else { return }
        await registry.sweep(sessions: sessions)
    }
}

/// Why no dispatcher could be created.
enum CreationError: Error, Equatable, CustomStringConvertible {
    case message(String)

    /// The words for the user, the log and the monitor.
    var description: String { if case .message(let text) = self { text } else { "" } }
}
