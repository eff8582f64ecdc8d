import PatternDetection
import Synchronization
import WireProtocol

/// What a Swift server embeds to be seen by a console: records of paths, contexts, dispatchers and events.
///
/// It knows no agent and no session protocol: the server tells it what happens,
/// in order, from any task; ``addRoutes(to:access:)`` makes it visible. Calls
/// never wait and never throw.
public final class ContextMonitor: Sendable {
    /// What the monitor was told about its server.
    public let configuration: MonitorConfiguration
    /// The wrong tokens of all routes; gates that a server adds share it.
    public let wrongTokens: WrongTokenLimit
    let now: @Sendable () -> Timestamp
    let state: Mutex<MonitorState>
    private let wakes = Mutex<Wakes>(Wakes())

    private struct Wakes {
        var next = 0
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    /// A monitor that has seen nothing yet; `now` is the server's clock.
    ///
    /// - Parameter wrongTokens: The limit of wrong tokens, with the server's log to report them to.
    public init(
        _ configuration: MonitorConfiguration, now: @escaping @Sendable () -> Timestamp,
        wrongTokens: WrongTokenLimit = WrongTokenLimit()
    ) {
        self.configuration = configuration
        self.wrongTokens = wrongTokens
        self.now = now
        state = Mutex(MonitorState(configuration, startedAt: now()))
    }

    private func publishing<Result: Sendable>(
        _ body: (inout MonitorState, Timestamp) -> (OutgoingEvent?, Result)
    ) -> Result {
        let moment = now()
        let result = state.withLock { state in
            let (event, result) = body(&state, moment)
            if let event { _ = state.publish(event) }
            return result
        }
        wake()
        return result
    }

    // MARK: Start-up and paths

    /// Records one phase of start-up.
    public func startupPhase(_ name: String, status: String, took: Duration?) {
        state.withLock { state in
            state.startup.phases.append(
                .init(name: name, status: status, ms: took.map { Double($0.wholeMilliseconds) }))
            state.startup.phase = name
        }
    }

    /// Ends start-up; the server is ready unless there is an error.
    public func startupFinished(error: String? = nil) {
        state.withLock { state in
            state.startup.error = error
            state.startup.phase = error == nil ? "complete" : "failed"
        }
    }

    /// From now on the server finishes what it has and takes no new work.
    public func setDraining() { state.withLock { $0.isDraining = true } }

    /// Declares a consumer path and the pattern it is meant to be on.
    public func declare(_ path: ConsumerPath, kind: ConsumerPath.Kind? = nil, expected: Verdict = .factory) {
        state.withLock { $0.declare(path, kind: kind, expected: expected) }
    }

    /// Replaces what is known about how a path gets its dispatcher.
    public func observe(_ evidence: [Evidence], on path: ConsumerPath) {
        publishing { state, now in (state.observe(evidence, on: path, at: now), ()) }
    }

    /// Judges a path by what was observed about it; servers initialise with this.
    public func judgement(of path: ConsumerPath) -> Judgement {
        state.withLock { $0.paths[path]?.judgement } ?? PatternDetector.judge(path, [])
    }

    /// Records how the creation of a dispatcher on a path ended.
    public func creation(_ outcome: CreationOutcome, on path: ConsumerPath, about: EventMetadata = .init()) {
        publishing { state, now in (state.record(outcome, on: path, at: now, about: about), ()) }
    }

    // MARK: Sessions, contexts, dispatchers

    /// Records that a session was opened; its user and its id together name it from now on.
    public func sessionOpened(_ session: SessionRecord) {
        publishing { state, now in (state.open(session, at: now), ()) }
    }

    /// Records that a session's state changed for another reason than a run's events.
    public func sessionChanged(
        _ session: Owned<SessionID>, to next: SessionRecord.State, reason: String? = nil
    ) {
        publishing { state, now in (state.change(session, to: next, reason: reason, at: now), ()) }
    }

    /// Records that a session ended; its open runs are lost.
    public func sessionEnded(_ session: Owned<SessionID>, reason: String) {
        publishing { state, now in (state.end(session, reason: reason, at: now), ()) }
    }

    /// Records a user context, new or changed; `parent` is its user's one whose work it does in the background.
    public func contextChanged(_ context: ContextRecord, parent: ContextID? = nil) {
        publishing { state, now in (state.take(context, parent: parent, at: now), ()) }
    }

    /// Records that a user context is gone, and why; its trail stays readable for a while.
    public func contextEnded(_ context: Owned<ContextID>, reason: String) {
        let moment = now()
        state.withLock { $0.endContext(context, reason: reason, at: moment) }
    }

    /// Records who did something to a user context, or was refused something in it.
    public func audit(
        _ deed: String, by who: String, in context: Owned<ContextID>, reason: String? = nil
    ) {
        let moment = now()
        state.withLock {
            $0.audit(AuditTrail.Row(at: moment, who: who, what: deed, reason: reason), in: context)
        }
    }

    /// Records which tools a dispatcher has.
    public func dispatcherTools(_ id: DispatcherID, _ names: [String]) {
        state.withLock { $0.dispatchers[id]?.tools = names }
    }

    /// Records that a dispatcher moved in its lifecycle; the record carries its counters and owners.
    ///
    /// - Parameters:
    ///   - reason: why, in words for a person.
    ///   - call: the tool call whose end this is; nil for every other move.
    public func dispatcherChanged(
        _ dispatcher: DispatcherRecord, to next: DispatcherRecord.State, reason: String,
        ended call: DispatcherMove.CallEnd? = nil
    ) {
        publishing { state, now in
            (state.move(dispatcher, to: next, reason: reason, ended: call, at: now), ())
        }
    }

    /// Sets a limit and how much of it is used.
    public func setLimit(_ name: String, limit: Int, used: Int) {
        state.withLock { $0.limits[name] = LimitRecord(limit: limit, used: used) }
    }

    // MARK: Events

    /// Publishes one agent event; the result is what its own user gets.
    @discardableResult
    public func publish(
        _ type: EventType, _ fields: JSONObject = [:], about metadata: EventMetadata
    ) -> PublishedEvent {
        let moment = now()
        let published = state.withLock {
            $0.publish(OutgoingEvent(type, at: moment, fields, metadata: metadata))
        }
        wake()
        return published
    }

    /// Takes the number that the next event of a run gets, for an event that is sent later or in other ways.
    ///
    /// Pass it to ``publish(_:_:about:)`` in the metadata; nil where nothing is numbered.
    public func takeSequence(_ type: EventType, about metadata: EventMetadata) -> Int? {
        let moment = now()
        return state.withLock { $0.takeSequence(OutgoingEvent(type, at: moment, metadata: metadata)) }
    }

    /// The state as the snapshot route gives it.
    public func snapshot() -> BackendSnapshot {
        let moment = now()
        return state.withLock { $0.snapshot(now: moment) }
    }

    /// The health as the health route gives it.
    public func health() -> HealthRecord {
        let moment = now()
        return state.withLock { $0.health(now: moment) }
    }

    /// A stream that yields when there may be new events; several news make one wake.
    func newEvents() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = wakes.withLock { wakes in
            wakes.next += 1
            wakes.waiting[wakes.next] = continuation
            return wakes.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.wakes.withLock { wakes in _ = wakes.waiting.removeValue(forKey: id) }
        }
        return stream
    }

    func wake() {
        wakes.withLock { wakes in
            for continuation in wakes.waiting.values { continuation.yield() }
        }
    }

    /// How many event streams are open.
    public var streamCount: Int { wakes.withLock { $0.waiting.count } }
}

extension ContextMonitor {
    /// Every event line in the ring, oldest first, as operators get them.
    func ringLines() -> [[UInt8]] {
        state.withLock { $0.ring.lines(after: 0, limit: .max).map(\.line) }
    }
}
