import PatternDetection
import WireProtocol

extension ConsoleState {
    /// What Pulse shows.
    public func pulseSummary() -> PulseSummary {
        let paths = pathRows()
        let findings = findingRows()
        return PulseSummary(
            backends: backends.map { pulse($0, findings) }, paths: paths, migration: migrationText(paths),
            series: series(), shares: pathShares(), latencies: latencies(),
            findings: foldedFindings(),
            setAside: findings.count { $0.standing != .open }, changes: Array(changes.suffix(20).reversed()),
            isolation: isolation(), selection: selectedRowID)
    }

    private func pulse(_ backend: BackendState, _ findings: [FindingRow]) -> BackendPulse {
        let now = now(of: backend)
        let own = findings.filter { $0.finding.backend == backend.key }
        let (word, severity) = headline(backend, own.first?.finding)
        let text =
            word == "UNREACHABLE"
            ? backend.link.reason ?? "the link is lost"
            : own.first?.finding.summary ?? backend.link.reason ?? backend.verdict.summary
        return BackendPulse(
            key: backend.key, name: backend.name, severity: severity, word: word, text: text,
            since: age(of: word, backend, own.first),
            health: healthText(backend), verdict: backend.verdict, link: backend.link,
            received: backend.reception.lastReceivedAt.map { now.since($0) }, identity: backend.identity,
            uptime: backend.identity.startedAt.map { now.since($0) }, skew: backend.reception.clockSkew,
            counters: backend.reception.counters)
    }

    /// For how long the headline is true: the age of the fact that it names, not of another finding.
    private func age(of word: String, _ backend: BackendState, _ worst: FindingRow?) -> Duration? {
        if word == "UNREACHABLE" { return backend.link.since.map { now.since($0) } }
        return worst?.since ?? backend.health.since.map { now.since($0) }
    }

    private func headline(_ backend: BackendState, _ worst: Finding?) -> (String, Severity) {
        if backend.link.state == .lost { return ("UNREACHABLE", .critical) }
        if worst?.severity == .critical { return ("BROKEN", .critical) }
        if backend.health.record.status == .fail { return ("FAILING", .critical) }
        if !backend.unread.isEmpty { return ("NOT READABLE", .warning) }
        if case .migrating = backend.verdict { return ("MIGRATING", .warning) }
        if worst?.severity == .warning || backend.health.record.status == .warn {
            return ("WARNING", .warning)
        }
        if backend.health.record.status == .pass { return ("HEALTHY", .ok) }
        if case .consistent = backend.verdict { return ("HEALTHY", .ok) }
        return ("UNKNOWN", .unknown)
    }

    /// `/health pass, not believed`, with the reason where there is one.
    private func healthText(_ backend: BackendState) -> String {
        guard backend.health.receivedAt != nil else { return "health not asked yet" }
        if backend.link.state == .lost {
            return "health unknown; what follows is from before the link was lost"
        }
        var text = "health \(backend.health.record.status.rawValue)"
        if findings.contains(where: { $0.rule == "health-lies" && $0.backend == backend.key }) {
            text += ", not believed"
        }
        if let reason = backend.health.record.reason { text += " (\(reason))" }
        let serving = backend.paths.values.count {
            $0.judgement.verdict.canDispatch && $0.record.lastOutcome.status != .error
        }
        if !backend.paths.values.isEmpty { text += "   \(serving) of \(backend.paths.count) paths serve" }
        return text
    }

    private func migrationText(_ paths: [PathRow]) -> String? {
        let lost = Set(backends.filter { $0.link.state == .lost }.map(\.key))
        let current = paths.filter { !lost.contains($0.key.backend) }
        let old = paths.count - current.count
        let known = current.filter { $0.judgement.verdict != .unknown }
        if known.isEmpty, old > 0 { return "\(CountText.plural(old, "path")) as before the link was lost" }
        guard !known.isEmpty else { return nil }
        let broken = known.count { $0.worst == .critical }
        let legacy = known.count { $0.worst == .warning }
        let working = known.count - broken - legacy
        var text = "\(working) of \(known.count) paths on factory and working"
        if legacy > 0 { text += ", \(legacy) legacy" }
        if broken > 0 { text += ", \(broken) broken" }
        if old > 0 { text += "; \(CountText.plural(old, "path")) as before the link was lost" }
        return text
    }

    /// The parts of backends that could not be read, by name, each once.
    public func unreadParts(_ backends: [BackendState]) -> [String] {
        let parts = Set(backends.flatMap(\.unread).map(\.part))
        return Coverage.Part.allCases.filter { parts.contains($0) }.map(\.rawValue)
    }

    /// Counts and isolation of every backend together.
    func isolation() -> ContextDetail.Isolation {
        .init(
            events: backends.reduce(0) { $0.adding($1.reception.counters.eventsReceived) },
            dispatchers: backends.reduce(0) { $0 + $1.dispatchers.count },
            crossings: backends.reduce(0) { $0.adding($1.statistics.crossings) },
            notProvable: backends.flatMap { notProvable($0) },
            isOld: backends.contains { $0.link.state == .lost }, unread: unreadParts(backends),
            unobserved: unobservedParts(backends, of: .ofIsolation))
    }

    /// The parts that the dialects of backends cannot show, by name, in the order of the parts.
    public func unobservedParts(
        _ backends: [BackendState], of parts: [Coverage.Part] = Coverage.Part.allCases
    ) -> [String] {
        parts.filter { part in backends.contains { !$0.dialect.coverage.sees(part) } }.map(\.rawValue)
    }

    private func series() -> [PulseSummary.Series] {
        // A file's last hour stands beside a live backend's, each before its own now.
        func values(_ value: (HistoryBucket) -> Double?) -> [Double?] {
            var byAge: [Int64: Double] = [:]
            for backend in backends {
                let minute = now(of: backend).milliseconds / 60_000
                for bucket in backend.statistics.history {
                    guard let value = value(bucket) else { continue }
                    byAge[minute - bucket.at.milliseconds / 60_000, default: 0] += value
                }
            }
            return (0..<60).map { byAge[59 - Int64($0)] }
        }
        let live = backends.reduce(0) { $0 + $1.sessions.values.count { !$0.isEnded } }
        let rate = backends.reduce(0.0) { $0 + $1.statistics.eventsPerSecond(now: now) }
        let errors = values { Double($0.errors) }
        let p95 = backends.compactMap { $0.statistics.runP95(now: now(of: $0)) }.max()
        return [
            .init(
                title: "sessions", current: CountText.grouped(live), values: values { Double($0.sessions) }),
            .init(
                title: "events/s", current: CountText.grouped(Int(rate.rounded())),
                values: values { Double($0.events) / 60 }),
            .init(
                title: "errors/min",
                current: errors.last.flatMap { $0 }.map { CountText.grouped(Int($0)) } ?? "0",
                values: errors),
            .init(title: "run p95", current: AgeText.took(p95), values: values { $0.runP95Ms }),
        ]
    }
}

extension [Coverage.Part] {
    /// The parts in which a crossing between users shows.
    static let ofIsolation: Self = [.sessions, .dispatchers, .events]
}
