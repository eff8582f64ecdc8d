import PatternDetection
import WireProtocol

extension TriageRule {
    /// A path that was on the factory pattern is not any more.
    static let patternRegressed = TriageRule(
        id: "pattern-regressed", checks: "A path that was on the factory pattern has gone back.",
        threshold: "1 return from the factory pattern to any other", source: "issue 6, pattern regressions",
        advice: "Find the deploy of that time, and put its initialisation of the path back.",
        severity: .warning,
        urgency: .error, rows: "when it was on the factory pattern, when it went back, and what decides now",
        silence: "a path that arrives; one that was never on the factory pattern; a fallback within it"
    ) { view in
        view.backend.paths.values.compactMap { path in
            guard let back = path.regression(now: view.momentOfJudgement()) else { return nil }
            let detected = path.judgement.verdict
            return Observation(
                .path(path.record.path),
                "\(path.record.path) went back from factory to \(detected.longWords) at \(back.at.clock)Z",
                evidence: [
                    ConsoleState.row("factory.until", back.lastGood.rfc3339, "ctxtop", at: back.lastGood),
                    ConsoleState.row("detected", "\(detected)", "ctxtop", at: back.at),
                ] + path.decidingRows, since: back.at)
        }
    }
}

extension PathState {
    /// When a path left the factory pattern for a worse one, and when it was last on it; nil if it did not.
    func regression(now: @autoclosure () -> Timestamp) -> (lastGood: Timestamp, at: Timestamp)? {
        switch judgement.verdict {
        case .factory, .factoryFallback, .unknown: return nil
        case .mixed where judgement.wins == .factory: return nil
        case .singleton, .mixed, .hollow, .unconfigured, .missingComponent: break
        }
        let isGood: (PatternStretch) -> Bool = { $0.verdict == .factory || $0.verdict == .factoryFallback }
        if let good = stretches.lastIndex(where: isGood), good + 1 < stretches.count {
            return (stretches[good].since, stretches[good + 1].since)
        }
        // Before this console came: the backend says when each pattern last served the path.
        guard let used = record.lastUsedAt[Verdict.factory.name] else { return nil }
        return (used, judgedSince ?? record.lastUsedAt[judgement.verdict.name] ?? now())
    }
}
