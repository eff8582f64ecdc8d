import PatternDetection
import WireProtocol

extension TriageRule {
    /// A list of the server was not read to its end, so that what is shown is a part.
    static let listPartial = TriageRule(
        id: "list-partial", checks: "A list of the server was read in part.",
        threshold: "1 row that was not read, or that names no identity",
        source: "the budget of one round, where what matters is read first; rows that cannot be told apart",
        advice: "Use the server's own tools for the rest, or a filter that shortens the list.",
        severity: .notice, urgency: .notice,
        rows: "each list with how much of it was read",
        silence:
            "a list that was read to its end; it is a warning where waiting, failed or busy rows may be missing"
    ) { view in
        let partial = Coverage.Part.allCases.compactMap { part in
            view.backend.dialect.coverage.listed[part].map { (part, $0) }
        }.filter(\.1.isPartial)
        guard let (part, listed) = partial.first(where: \.1.missesUrgent) ?? partial.first else { return [] }
        let urgent = listed.missesUrgent ? "; some that wait, failed or are busy may be missing" : ""
        return [
            Observation(
                .backend(view.backend.name), "\(listed.words) \(part.rawValue) read\(urgent)",
                evidence: partial.map { part, listed in
                    ConsoleState.row(part.rawValue, listed.reading, "server's list", at: nil)
                }, since: nil, severity: listed.missesUrgent ? .warning : nil)
        ]
    }
}
