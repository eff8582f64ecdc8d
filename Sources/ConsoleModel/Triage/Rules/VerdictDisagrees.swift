import PatternDetection
import WireProtocol

extension TriageRule {
    /// The backend's verdict is not what its own evidence says.
    static let verdictDisagrees = TriageRule(
        id: "verdict-disagrees",
        checks: "The verdict a backend sends differs from ours on the evidence it sends.",
        threshold: "none: both run the same function",
        source: "WIRE.md, Evidence: the console never copies a verdict",
        advice: "Compare the versions of backend and console, and look for evidence that was not sent.",
        severity: .warning, urgency: .error, rows: "the backend's verdict, and the rows that decide ours",
        silence: "a backend that sends no verdict and no evidence"
    ) { view in
        view.backend.paths.values.filter { $0.record.detected != $0.judgement.verdict }.map { path in
            Observation(
                .path(path.record.path),
                "\(path.record.path): it says \(path.record.detected), its evidence says \(path.judgement.verdict)",
                evidence: [ConsoleState.row("detected", "\(path.record.detected)", "backend", at: nil)]
                    + path.decidingRows, since: nil)
        }
    }
}
