import PatternDetection
import WireProtocol

extension BackendState {
    /// Takes a change of the link.
    mutating func take(
        _ state: LinkState, reason: String?, retryIn: Duration?, at moment: Timestamp, changes: inout [Change]
    ) {
        if state != link.state {
            let severity: Severity = state == .lost ? .critical : state == .stale ? .warning : .ok
            let why = reason.map { ": \($0)" } ?? ""
            changes.append(
                Change(
                    at: moment, backend: key, text: "link \(link.state.rawValue) → \(state.rawValue)\(why)",
                    severity: severity))
            if state == .connected, link.wasConnected {
                reception.counters.reconnects = reception.counters.reconnects.adding(1)
            }
            link.since = moment
        }
        link.state = state
        link.reason = reason
        link.retryIn = retryIn
        if state == .connected { link.wasConnected = true }
    }

    /// Takes an answer of the health endpoint.
    mutating func take(
        _ record: HealthRecord, body: [UInt8], at moment: Timestamp, changes: inout [Change]
    ) {
        if health.receivedAt == nil || health.record.status != record.status {
            health.since = moment
            if health.receivedAt != nil {
                changes.append(
                    Change(
                        at: moment, backend: key,
                        text: "health \(health.record.status.rawValue) → \(record.status.rawValue)",
                        severity: record.status.severity))
            }
        }
        health.record = record
        health.body = body
        health.receivedAt = moment
    }

    /// Keeps what could not be read, until the same address is read.
    mutating func take(_ outcome: ReadOutcome) {
        let isKnown = reception.unread[outcome.address] != nil
        guard isKnown || reception.unread.count < Reception.maximumUnread else { return }
        reception.unread[outcome.address] = outcome.failure == nil ? nil : outcome
    }

    /// Counts something that could not be used.
    mutating func refuse(_ what: String) {
        reception.counters.decodeErrors = reception.counters.decodeErrors.adding(1)
        reception.lastRefusal = what
    }
}
