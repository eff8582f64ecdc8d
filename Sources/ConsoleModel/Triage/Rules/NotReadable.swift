import PatternDetection
import WireProtocol

extension TriageRule {
    /// Something that was announced could not be read, so that nothing good can be said of it.
    static let notReadable = TriageRule(
        id: "not-readable",
        checks: "An address that was announced or that the dialect requires, or most of a file, was refused.",
        threshold: "1 address; half of a file's lines, or every line of a known type missing",
        source: "OK may only be said of what was read",
        advice: "Repair what each row names; until then the parts that it shows are unknown.",
        severity: .warning, urgency: .error,
        rows: "each address with what it answered",
        silence:
            "an address that was only guessed; one that was read since; a file with fewer lines that are not events"
    ) { view in
        let unread = view.backend.unread
        guard let first = unread.first else { return [] }
        let more = unread.count > 1 ? ", and \(unread.count - 1) more" : ""
        return [
            Observation(
                .backend(view.backend.name),
                "\(first.part.rawValue) cannot be read: \(first.address): \(first.failure ?? "")\(more)",
                evidence: unread.map { outcome in
                    ConsoleState.row(outcome.address, outcome.failure ?? "", "link", at: nil)
                }, since: nil)
        ]
    }
}

extension BackendState {
    /// What could not be read, in the order of the parts.
    public var unread: [ReadOutcome] {
        let order = Coverage.Part.allCases
        return reception.unread.values.sorted { first, second in
            let (one, other) = (order.firstIndex(of: first.part) ?? 0, order.firstIndex(of: second.part) ?? 0)
            return one == other ? first.address < second.address : one < other
        }
    }
}
