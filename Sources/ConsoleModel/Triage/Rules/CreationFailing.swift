import PatternDetection
import WireProtocol

extension TriageRule {
    /// The last try to create a dispatcher on a path failed.
    static let creationFailing = TriageRule(
        id: "creation-failing", checks: "The last creation of a dispatcher on a path ended in an error.",
        threshold: "1 failure that no success followed", source: "DESIGN.md §1, last creation outcome",
        advice: "Read the error, compare the path's evidence with a working path, and fix what it misses.",
        severity: .critical, urgency: .brokenPath,
        rows: "the error, the counts, a known signature of the error, and the rows that decide the pattern",
        silence: "a path whose last creation succeeded, however many failed before"
    ) { view in
        view.backend.paths.values.filter { $0.record.lastOutcome.status == .error }.map { path in
            let record = path.record
            let outcome = record.lastOutcome
            let tries = CountText.grouped(record.failed.adding(record.created))
            let error = outcome.error ?? "no reason given"
            let signature = FailureSignature.matching(error, in: [.creation])
            let known = signature.map {
                [ConsoleState.row("signature", "\($0.id) \($0.symptom)", "ctxtop", at: outcome.at)]
            }
            var observation = Observation(
                .path(record.path),
                "\(record.path): \(CountText.grouped(record.failed)) of \(tries) dispatcher creations failed: \(error)",
                evidence: [
                    ConsoleState.row("last_outcome", "error: \(error)", "creation", at: outcome.at),
                    ConsoleState.row("failed", String(record.failed), "creation", at: outcome.at),
                    ConsoleState.row("created", String(record.created), "creation", at: outcome.at),
                ] + (known ?? []) + path.decidingRows, since: path.failingSince ?? outcome.at)
            observation.advice = signature?.fix
            return observation
        }
    }
}
