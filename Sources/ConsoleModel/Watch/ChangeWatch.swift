import PatternDetection
import WireProtocol

/// Holds one state against the one before and says what became different.
public struct ChangeWatch: Sendable {
    /// One value that is watched.
    private struct Point: Hashable {
        let backend: BackendKey
        let aspect: StateChange.Aspect
        let path: String
    }

    private var known: [Point: String] = [:]
    private var sessions: [SessionKey: SessionRecord.State] = [:]
    /// The backends whose sessions were looked at; those that are then there are nobody's news.
    private var begun: Set<BackendKey> = []

    /// A watch that has seen nothing.
    public init() {}

    /// What is different since the last question in links, health, verdicts and outcomes.
    public mutating func changes(in state: ConsoleState) -> [StateChange] {
        var changes: [StateChange] = []
        for backend in state.backends {
            noteLink(backend, state.now, &changes)
            noteHealth(backend, state.now, &changes)
            noteRestart(backend, state.now, &changes)
            for path in backend.paths.values { note(path, of: backend, state.now, &changes) }
        }
        return changes
    }

    /// What is different since the last question in sessions; takes time for each of them, so ask once a second.
    public mutating func sessionChanges(in state: ConsoleState) -> [StateChange] {
        var changes: [StateChange] = []
        var now: [SessionKey: SessionRecord.State] = [:]
        for row in state.sessionRows() {
            now[row.key] = row.state
            let before = sessions[row.key]
            guard begun.contains(row.key.backend), before != row.state else { continue }
            // One that was over before it was ever seen is no news either.
            if before == nil, row.state == .ended { continue }
            changes.append(
                StateChange(
                    at: state.now, backendName: row.backendName, aspect: .session,
                    subject: .session(row.key.id, of: row.key.owner),
                    user: row.user.isEmpty ? nil : row.user, from: before?.rawValue,
                    to: row.state.rawValue, severity: row.state.severity, reason: nil))
        }
        sessions = now
        for backend in state.backends where backend.reception.hasSnapshot || backend.sessions.count > 0 {
            begun.insert(backend.key)
        }
        return changes
    }

    private mutating func noteLink(
        _ backend: BackendState, _ now: Timestamp, _ changes: inout [StateChange]
    ) {
        let link = backend.link
        // Every link begins by connecting.
        let before = take(link.state.rawValue, Point(backend: backend.key, aspect: .link, path: ""))
        guard before != .same, !(before == .first && link.state == .connecting) else { return }
        changes.append(
            StateChange(
                at: now, backendName: backend.name, aspect: .link, subject: .backend(backend.name), user: nil,
                from: before.value, to: link.state.rawValue,
                severity: link.state == .lost ? .critical : link.state == .stale ? .warning : .ok,
                reason: link.reason))
    }

    private mutating func noteHealth(
        _ backend: BackendState, _ now: Timestamp, _ changes: inout [StateChange]
    ) {
        guard backend.health.receivedAt != nil else { return }
        let record = backend.health.record
        let before = take(record.status.rawValue, Point(backend: backend.key, aspect: .health, path: ""))
        guard before != .same else { return }
        changes.append(
            StateChange(
                at: now, backendName: backend.name, aspect: .health, subject: .backend(backend.name),
                user: nil, from: before.value, to: record.status.rawValue, severity: record.status.severity,
                reason: record.reason))
    }

    private mutating func noteRestart(
        _ backend: BackendState, _ now: Timestamp, _ changes: inout [StateChange]
    ) {
        guard let boot = backend.identity.bootID else { return }
        let before = take(boot, Point(backend: backend.key, aspect: .restart, path: ""))
        guard before != .same, before != .first else { return }
        changes.append(
            StateChange(
                at: now, backendName: backend.name, aspect: .restart, subject: .backend(backend.name),
                user: nil, from: before.value, to: boot, severity: .warning,
                reason: backend.identity.instance.map { "instance \($0)" }))
    }

    private mutating func note(
        _ path: PathState, of backend: BackendState, _ now: Timestamp, _ changes: inout [StateChange]
    ) {
        let (name, verdict) = (path.record.path, path.judgement.verdict)
        func change(
            _ aspect: StateChange.Aspect, _ before: Before, _ to: String, _ severity: Severity,
            _ reason: String?
        ) -> StateChange {
            StateChange(
                at: now, backendName: backend.name, aspect: aspect, subject: .path(name), user: nil,
                from: before.value, to: to, severity: severity, reason: reason)
        }
        let judged = take(
            verdict.name, Point(backend: backend.key, aspect: .verdict, path: name.rawValue))
        if judged != .same, !(judged == .first && verdict == .unknown) {
            changes.append(change(.verdict, judged, verdict.name, verdict.severity, nil))
        }
        let outcome = path.record.lastOutcome
        guard outcome.status != .none else { return }
        let ended = take(
            outcome.status.rawValue, Point(backend: backend.key, aspect: .outcome, path: name.rawValue))
        guard ended != .same, !(ended == .first && outcome.status == .ok) else { return }
        let severity: Severity =
            outcome.status == .error ? .critical : outcome.status == .fallback ? .warning : .ok
        changes.append(change(.outcome, ended, outcome.status.rawValue, severity, outcome.error))
    }

    /// What a value was before.
    private enum Before: Equatable {
        case same, first
        case other(String)

        var value: String? { if case .other(let value) = self { value } else { nil } }
    }

    private mutating func take(_ value: String, _ point: Point) -> Before {
        guard let before = known.updateValue(value, forKey: point) else { return .first }
        return before == value ? .same : .other(before)
    }
}

extension SessionRecord.State {
    /// How urgently a session in this state needs a person.
    var severity: Severity {
        switch self {
        case .error: .critical
        case .stuck, .looping: .warning
        case .running, .waiting, .idle, .ended: .ok
        case .unknown: .unknown
        }
    }
}
