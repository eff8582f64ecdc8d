import PatternDetection
import WireProtocol

extension TriageRule {
    /// The detected pattern is not the declared target; ranked below the pattern's own finding.
    static let patternUnexpected = TriageRule(
        id: "pattern-unexpected", checks: "A path is not on the pattern that was declared as its target.",
        threshold: "none: detected differs from expected, and both are known",
        source: "DESIGN.md §1; expected: --expect, [expected] or the backend's declaration",
        advice: "Migrate the path, or correct the declared target.", severity: .warning,
        urgency: .restatement,
        rows: "the rows that decide the pattern",
        silence: "where nothing declares a target, or nothing is detected"
    ) { view in
        view.backend.paths.values.compactMap { path in
            let detected = path.judgement.verdict
            let expected = view.expected(path)
            guard detected != .unknown, expected != .unknown, detected != expected else { return nil }
            return Observation(
                .path(path.record.path),
                "\(path.record.path): expected \(expected), detected \(detected)",
                evidence: path.decidingRows, since: path.judgedSince,
                severity: max(.notice, detected.severity))
        }
    }
}
