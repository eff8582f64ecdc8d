import PatternDetection
import WireProtocol

/// What became of the try to create a dispatcher.
public enum CreationOutcome: Sendable {
    /// It was created by the path's own pattern.
    case created(DispatcherID, pattern: Verdict)
    /// The path's own pattern failed with these words, and the legacy dispatcher stood in.
    case fellBack(DispatcherID, error: String)
    /// It failed with these words.
    case failed(error: String)
}

extension MonitorState {
    // MARK: Paths

    mutating func declare(_ path: ConsumerPath, kind: ConsumerPath.Kind?, expected: Verdict) {
        if paths[path] == nil { pathOrder.append(path) }
        var record = paths[path] ?? PathRecord(path: path)
        record.kind = kind ?? path.kind
        record.expected = expected
        paths[path] = record
    }

    /// Replaces the path's rows; gives the event to publish when anything changed.
    mutating func observe(_ evidence: [Evidence], on path: ConsumerPath, at now: Timestamp) -> OutgoingEvent?
    {
        if paths[path] == nil { declare(path, kind: nil, expected: .unknown) }
        guard var record = paths[path], record.evidence.map(\.evidence) != evidence else { return nil }
        let earlier = Dictionary(
            record.evidence.map { ($0.evidence, $0.at) }, uniquingKeysWith: { first, _ in first })
        record.evidence = evidence.map { EvidenceRecord($0, at: earlier[$0] ?? now) }
        let judgement = record.judgement
        record.detected = judgement.verdict
        record.wins = judgement.wins
        paths[path] = record
        return OutgoingEvent(record, at: now, metadata: metadata(path))
    }

    mutating func record(
        _ outcome: CreationOutcome, on path: ConsumerPath, at now: Timestamp, about: EventMetadata
    ) -> OutgoingEvent {
        if paths[path] == nil { declare(path, kind: nil, expected: .unknown) }
        var record = paths[path] ?? PathRecord(path: path)
        let report: CreationReport
        switch outcome {
        case .created(let dispatcher, let pattern):
            record.created += 1
            record.lastOutcome = OutcomeRecord(.ok, at: now)
            record.lastUsedAt[pattern.name] = now
            report = CreationReport(path: path, status: .ok, dispatcher: dispatcher)
        case .fellBack(let dispatcher, let error):
            record.created += 1
            record.fallbacks += 1
            record.lastOutcome = OutcomeRecord(.fallback, error: error, at: now)
            record.lastUsedAt[Verdict.singleton.name] = now
            report = CreationReport(path: path, status: .fallback, error: error, dispatcher: dispatcher)
        case .failed(let error):
            record.failed += 1
            record.lastOutcome = OutcomeRecord(.error, error: error, at: now)
            history.countError(at: now)
            report = CreationReport(path: path, status: .error, error: error)
        }
        paths[path] = record
        var metadata = about
        metadata.path = path.rawValue
        return OutgoingEvent(report, at: now, metadata: metadata)
    }

    private func metadata(_ path: ConsumerPath) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.path = path.rawValue
        return metadata
    }

    // MARK: Sessions and contexts

    mutating func open(_ session: SessionRecord, at now: Timestamp) -> OutgoingEvent {
        var record = session
        if record.state == .unknown { record.state = .idle }
        record.since = record.since ?? now
        sessions[session.key] = SessionEntry(record: record)
        return sessionEvent(record, .opened, at: now)
    }

    mutating func change(
        _ key: Owned<SessionID>, to state: SessionRecord.State, reason: String?, at now: Timestamp
    ) -> OutgoingEvent? {
        guard var entry = sessions[key], entry.record.state != state else { return nil }
        entry.record.state = state
        entry.record.since = now
        sessions[key] = entry
        return sessionEvent(entry.record, .state, reason: reason, at: now)
    }

    mutating func end(_ key: Owned<SessionID>, reason: String, at now: Timestamp) -> OutgoingEvent? {
        guard var entry = sessions[key] else { return nil }
        entry.record.state = .ended
        entry.record.since = now
        let event = sessionEvent(entry.record, .closed, reason: reason, at: now)
        sessions[key] = nil
        endedSessions.append(entry.record)
        // What names no user goes with the last session of the id.
        let isLast = sessions.keys.owners(of: key.id).isEmpty
        let keys: Set = isLast ? [key, Owned(key.id, of: nil)] : [key]
        for dispatcher in dispatchers.values where dispatcher.record.isOf(keys) {
            dispatchers[dispatcher.record.id]?.sessionEndedAt = now
        }
        for run in runs.values where run.record.isOf(keys) {
            var record = run.record
            audit(
                AuditTrail.Row(
                    at: now, who: "server", what: "run lost", reason: "\(record.id): \(reason)"),
                in: entry.record.context.map { Owned($0, of: key.user) })
            record.state = .lost
            record.grammar = .violated
            record.violations.append("missing: agent_completed or agent_error")
            runs[record.key] = nil
            finishedRuns.append(record)
        }
        return event
    }

    /// Takes a context; streams hear of a new one, and once a minute of one that goes on.
    mutating func take(
        _ context: ContextRecord, parent: ContextID? = nil, at now: Timestamp
    ) -> OutgoingEvent? {
        let isNew = contexts.updateValue(context, forKey: context.key) == nil
        if let parent { pasts[context.key, default: ContextPast()].parent = parent }
        if isNew { auditBirth(of: context, parent: parent, at: now) }
        guard let key = session(named: context.session, of: context.user), var session = sessions[key]
        else { return nil }
        session.record.context = context.id
        sessions[key] = session
        if let told = pasts[context.key]?.toldAt, now.since(told) < .seconds(60) { return nil }
        pasts[context.key, default: ContextPast()].toldAt = now
        return sessionEvent(session.record, .context, context: context, at: now)
    }

    private mutating func auditBirth(of context: ContextRecord, parent: ContextID?, at now: Timestamp) {
        var words = context.path.map { "path \($0)" } ?? "no path"
        if let request = context.request { words += ", request \(request)" }
        if let connection = context.connection { words += ", connection \(connection)" }
        let who = context.user?.rawValue ?? "server"
        audit(AuditTrail.Row(at: now, who: who, what: "created", reason: words), in: context.key)
        audit(
            AuditTrail.Row(
                at: now, who: who, what: "child created", reason: "\(context.id), \(words)"),
            in: parent.map { Owned($0, of: context.user) })
    }

    private func sessionEvent(
        _ record: SessionRecord, _ kind: SessionChange.Kind, reason: String? = nil,
        context: ContextRecord? = nil, at now: Timestamp
    ) -> OutgoingEvent {
        let change = SessionChange(kind, state: record.state, reason: reason, context: context)
        var metadata = EventMetadata()
        metadata.user = record.user
        metadata.session = record.id
        metadata.path = record.path?.rawValue
        metadata.dispatcher = record.dispatcher
        return OutgoingEvent(change, at: now, metadata: metadata)
    }

    // MARK: Dispatchers

    /// How many owners an event names, the newest: a singleton's are all users, and readers add up what they hear.
    static let ownersTold = 8

    mutating func move(
        _ record: DispatcherRecord, to state: DispatcherRecord.State, reason: String,
        ended call: DispatcherMove.CallEnd? = nil, at now: Timestamp
    ) -> OutgoingEvent {
        var entry = dispatchers[record.id] ?? DispatcherEntry(record: record)
        let from = dispatchers[record.id]?.record.state
        let createdAt = entry.record.createdAt ?? record.createdAt ?? now
        entry.record = record
        entry.record.createdAt = createdAt
        entry.record.state = state
        let row = AuditTrail.Row(
            at: now, who: "server", what: "dispatcher \(record.id)", reason: reason, from: from, to: state)
        if let context = context(of: session(named: record.session, of: record.user)) {
            audit(row, in: context)
        } else {
            entry.transitions.append(row)
            if entry.transitions.count > AuditTrail.limit { entry.transitions.removeFirst() }
        }
        if state == .disposed || state == .evicted {
            dispatchers[record.id] = nil
            disposedDispatchers.append(entry)
        } else {
            dispatchers[record.id] = entry
        }
        var move = DispatcherMove(id: record.id, from: from, to: state, reason: reason, ended: call)
        move.pattern = record.pattern
        move.inFlight = record.inFlight
        move.executed = record.executed
        move.failed = record.failed
        move.owners = record.owners.suffix(Self.ownersTold)
        var metadata = EventMetadata()
        metadata.user = record.user
        metadata.session = record.session
        metadata.dispatcher = record.id
        return OutgoingEvent(move, at: now, metadata: metadata)
    }

    /// The dispatcher as a snapshot shows it: leaked and shared are derived here.
    func shown(_ entry: DispatcherEntry, now: Timestamp) -> DispatcherRecord {
        var record = entry.record
        guard ![.disposed, .evicted, .halfBuilt].contains(record.state), record.pattern != .singleton else {
            return record
        }
        if record.owners.count > 1 { record.state = .shared }
        if let ended = entry.sessionEndedAt, now.since(ended) > configuration.leakLimit {
            record.state = .leaked
        }
        return record
    }
}
