public import WireProtocol

/// Turns telemetry into what a console shows: runs and sessions out of spans, rows of health out of metrics.
///
/// A value without a clock: the caller gives the moment at which things arrive, and calls ``tell(at:)`` about
/// once a second for what is judged by silence.
public struct TelemetryReader: Sendable {
    /// How many traces are followed at the same time; the ones touched longest ago go first.
    static let maximumTraces = 20_000
    /// How many spans of those are kept, about 200 bytes each; the traces touched longest ago go first.
    static let maximumSpans = 400_000
    /// How long a session without any span is shown as live: 30 min, as many servers keep one.
    private static let sessionMemory = Duration.seconds(1800)
    /// How many sessions are shown as live; of more the ones heard of longest ago are closed.
    private static let maximumSessions = 20_000
    /// The most remarks that are kept.
    private static let maximumNotices = 8

    private var traces = TraceStore()
    private var names = SessionNames()
    private var clocks = SenderClocks()
    private var sessions: [SessionID: Timestamp] = [:]
    private var health = TelemetryHealth()
    private var refusals = TelemetryRefusals()
    private var notices: [String] = []
    private var isHealthNew = true

    /// A reader that has received nothing yet.
    public init() {}

    /// Reads one request's content and returns what it shows.
    public mutating func take(_ batch: TelemetryBatch, at moment: Timestamp) -> [Message] {
        health.count(batch)
        isHealthNew = true
        var remarks: [Message] = []
        var events: [OutgoingEvent] = []
        var spans = batch.spans
        for remark in clocks.judge(spans, at: moment) { remarks += note(remark) }
        var byTrace: [String: [Int]] = [:]
        for index in spans.indices {
            if let remark = clocks.correct(&spans[index], at: moment) { remarks += note(remark) }
            byTrace[spans[index].traceID, default: []].append(index)
        }
        for (trace, places) in byTrace.sorted(by: { $0.key < $1.key }) {
            traces.add(places.lazy.map { spans[$0] }, to: trace, at: moment, &names, into: &events)
        }
        events += traces.trim(maximumTraces: Self.maximumTraces, maximumSpans: Self.maximumSpans)
        for log in batch.logs { events.append(event(for: log, at: moment)) }
        if let reason = batch.reason {
            remarks.append(
                .refused(what: "telemetry", reason: "\(batch.refused) left out of a request: \(reason)"))
        }
        if let reason = batch.attributeReason {
            remarks += note("attributes of spans are left out: \(reason)")
        }
        return note(events, at: moment) + remarks
    }

    /// Notes a delivery that was not accepted.
    public mutating func refuse(_ delivery: RefusedDelivery, at moment: Timestamp) -> [Message] {
        isHealthNew = true
        return refusals.refuse(delivery, at: moment)
    }

    /// Notes a delivery that was accepted, and what its sender should change although it was.
    public mutating func accept(from host: String, notice: String?) -> [Message] {
        refusals.accept(from: host)
        return notice.map { note($0) } ?? []
    }

    private mutating func note(_ notice: String) -> [Message] {
        guard !notices.contains(notice), notices.count < Self.maximumNotices else { return [] }
        notices.append(notice)
        isHealthNew = true
        var coverage = Coverage.telemetry
        coverage.notes = notices + coverage.notes
        return [.dialect(name: "otlp", coverage: coverage)]
    }

    /// Returns what silence shows by now, and forgets what is over.
    public mutating func tell(at moment: Timestamp) -> [Message] {
        var events = traces.tellQuiet(at: moment, &names)
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
        let record = health.record(at: moment, refusals, notices, traces.counts)
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
        for event in events {
            guard let session = event.metadata.session else { continue }
            sessions[session] = event.closesSession ? nil : moment
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
        var metadata = traces.metadata(of: log.traceID, service: log.resource.service) ?? EventMetadata()
        metadata.run = nil
        return OutgoingEvent(
            .custom, at: log.time.milliseconds > 0 ? log.time : moment,
            ["name": "otel.log", "value": .object(value)], metadata: metadata)
    }
}

extension OutgoingEvent {
    fileprivate var closesSession: Bool {
        type == .custom && fields["name"]?.string == CustomEventName.session.rawValue
            && fields["value"]?["change"]?.string == SessionChange.Kind.closed.rawValue
    }
}
