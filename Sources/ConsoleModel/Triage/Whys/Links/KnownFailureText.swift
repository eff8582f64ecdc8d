import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: the error's words are a failure that was seen before, and its cause is known.
    static let knownFailure = WhyLink(
        id: "why-known-failure", level: .immediateCause,
        joins:
            "The error's text matches a signature whose cause was proven elsewhere; shape alone is no match.",
        observe: "an error text that a known signature matches"
    ) { question in
        guard let path = question.path, let error = path.record.lastOutcome.error,
            path.record.lastOutcome.status == .error,
            let signature = FailureSignature.matching(error, in: [.creation]), !signature.needsRows
        else { return nil }
        return Answer(
            headline: "Known failure \(signature.id)",
            statement: "\(signature.symptom): \(signature.cause)",
            evidence: [
                ConsoleState.row("last_outcome", error, "creation", at: path.record.lastOutcome.at),
                ConsoleState.row("signature", "\(signature.id) \(signature.symptom)", "ctxtop", at: nil),
            ], remedy: signature.fix)
    }
}
