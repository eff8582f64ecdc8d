import PatternDetection
import WireProtocol

extension TriageRule {
    private static let recent = RuleLimit.time(
        "known-failure", "recent", .seconds(600), source: "the counts of a path cover ten minutes too")
    private static let grace = RuleLimit.time(
        "known-failure", "grace", .seconds(10),
        source: "signature T30: no handlers in the first 10 s is how a start looks")

    /// Words of a failure that was proven before were seen outside of a creation.
    static let knownFailure = TriageRule(
        id: "known-failure",
        checks: "A run, a closed session, start-up or a health check says the words of a known failure.",
        threshold: "1 within the last 10 min", source: "the 35 signatures: ctxtop explain signatures",
        advice: "See ctxtop explain for the signature's cause and fix.", severity: .warning, urgency: .error,
        limits: [recent, grace], rows: "each signature's words, how often and where they were seen",
        silence:
            "words in a creation's error: creation-failing names the signature there; what a start looks like, until it is 10 s over or where its begin is not known"
    ) { state in
        state.backends.compactMap { backend in
            var seen = backend.memory.signatures.filter { _, tally in
                tally.source != .creation && state.now.since(tally.lastAt) <= state.time(recent)
            }
            for (text, source, at) in backend.standingTexts {
                guard let signature = FailureSignature.matching(text, in: [source]),
                    !signature.hasGrace || !backend.isStarting(at: state.now, grace: state.time(grace))
                else { continue }
                var tally = SignatureTally(firstAt: at ?? state.now, sample: String(text.prefix(300)))
                (tally.count, tally.source) = (1, source)
                seen[signature.id] = seen[signature.id] ?? tally
            }
            let found = seen.compactMap { id, tally in FailureSignature.of(id).map { ($0, tally) } }
                .sorted { $0.0.id < $1.0.id }
            guard let (first, tally) = found.first else { return nil }
            let more = found.count > 1 ? ", and " + found.dropFirst().map(\.0.id).joined(separator: ", ") : ""
            var observation = Observation(
                backend, .backend(backend.name),
                "\(first.id) \(first.symptom), seen \(CountText.plural(tally.count, "time"))\(more)",
                evidence: found.flatMap { signature, tally in
                    [
                        ConsoleState.row(
                            "\(signature.id).\(tally.source.rawValue)", tally.sample,
                            tally.path?.rawValue ?? tally.source.rawValue, at: tally.lastAt)
                    ]
                }, since: found.map(\.1.firstAt).min())
            observation.advice = first.fix
            return observation
        }
    }
}

extension BackendState {
    /// Whether start-up is under way or began less than `grace` ago; also where nothing says when it began.
    fileprivate func isStarting(at moment: Timestamp, grace: Duration) -> Bool {
        if let phase = identity.startup.phase, phase != "complete" { return true }
        return identity.startedAt.map { moment.since($0) <= grace } ?? true
    }

    /// The texts that stand now: start-up's error, and what health says of what does not pass.
    fileprivate var standingTexts: [(String, FailureSignature.Source, Timestamp?)] {
        var texts: [(String, FailureSignature.Source, Timestamp?)] = []
        if let error = identity.startup.error { texts.append((error, .startup, identity.startedAt)) }
        guard health.record.status != .pass else { return texts }
        if let reason = health.record.reason { texts.append((reason, .health, health.record.at)) }
        for check in health.record.checks where check.status != .pass {
            for text in [check.output, check.observedValue].compactMap({ $0 }) {
                texts.append((text, .health, health.record.at))
            }
        }
        return texts
    }
}
