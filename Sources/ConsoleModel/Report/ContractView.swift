import PatternDetection
import WireProtocol

/// How the runs that were seen keep to the grammar.
public struct ContractSummary: Equatable, Sendable {
    /// Runs that ended and broke nothing.
    public internal(set) var conforming = 0
    /// Runs that are open and broke nothing so far.
    public internal(set) var open = 0
    /// Runs whose beginning or end was not seen: nothing is claimed.
    public internal(set) var unseen = 0
    /// The runs that broke the grammar, newest last; at most 100.
    public internal(set) var violated: [ContractRow] = []
    /// How many broke it.
    public internal(set) var violatedCount = 0

    /// `118 runs: 117 conform, 1 violates, 0 open`.
    public var text: String {
        let all = conforming + open + unseen + violatedCount
        var text = "\(CountText.plural(all, "run")): \(CountText.grouped(conforming)) conform, "
        text += "\(CountText.grouped(violatedCount)) violate, \(CountText.grouped(open)) open"
        return unseen > 0 ? text + ", \(CountText.grouped(unseen)) not seen whole" : text
    }
}

/// One run against its contract.
public struct ContractRow: Equatable, Sendable {
    /// Which run.
    public let key: RunKey
    /// Whose.
    public let user: String
    /// Its session.
    public let session: String
    /// Its events as letters: see ``ConsoleState/strip(_:of:)``.
    public let strip: String
    /// In which ways it breaks the grammar.
    public let violations: [String]
}

extension ConsoleState {
    /// Every run of every backend against the grammar.
    public func contract() -> ContractSummary {
        var summary = ContractSummary()
        for backend in backends {
            for place in backend.runs.values.indices {
                let state = backend.runs.values[place].state
                if backend.runs.values[place].isViolated || state == .lost {
                    summary.violatedCount += 1
                    if summary.violated.count < 100 {
                        summary.violated.append(contractRow(backend.runs.values[place], of: backend))
                    }
                } else if state == .open {
                    summary.open += 1
                } else if state == .unknown || backend.runs.values[place].times.startedAt == nil {
                    summary.unseen += 1
                } else {
                    summary.conforming += 1
                }
            }
        }
        return summary
    }

    /// The runs of one session against the grammar, oldest first; at most 50.
    public func contractRows(_ key: SessionKey) -> [ContractRow] {
        guard let backend = backend(key.backend), let place = backend.sessions.place(key, symbols) else {
            return []
        }
        let session = backend.sessions.keys[place]
        let places = backend.runs.values.indices.filter { backend.runs.values[$0].session == session }
        return places.suffix(50).map { contractRow(backend.runs.values[$0], of: backend) }
    }

    private func contractRow(_ run: RunState, of backend: BackendState) -> ContractRow {
        ContractRow(
            key: key(ofRun: run.key, of: backend), user: text(run.user),
            session: text(run.session.id), strip: strip(run, of: backend),
            violations: run.state == .lost && !run.isViolated
                ? ["missing: agent_completed or agent_error"] : run.violations)
    }

    /// A run's events as letters: `S` start, `t` thought, `T` tool, `R` its result, `C` completed, `E` error.
    ///
    /// `!` stands before an event that breaks the grammar, `…` where older ones are not kept, `_` for an end that
    /// never came.
    func strip(_ run: RunState, of backend: BackendState) -> String {
        var letters: [String] = []
        var next = backend.sessions.place(run.session).flatMap {
            backend.sessions.values[$0].counts.newestEvent
        }
        var looked = 0
        while let number = next, looked < 2_000, letters.count < 64, let record = events[number] {
            looked += 1
            if record.run == run.id, let letter = Self.letter(record) {
                let mark = record.marks.contains(.violation) || record.marks.contains(.crossing) ? "!" : ""
                letters.append(mark + letter)
                if record.type == .runStarted { break }
            }
            next = events.previousInSession(number)
        }
        if letters.isEmpty { return run.ledger.text }
        let isWhole = letters.last?.hasSuffix("S") == true
        return (isWhole ? "" : "…") + letters.reversed().joined() + (run.state == .lost ? "_" : "")
    }

    private static func letter(_ record: EventRecord) -> String? {
        switch record.type.operatorWord {
        case .agentStarted: return "S"
        case .agentThinking: return record.marks.contains(.continued) ? nil : "t"
        case .toolExecuting: return "T"
        case .toolCompleted: return "R"
        case .agentCompleted: return "C"
        case .agentError: return "E"
        case nil: return record.marks.contains(.violation) ? "·" : nil
        }
    }
}
