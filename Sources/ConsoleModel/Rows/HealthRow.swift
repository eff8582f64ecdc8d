import PatternDetection
import WireProtocol

/// One line of the health view: a check as it was said and as it is read, or the endpoint as a whole.
public struct HealthRow: TableRow {
    /// Which check; its name is empty for the endpoint as a whole.
    public let key: CheckKey
    /// The name of its backend.
    public let backendName: String
    /// The normalised status.
    public let status: HealthStatus
    /// What was said: `HTTP 200`, the observed value and the words.
    public let raw: String
    /// Whether it is believed.
    public let isTrusted: Bool
    /// Why it is not, or why the status is what it is.
    public let reason: String?
    /// How long the endpoint took to answer.
    public let latency: Duration?
    /// How long ago it answered.
    public let age: Duration?

    /// What a selection keeps.
    public var rowID: RowID { .check(key) }
    /// Whether this is the endpoint as a whole.
    public var isWhole: Bool { key.id.isEmpty }
    /// How urgently it needs a person; a check that passes does not.
    public var severity: Severity? {
        switch status {
        case .pass: nil
        case .unknown: nil
        case .warn: .warning
        case .fail: .critical
        }
    }
    /// The columns, left to right.
    public static var columns: [Column<HealthRow>] { HealthColumns.all }
}

extension ConsoleState {
    /// The health view: each backend's endpoint, then its checks in the order it sent them.
    public func healthTable() -> Table<HealthRow> { table(healthRows(), view: .health) }

    /// Every row, whatever the filter says.
    public func healthRows() -> [HealthRow] { cachedRows(.health) { makeHealthRows() } }

    private func makeHealthRows() -> [HealthRow] {
        backends.flatMap { backend -> [HealthRow] in
            let health = backend.health
            let age = (health.record.at ?? health.receivedAt).map { now.since($0) }
            let latency = health.record.latencyMs.flatMap(Self.duration)
            let lies = findings.contains { $0.rule == "health-lies" && $0.backend == backend.key }
            let whole = HealthRow(
                key: CheckKey(backend: backend.key, id: ""), backendName: backend.name,
                status: health.record.status,
                raw: health.receivedAt == nil ? "no answer yet" : health.record.answerText,
                isTrusted: !lies,
                reason: lies ? "passes while a path cannot work" : health.record.reason, latency: latency,
                age: age)
            return [whole]
                + health.record.checks.map { check in
                    HealthRow(
                        key: CheckKey(backend: backend.key, id: check.name), backendName: backend.name,
                        status: check.status,
                        raw: [check.observedValue, check.output].compactMap { $0 }.joined(separator: "  "),
                        isTrusted: check.isTrusted, reason: check.reason,
                        latency: check.latencyMs.flatMap(Self.duration) ?? latency,
                        age: check.at.map { now.since($0) } ?? age)
                }
        }
    }

    /// A time of the wire; nil when it cannot be one.
    private static func duration(_ milliseconds: Double) -> Duration? {
        (0...1e12).contains(milliseconds) ? .milliseconds(milliseconds) : nil
    }
}

extension HealthRecord {
    /// The HTTP status and the reason, each said once: `HTTP 200, /readyz: HTTP 503: no store`; nil without either.
    public var evidenceText: String? {
        let code = httpStatus.map { "HTTP \($0)" }
        if let code, let reason, reason.hasPrefix(code) { return reason }
        let said = [code, reason].compactMap { $0 }
        return said.isEmpty ? nil : said.joined(separator: ", ")
    }

    /// Which address answered, and with which code: `GET /healthz HTTP 200`.
    fileprivate var answerText: String {
        let asked = address.map { "GET \($0.isEmpty ? "/" : $0)" }
        return [asked, httpStatus.map { "HTTP \($0)" }].compactMap { $0 }.joined(separator: " ")
    }
}
