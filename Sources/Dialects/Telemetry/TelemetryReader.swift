public import WireProtocol

/// Turns telemetry into what a console shows: runs and sessions out of spans, rows of health out of metrics.
///
/// A value without a clock; who owns it says when things arrive, and calls
/// ``tell(at:)`` about once a second for what waits on time.
public struct TelemetryReader: Sendable {
    /// How many traces are followed at the same time; the ones touched longest ago go first.
    private static let maximumTraces = 5_000
    /// How long a trace that nothing more is heard of is remembered: 60 s.
    private static let traceMemory = Duration.seconds(60)
    /// How long a session without any span is shown as live: 30 min, as many servers keep one.
    private static let sessionMemory = Duration.seconds(1800)

    /// How many sessions are shown as live; of more the ones heard of longest ago are closed.
    private static let maximumSessions = 20_000

    private var traces: [String: TelemetryTrace] = [:]
    private var sessions: [SessionID: Timestamp] = [:]
    /// The most remarks that are kept.
    private static let maximumNotices = 8

    private var health = TelemetryHealth()
    private var refusals = TelemetryRefusals()
    private var notices: [String] = []
    private var isHealthNew = true

    /// A reader that has heard nothing yet.
    public init() {}

    /// Takes one request's content and gives what it tells.
    public mutating func take(_ batch: TelemetryBatch, at moment: Timestamp) -> [Message] {
        health.count(batch)
        isHealthNew = true
        var byTrace: [String: [TelemetrySpan]] = [:]
        for span in batch.spans { byTrace[span.traceID, default: []].append(span) }
        var events: [OutgoingEvent] = []
        for (trace, spans) in byTrace.sorted(by: { $0.key < $1.key }) {
            events += take(spans, of: trace, at: moment)
        }
        for log in batch.logs { events.append(event(for: log, at: moment)) }
        let complaint: [Message] =
            batch.reason.map {
                [.refused(what: "telemetry", reason: "\(batch.refused) left out of a request: \($0)")]
            } ?? []
        return note(events, at: moment) + complaint
    }

    /// Notes a delivery that was not accepted.
    public mutating func refuse(_ delivery: RefusedDelivery, at moment: Timestamp) -> [Message] {
        isHealthNew = true
        return refusals.refuse(delivery, at: moment)
    }

    /// Notes a delivery that was accepted, and what its sender should change although it was.
    public mutating func accept(from host: String, notice: String?) -> [Message] {
        refusals.accept(from: host)
        guard let notice, !notices.contains(notice), notices.count < Self.maximumNotices else { return [] }
        notices.append(notice)
        isHealthNew = true
        var coverage = Coverage.telemetry
        coverage.notes = notices + coverage.notes
        return [.dialect(name: "otlp", coverage: coverage)]
    }

    private mutating func take(
        _ spans: [TelemetrySpan], of id: String, at moment: Timestamp
    ) -> [OutgoingEvent] {
        let hasAgents = spans.contains { $0.kind != .other }
        guard hasAgents || traces[id]?.isQuiet == false, !id.isEmpty else {
            // A trace without agents' work: its spans are shown, and belong to no run.
            var metadata = EventMetadata()
            metadata.session = traces[id]?.session.map { SessionID(rawValue: $0) }
            return spans.map { TelemetryTrace.other($0, metadata) }
        }
        var trace = traces[id] ?? TelemetryTrace(id: id, at: moment)
        trace.take(spans, at: moment)
        let events = trace.tell(at: moment)
        traces[id] = trace
        return events
    }

    /// Gives what was waiting for time to pass, and forgets what is over.
    public mutating func tell(at moment: Timestamp) -> [Message] {
        var events: [OutgoingEvent] = []
        for id in traces.keys.sorted() {
            guard var trace = traces[id] else { continue }
            events += trace.tell(at: moment)
            let isOld = moment.since(trace.touchedAt) > Self.traceMemory
            traces[id] = isOld ? nil : trace
        }
        if traces.count > Self.maximumTraces {
            let oldest = traces.sorted { $0.value.touchedAt < $1.value.touchedAt }
            for (id, _) in oldest.prefix(traces.count - Self.maximumTraces) { traces[id] = nil }
        }
        for (session, last) in sessions where moment.since(last) > Self.sessionMemory {
            events.append(close(session, "no span for 30 min", at: moment))
        }
        if sessions.count > Self.maximumSessions {
            let oldest = sessions.sorted { $0.value < $1.value }.prefix(sessions.count - Self.maximumSessions)
            let reason = "more than \(Self.maximumSessions) sessions, and none heard of longer ago"
            events += oldest.map { close($0.key, reason, at: moment) }
        }
        let repaired = refusals.settle(at: moment)
        defer { isHealthNew = false }
        guard isHealthNew || !repaired.isEmpty else { return note(events, at: moment) }
        let record = health.record(at: moment, refusals, notices)
        return note(events, at: moment) + repaired + [.health(record, body: [])]
    }

    private mutating func close(_ session: SessionID, _ reason: String, at moment: Timestamp) -> OutgoingEvent
    {
        sessions[session] = nil
        var metadata = EventMetadata()
        metadata.session = session
        return OutgoingEvent(
            SessionChange(.closed, reason: reason), at: moment, metadata: metadata)
    }

    private mutating func note(_ events: [OutgoingEvent], at moment: Timestamp) -> [Message] {
        for event in events where event.type != .custom {
            if let session = event.metadata.session { sessions[session] = moment }
        }
        return events.messages
    }

    /// A log record as an event of its trace's run; texts only of warnings and errors, cut to 200 characters.
    private func event(for log: TelemetryLog, at moment: Timestamp) -> OutgoingEvent {
        var value: JSONObject = [
            "service": .string(log.resource.service), "severity": .integer(Int64(log.severity)),
        ]
        value.set("event", log.name.isEmpty ? nil : log.name)
        if log.severity >= 13 { value.set("body", String(log.body.prefix(200))) }
        let trace = traces[log.traceID]
        var metadata = trace.flatMap { $0.isQuiet ? nil : $0.metadata } ?? EventMetadata()
        if trace?.session == nil { metadata.session = nil }
        metadata.run = nil
        return OutgoingEvent(
            .custom, at: log.time.milliseconds > 0 ? log.time : moment,
            ["name": "otel.log", "value": .object(value)], metadata: metadata)
    }
}
