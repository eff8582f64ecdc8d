import PatternDetection
import WireProtocol

extension ConsoleState {
    /// Everything about one session; nil when it is not known any more.
    public func contextDetail(_ key: SessionKey) -> ContextDetail? {
        var stamp = stamp
        stamp.place = .context(key)
        // Where it stands in the table depends on the table's filter and order.
        let memory = interface.tables[.view(.sessions)] ?? TableState()
        stamp.filter = filterText(.sessions)
        stamp.sortColumn = memory.sortColumn
        stamp.isReversed = memory.isReversed
        stamp.grouping = memory.grouping
        stamp.section = interface.place == .context(key) ? 1 : 0
        return derived.cache.value(.context, stamp) { makeContextDetail(key) }
    }

    private func makeContextDetail(_ key: SessionKey) -> ContextDetail? {
        guard let backend = backend(key.backend), let place = backend.sessions.place(key, symbols) else {
            return nil
        }
        let session = backend.sessions.values[place]
        let numbers = eventNumbers(of: session)
        let run = backend.runs[session.lastRun]
        let user = session.user.isNone ? nil : UserID(rawValue: text(session.user))
        let context = backend.extras.context(key.id, of: user)
        // By index: a run is large, and there may be 10,000 of other sessions.
        let runs = backend.runs.values.indices.filter { backend.runs.values[$0].session == session.key }
            .map { backend.runs.values[$0] }
        let dispatcher = dispatcherRow(session.dispatcher, of: backend)
        let tool = run.flatMap { $0.state == .open ? $0.tools.last?.name : nil }
        return ContextDetail(
            session: row(session, of: backend, FindingSeverities(self)), context: context,
            deadlineIn: context?.deadline.map { $0.since(now(of: backend)) },
            path: pathRows(backend).first { $0.record.path.rawValue == text(session.path) },
            dispatcher: dispatcher,
            limits: backend.extras.limits.sorted { $0.key < $1.key }.map {
                .init(name: $0.key, record: $0.value)
            },
            runs: runRows(runs, numbers, of: backend),
            timeline: timeline(Array(numbers.prefix(200).reversed()), run, of: backend),
            isolation: .init(
                events: session.counts.events, dispatchers: dispatcher == nil ? 0 : 1,
                crossings: session.counts.crossings, notProvable: notProvable(backend, only: session.path),
                isOld: backend.link.state == .lost, unread: unreadParts([backend]),
                unobserved: unobservedParts([backend], of: .ofIsolation)),
            findings: findingRows().filter { isAbout($0.finding, session, runs, backend) },
            toolTimes: ToolTimes(numbers.compactMap { pairedCall($0)?.took }),
            position: interface.place == .context(key)
                ? sessionTable().rows.firstIndex { $0.key == key }.map { $0 + 1 } : nil,
            othersInTool: tool.map { othersIn($0, than: session, backend) })
    }

    /// The newest 500 events of a session that are kept, newest first.
    private func eventNumbers(of session: SessionState) -> [Int] {
        var numbers: [Int] = []
        var next = session.counts.newestEvent
        while let number = next, numbers.count < 500, events.numbers.contains(number) {
            numbers.append(number)
            next = events.previousInSession(number)
        }
        return numbers
    }

    private func othersIn(_ tool: Symbol, than session: SessionState, _ backend: BackendState) -> Int {
        let users = backend.runs.values.filter { run in
            run.state == .open && run.user != session.user && run.tools.contains { $0.name == tool }
        }
        return Set(users.map(\.user)).count
    }

    private func isAbout(
        _ finding: Finding, _ session: SessionState, _ runs: [RunState], _ backend: BackendState
    ) -> Bool {
        guard finding.backend == backend.key else { return false }
        switch finding.subject {
        case .session(let id, let owner):
            return backend.sessions.place(id, of: owner, symbols) == backend.sessions.place(session.key)
        case .run(let id, let owner):
            let place = backend.runs.place(id, of: owner, symbols)
            return place.map { place in runs.contains { $0.key == backend.runs.keys[place] } } ?? false
        case .dispatcher(let id): return !session.dispatcher.isNone && id.rawValue == text(session.dispatcher)
        case .path(let path): return !session.path.isNone && path.rawValue == text(session.path)
        case .backend: return false
        }
    }

    /// The paths on which one dispatcher serves many, or nothing can be seen.
    func notProvable(_ backend: BackendState, only symbol: Symbol? = nil) -> [String] {
        let paths = symbol.map { [backend.paths[$0]].compactMap { $0 } } ?? backend.paths.values
        return paths.filter { path in
            switch path.judgement.verdict {
            case .singleton, .unknown: true
            case .mixed: path.judgement.wins == .singleton
            case .factory, .factoryFallback, .hollow, .unconfigured, .missingComponent: false
            }
        }.map(\.record.path.rawValue).sorted()
    }

    private func timeline(_ numbers: [Int], _ run: RunState?, of backend: BackendState) -> [TimelineRow] {
        var rows: [TimelineRow] = []
        var before: Timestamp?
        var shown = numbers.compactMap { eventRow($0) }
        // Such a source tells a step when it ends, and the start of the run last.
        if run?.isSeenFromWithin == true {
            shown.sort { ($0.record.timestamp, $0.number) < ($1.record.timestamp, $1.number) }
        }
        for row in shown {
            let at = row.record.timestamp
            rows.append(
                TimelineRow(
                    rowID: .event(row.number), at: at, gap: before.map { at.since($0) }, word: row.word,
                    detail: pairedDetail(row), sequence: row.record.sequence, severity: row.severity))
            before = at
        }
        if let run, let last = stalledSince(run, in: backend) {
            rows.append(
                TimelineRow(
                    rowID: .missing, at: nil, gap: now(of: backend).since(last), word: "(missing)",
                    detail: missingText(run, backend), sequence: nil, severity: .critical))
        }
        return rows
    }

    /// What an event says; a result begins with its call: `calculate 0.4s → "17 rows"`.
    public func pairedDetail(_ row: EventRow) -> String {
        guard let call = pairedCall(row.number) else { return row.detail }
        let name = row.record.name.isNone ? "" : text(row.record.name)
        let said = row.detail.hasPrefix(name) ? String(row.detail.dropFirst(name.count)) : row.detail
        let answer = said.split(separator: " ").joined(separator: " ")
        let words = "\(call.startDetail) \(AgeText.took(call.took))"
        return answer.isEmpty ? words : "\(words) → \(answer)"
    }

    private func missingText(_ run: RunState, _ backend: BackendState) -> String {
        guard let tool = run.tools.last else { return "agent_completed or agent_error" }
        guard let usual = backend.statistics.toolP95(tool.name) else {
            return "tool_completed of \(text(tool.name))"
        }
        return "tool_completed; its p95 is \(AgeText.took(usual.p95)), n=\(usual.count)"
    }
}
