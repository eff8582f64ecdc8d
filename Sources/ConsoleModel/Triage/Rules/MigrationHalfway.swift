import PatternDetection
import WireProtocol

extension TriageRule {
    /// Some paths have arrived on the factory pattern and others have not.
    static let migrationHalfway = TriageRule(
        id: "migration-halfway",
        checks: "Some paths of a backend are on the factory pattern and others are not.",
        threshold: "1 path of each kind", source: "the seed: migrations must be atomic across all consumers",
        advice: "Move the remaining paths, or say that they stay with --expect.", severity: .notice,
        urgency: .restatement, rows: "each path with its verdict",
        silence: "all paths alike, whichever pattern; a path whose declared target is what it is on"
    ) { view in
        let known = view.backend.paths.values.filter { $0.judgement.verdict != .unknown }
        let arrived = known.filter {
            $0.judgement.verdict == .factory || $0.judgement.verdict == .factoryFallback
        }
        let behind = known.filter { path in
            path.judgement.verdict != .factory && path.judgement.verdict != .factoryFallback
                && view.expected(path) != path.judgement.verdict
        }
        guard !arrived.isEmpty, !behind.isEmpty else { return [] }
        let names = behind.map(\.record.path.rawValue).sorted().joined(separator: ", ")
        return [
            Observation(
                .backend(view.backend.name),
                "\(arrived.count) of \(known.count) paths on factory; not yet: \(names)",
                evidence: known.map {
                    ConsoleState.row(
                        "\($0.record.path).detected", "\($0.judgement.verdict)", "ctxtop", at: $0.judgedSince)
                }, since: behind.compactMap(\.judgedSince).min())
        ]
    }
}
