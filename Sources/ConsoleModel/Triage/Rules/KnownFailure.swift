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
    ) { view in
        var seen = view.backend.memory.signatures.filter { _, tally in
            tally.source != .creation && !view.isOlder(tally.lastAt, than: recent)
        }
        for (text, source, at) in view.backend.standingTexts {
            guard let signature = FailureSignature.matching(text, in: [source]),
                !signature.hasGrace || !view.isStarting(grace: grace)
            else { continue }
            var tally = SignatureTally(
                firstAt: at ?? view.momentOfJudgement(), sample: String(text.prefix(300)))
            (tally.count, tally.source) = (1, source)
            seen[signature.id] = seen[signature.id] ?? tally
        }
        let found = seen.compactMap { id, tally in FailureSignature.of(id).map { ($0, tally) } }
            .sorted { $0.0.id < $1.0.id }
        guard let (first, tally) = found.first else { return [] }
        let more = found.count > 1 ? ", and " + found.dropFirst().map(\.0.id).joined(separator: ", ") : ""
        var observation = Observation(
            .backend(view.backend.name),
            "\(first.id) \(first.symptom), seen \(CountText.plural(tally.count, "time"))\(more)",
            evidence: found.flatMap { signature, tally in
                [
                    ConsoleState.row(
                        "\(signature.id).\(tally.source.rawValue)", tally.sample,
                        tally.path?.rawValue ?? tally.source.rawValue, at: tally.lastAt)
                ]
            }, since: found.map(\.1.firstAt).min())
        observation.advice = first.fix
        return [observation]
    }
}

extension BackendView {
    /// Whether start-up is under way or began less than `grace` ago; also where nothing says when it began.
    fileprivate func isStarting(grace: RuleLimit) -> Bool {
        if let phase = backend.identity.startup.phase, phase != "complete" { return true }
        return backend.identity.startedAt.map { !isOlder($0, than: grace) } ?? true
    }
}

extension BackendState {
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
