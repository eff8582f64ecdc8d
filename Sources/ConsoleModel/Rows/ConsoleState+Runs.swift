import PatternDetection
import WireProtocol

extension ConsoleState {
    /// The last event of an open run that is silent for too long; else nil.
    func stalledSince(_ run: RunState, in backend: BackendState) -> Timestamp? {
        let now = now(of: backend)
        return backend.stalledSince(run) { now.since($0) > .milliseconds(number($1)) }
    }

    /// Runs as rows, the newest first, with what their kept events tell of their course.
    func runRows(_ runs: [RunState], _ numbers: [Int], of backend: BackendState) -> [RunRow] {
        let records = numbers.reversed().compactMap { events[$0] }
        let now = now(of: backend)
        let ordered = runs.sorted { first, second in
            let (one, other) = (first.times.lastEventAt, second.times.lastEventAt)
            if one != other { return one ?? Self.never > other ?? Self.never }
            return text(first.id) > text(second.id)
        }
        return ordered.prefix(50).map { run in
            let end = run.times.endedAt ?? now
            return RunRow(
                key: key(ofRun: run.key, of: backend), agent: run.agent,
                ledger: run.ledger, state: run.state, isStuck: stalledSince(run, in: backend) != nil,
                took: run.times.startedAt.map { end.since($0) }, violations: run.violations,
                spans: spans(of: run, records.filter { $0.run == run.id }, until: end))
        }
    }

    private static let never = Timestamp(milliseconds: .min)

    /// Thinking and tool stretches; a tool's goes from its first open call to its last result.
    private func spans(of run: RunState, _ records: [EventRecord], until end: Timestamp) -> [RunRow.Span] {
        guard let start = run.times.startedAt else { return [] }
        var spans: [RunRow.Span] = []
        var (openTools, from) = (0, start)
        func close(_ kind: RunRow.Span.Kind, at moment: Timestamp) {
            if moment > from {
                spans.append(.init(kind: kind, start: from.since(start), end: moment.since(start)))
            }
            from = moment
        }
        for record in records {
            switch record.type {
            case .toolCallStart:
                if openTools == 0 { close(.thinking, at: record.timestamp) }
                openTools += 1
            case .toolCallResult where openTools > 0:
                openTools -= 1
                if openTools == 0 { close(.tool, at: record.timestamp) }
            case .runError:
                close(.failed, at: record.timestamp)
                return spans
            default: break
            }
        }
        close(openTools > 0 ? .tool : .thinking, at: end)
        return spans
    }
}
