import PatternDetection
import WireProtocol

extension ConsoleState {
    /// The exit code of `check`, monitoring-plugin convention; the worst over all backends, 2 > 1 > 3 > 0.
    ///
    /// Findings below `failOn` do not count; a warning is 1 and a critical one 2. What could not be read is 3.
    public func checkExit(failOn: Severity = .warning) -> Int {
        var codes: [Int] = [0]
        for finding in triage() {
            // What was not read is unknown, however urgent that is and whatever is asked to fail.
            if TriageRule.unknowing.contains(finding.rule) {
                codes.append(3)
            } else if finding.severity >= failOn {
                codes.append(finding.severity == .critical ? 2 : 1)
            }
        }
        for backend in backends { codes.append(healthExit(backend)) }
        return codes.contains(2) ? 2 : codes.contains(1) ? 1 : codes.contains(3) ? 3 : 0
    }

    private func healthExit(_ backend: BackendState) -> Int {
        // A file has no health endpoint; what its events say is all there is.
        if backend.health.receivedAt == nil { return backend.link.state == .ended ? 0 : 3 }
        if backend.link.state == .lost { return 3 }
        // A relay of a source that carries no health: its runs and sessions are all there is.
        if backend.health.record.status == .unknown, !backend.dialect.coverage.sees(.health) { return 0 }
        switch backend.health.record.status {
        case .pass: return 0
        case .warn: return 1
        case .fail: return 2
        case .unknown: return 3
        }
    }
}
