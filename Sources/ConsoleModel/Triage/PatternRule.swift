import PatternDetection
import WireProtocol

extension TriageRule {
    /// A rule `pattern-VERDICT`: a path's verdict is worse than ok.
    static func pattern(
        _ sample: Verdict, urgency: Urgency, checks: String, advice: String
    ) -> TriageRule {
        TriageRule(
            id: "pattern-\(sample.name)", checks: checks, threshold: "none: the evidence decides",
            source: "DESIGN.md §1, verdicts; WIRE.md, Evidence", advice: advice, severity: sample.severity,
            urgency: urgency,
            rows: "the received rows that decided the verdict, and those that contradict it",
            silence: "a path without evidence: not observable is no finding"
        ) { view in
            view.backend.paths.values.filter { $0.judgement.verdict.name == sample.name }.map { path in
                Observation(
                    .path(path.record.path), view.patternSummary(path), evidence: path.decidingRows,
                    since: path.judgedSince)
            }
        }
    }
}

extension PathState {
    /// The received rows that decided or contradict the judgement, with their times.
    var decidingRows: [EvidenceRecord] {
        let wanted = judgement.decidedBy + judgement.contradictedBy
        return record.evidence.filter { wanted.contains($0.evidence) }
    }
}

extension BackendView {
    /// `background: singleton, 9 users on one dispatcher`: the verdict with the numbers behind it.
    func patternSummary(_ path: PathState) -> String {
        let name = path.record.path.rawValue
        let deciding = path.judgement.decidedBy.map { "\($0.field) \($0.value)" }.joined(separator: ", ")
        switch path.judgement.verdict {
        case .missingComponent(let component):
            let value = path.judgement.decidedBy.last { $0.field.rawValue == component }?.value ?? "not there"
            return "\(name) wants \(component): \(value)"
        case .singleton:
            let users = Set(backend.sessionsOnPath(path, symbols).map(\.user)).count
            return "\(name): \(CountText.plural(users, "user")), one dispatcher"
        case .mixed:
            return
                "\(name): both patterns at once, \(path.judgement.wins?.name ?? "neither") wins; \(deciding)"
        case .hollow: return "\(name): creation succeeds with nothing to dispatch with; \(deciding)"
        case .unconfigured: return "\(name): neither tool classes nor a dispatcher; \(deciding)"
        case .factoryFallback: return "\(name): factory by a fallback; \(deciding)"
        case .factory, .unknown: return "\(name): \(path.judgement.verdict)"
        }
    }
}

extension BackendState {
    /// The live sessions on a path.
    func sessionsOnPath(_ path: PathState, _ symbols: SymbolTable) -> [SessionState] {
        guard let symbol = symbols.find(path.record.path.rawValue) else { return [] }
        return sessions.values.filter { $0.path == symbol && !$0.isEnded }
    }
}
