import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 1: the path's last creation ended in an error, in its own words.
    static let creationFails = WhyLink(
        id: "why-creation-fails", level: .symptom,
        joins: "The path's last outcome is an error; its text, its counts and what the path requires.",
        observe: "the outcome of a dispatcher creation"
    ) { question in
        guard let path = question.path, path.record.lastOutcome.status == .error else { return nil }
        switch question.finding.subject {
        case .path, .backend: break
        case .session, .run, .dispatcher: return nil
        }
        let record = path.record
        let error = record.lastOutcome.error ?? "no reason given"
        let tries = CountText.grouped(record.failed.adding(record.created))
        var rows = [
            ConsoleState.row("last_outcome", "error: \(error)", "creation", at: record.lastOutcome.at),
            ConsoleState.row("failed", String(record.failed), "creation", at: record.lastOutcome.at),
        ]
        var expects = ""
        if let requires = question.row(.requires) {
            rows.append(requires)
            expects = "; \(requires.evidence.source) expects \(requires.evidence.value)"
        }
        return Answer(
            headline: "Error",
            statement:
                "\(record.path): \(CountText.grouped(record.failed)) of \(tries) dispatcher creations failed: "
                + error + expects,
            evidence: rows,
            remedy: "Let \(record.path) answer with the reason, and stop counting it as served.")
    }
}
