import PatternDetection

extension Redaction {
    /// What a backend said, before anything is kept of it; event lines are redacted when they are read.
    public func message(_ message: Message) -> Message {
        guard self != .none else { return message }
        switch message {
        case .health(let record, let body): return .health(health(record), body: self.body(body))
        case .snapshot(let snapshot): return .snapshot(self.snapshot(snapshot))
        case .link(let state, let reason, let retryIn):
            return .link(state, reason: reason.map(text), retryIn: retryIn)
        case .refused(let what, let reason): return .refused(what: what, reason: text(reason))
        case .read(let outcome):
            return .read(ReadOutcome(outcome.part, outcome.address, failure: outcome.failure.map(text)))
        case .events, .dialect, .boot: return message
        }
    }

    private func health(_ record: HealthRecord) -> HealthRecord {
        var record = record
        record.reason = record.reason.map(text)
        for index in record.checks.indices {
            record.checks[index].observedValue = record.checks[index].observedValue.map(text)
            record.checks[index].output = record.checks[index].output.map(text)
            record.checks[index].reason = record.checks[index].reason.map(text)
        }
        return record
    }

    private func snapshot(_ snapshot: BackendSnapshot) -> BackendSnapshot {
        var snapshot = snapshot
        snapshot.startup.error = snapshot.startup.error.map(text)
        snapshot.health = health(snapshot.health)
        for index in snapshot.paths.indices { snapshot.paths[index] = path(snapshot.paths[index]) }
        for index in snapshot.checklist.indices {
            snapshot.checklist[index].evidence = snapshot.checklist[index].evidence.map(evidence)
        }
        return snapshot
    }

    /// A path with its error and its evidence.
    public func path(_ path: PathRecord) -> PathRecord {
        var path = path
        path.lastOutcome.error = path.lastOutcome.error.map(text)
        let evidence = path.evidence.map(evidence)
        if evidence != path.evidence { path.evidence = evidence }
        return path
    }

    private func evidence(_ record: EvidenceRecord) -> EvidenceRecord {
        let row = record.evidence
        var trust = row.trust
        if case .untrusted(let reason) = trust { trust = .untrusted(reason: text(reason)) }
        return EvidenceRecord(
            Evidence(row.field, text(row.value), source: text(row.source), trust: trust), at: record.at)
    }

    /// A health endpoint's answer, JSON or not.
    private func body(_ bytes: [UInt8]) -> [UInt8] {
        guard SecretScan.isWorthALook(bytes) else { return bytes }
        guard let value = try? JSONParser.parse(bytes) else {
            return Array(text(String(decoding: bytes, as: UTF8.self)).utf8)
        }
        let redacted = json(value)
        return redacted == value ? bytes : redacted.serialized
    }
}
