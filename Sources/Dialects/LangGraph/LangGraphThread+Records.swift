import WireProtocol

/// A thread as the console shows it: a session and its runs.
extension LangGraphThread {
    /// The thread as a session.
    var session: SessionRecord {
        var session = SessionRecord(id: SessionID(rawValue: id), user: UserID(rawValue: user ?? ""))
        session.state = state
        session.since = row.stateUpdatedAt
        if session.state == .waiting, let queued = runs.last(where: \.isQueued) {
            session.since = queued.createdAt ?? row.stateUpdatedAt
            session.isQueued = true
        }
        session.lastEventAt = [row.updatedAt, heardAt].compactMap { $0 }.max()
        session.runs = runs.count
        return session
    }

    /// Idle, busy, waiting for a person or for a worker, or failed.
    private var state: SessionRecord.State {
        if runs.contains(where: \.isRunning) { return .running }
        if runs.contains(where: \.isQueued) { return .waiting }
        switch row.status {
        case "idle": return .idle
        case "busy": return .running
        case "interrupted": return isCancelled ? .idle : .waiting
        case "error": return .error
        default: return .unknown
        }
    }

    /// Whether it was interrupted by a cancel, and not to ask a person.
    ///
    /// A static breakpoint lists no interrupt either, but its run was a success.
    private var isCancelled: Bool {
        if row.hasInterrupts == true { return false }
        guard let newest = runs.first else { return row.hasInterrupts == false }
        return ["interrupted", "cancelled"].contains(newest.status)
    }

    /// Its runs, without those that wait for a worker: they have not begun.
    var records: [RunRecord] {
        runs.filter { !$0.isQueued }.map { $0.record(session: id, user: user ?? $0.user) }
    }

    /// What an event of a run names; the run may not be listed yet.
    func metadata(of run: String?) -> EventMetadata {
        runs.first { $0.id == run }.map { metadata(of: $0) } ?? metadata(run: run, agent: nil)
    }

    /// What an event of a run names.
    func metadata(of run: LangGraphRun) -> EventMetadata { metadata(run: run.id, agent: run.agent) }

    private func metadata(run: String?, agent: String?) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.session = SessionID(rawValue: id)
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.run = run.map { RunID(rawValue: $0) }
        metadata.agent = agent
        return metadata
    }
}
