import WireProtocol

/// What a receiver of telemetry can say instead of health: who sends, how much, and the newest measurements.
struct TelemetryHealth {
    /// How many senders are told apart; what later ones send is counted together.
    private static let maximumSenders = 200

    private struct Sender {
        var resource: TelemetryResource
        var spans = 0
        var logs = 0
        var errors = 0
    }

    private var senders: [String: Sender] = [:]
    private var metrics = TelemetryMetricRows()
    private var deliveries = 0

    /// Counts what one request brought.
    mutating func count(_ batch: TelemetryBatch) {
        deliveries += 1
        for span in batch.spans {
            count(span.resource) {
                $0.spans += 1
                if span.status == .error { $0.errors += 1 }
            }
        }
        for log in batch.logs { count(log.resource) { $0.logs += 1 } }
        metrics.take(batch.metrics)
    }

    private mutating func count(_ resource: TelemetryResource, _ change: (inout Sender) -> Void) {
        var key = Self.key(resource)
        if senders[key] == nil, senders.count >= Self.maximumSenders { key = "left out" }
        change(&senders[key, default: Sender(resource: resource)])
    }

    private static func key(_ resource: TelemetryResource) -> String {
        resource.service + (resource.instance.map { "@" + $0.prefix(8) } ?? "")
    }

    /// The rows: what is refused first, then senders, then their measurements by name.
    func record(
        at moment: Timestamp, _ refusals: TelemetryRefusals = .init(), _ notices: [String] = [],
        _ traces: TraceStore.Counts = .init()
    ) -> HealthRecord {
        var record = HealthRecord()
        record.at = moment
        record.reason = reason(refusals, notices)
        for (address, refused) in refusals.open.sorted(by: { $0.key < $1.key }) {
            var check = CheckRecord(name: "refused/" + address)
            check.observedValue = "\(refused.count) refused"
            check.output = refused.failure
            record.checks.append(check)
        }
        for (key, sender) in senders.sorted(by: { $0.key < $1.key }) {
            var check = CheckRecord(name: "service/" + key)
            check.observedValue = "\(sender.spans) spans, \(sender.errors) with errors, \(sender.logs) logs"
            check.output = sender.resource.version.map { "version \($0)" }
            record.checks.append(check)
        }
        if traces.traces > 0 { record.checks.append(Self.row(traces)) }
        record.checks += metrics.checks()
        return record
    }

    /// What is kept of the traces, and what was let go.
    private static func row(_ traces: TraceStore.Counts) -> CheckRecord {
        var check = CheckRecord(name: "traces")
        check.observedValue =
            "\(traces.open) open, \(traces.traces) kept with \(traces.spans) spans; limits "
            + "\(TelemetryReader.maximumTraces) and \(TelemetryReader.maximumSpans)"
        if traces.dropped > 0 || traces.repeats > 0 {
            check.output = "\(traces.dropped) open ones dropped, \(traces.repeats) spans sent twice"
        }
        return check
    }

    /// What came and what did not: the worst first.
    private func reason(_ refusals: TelemetryRefusals, _ notices: [String]) -> String {
        if let last = refusals.last {
            let words = "\(refusals.total) refused, the last \(last.address): \(last.failure)"
            return deliveries == 0 ? "nothing accepted; \(words)" : words
        }
        if let notice = notices.last { return notice }
        if senders.isEmpty, metrics.isEmpty {
            if deliveries > 0 { return "what was sent is empty: no span, log record or measurement" }
            return refusals.total > 0 ? "nothing accepted; \(refusals.total) refused" : "nothing was sent yet"
        }
        return "telemetry carries no health; these are its senders and measurements"
    }
}

extension Coverage {
    /// What OTLP with the GenAI conventions shows.
    public static let telemetry = Coverage(
        missing: [
            .health: "telemetry carries no health; ask the backend itself as a second target",
            .patterns:
                "no convention names how a path gets its dispatcher; embed ContextMonitor into the server",
            .dispatchers: "no convention names a dispatcher; embed ContextMonitor into the server",
        ],
        notes: [
            "events: a span is sent when it ends, so a run appears with its first finished step",
            "users: only where the program sets user.id or enduser.id",
            "sessions: gen_ai.conversation.id or session.id; without either, one for each trace",
        ], timing: .atItsEnd)
}
