import PatternDetection
import WireProtocol

extension TriageRule {
    private static let near = RuleLimit.percent(
        "limit-reached", "near", 90, source: "the emergency clean-up of the seed's backend begins at 90 %")
    private static let clears = RuleLimit.percent(
        "limit-reached", "clears", 80, source: "its ordinary clean-up begins at 80 %")

    /// A limit of the backend is nearly or wholly used up.
    static let limitReached = TriageRule(
        id: "limit-reached", checks: "A limit that the backend states is nearly or wholly used.",
        threshold: "a warning from 90 %, critical at 100 %; once raised it clears below 80 %",
        source: "research on the seed's backend, manager limits",
        advice: "Find what is not released (dispatcher-leaked says which), then raise the limit.",
        severity: .warning, urgency: .error, limits: [near, clears],
        rows: "each limit and how much of it is used",
        silence: "a limit of 0, which means none; a share between 80 and 90 % on its way up"
    ) { view in
        let isHeld = view.isHeld("limit-reached", .backend(view.backend.name))
        let needed = isHeld ? view.number(clears) : view.number(near)
        let full = view.backend.extras.limits.sorted { $0.key < $1.key }.filter { share($0.value) >= needed }
        guard !full.isEmpty else { return [] }
        let words = full.map { name, record in
            "\(name) \(CountText.grouped(record.used)) of \(CountText.grouped(record.limit))"
        }
        return [
            Observation(
                .backend(view.backend.name), "limits used up: " + words.joined(separator: ", "),
                evidence: full.map { name, record in
                    ConsoleState.row(
                        "limit.\(name)", "\(record.used) of \(record.limit)", "snapshot", at: nil)
                }, since: nil, severity: full.contains { share($0.value) >= 100 } ? .critical : .warning)
        ]
    }

    /// How much of a limit is used, in whole percent.
    private static func share(_ record: LimitRecord) -> Int64 {
        guard record.limit > 0, record.used > 0 else { return 0 }
        return Int64(min(1_000_000, Double(record.used) / Double(record.limit) * 100))
    }
}
