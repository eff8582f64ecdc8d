import WireProtocol

/// A run that a server has stored with its messages, read after the fact.
struct StoredRun {
    /// One thing that happened in it.
    enum Kind {
        case said(id: String)
        case called(id: String, tool: String)
        /// A call's result, and what it says where it is a failure.
        case returned(id: String, failure: String?)
        /// It waits for a person, and for which tools.
        case asked(calls: [String], tools: [String])

        /// What it is told once by.
        var key: String {
            switch self {
            case .said(let id): "said " + id
            case .called(let id, _): "called " + id
            case .returned(let id, _): "returned " + id
            case .asked(let calls, _): "asked " + calls.joined(separator: " ")
            }
        }
    }

    /// A moment that was stated, or that of the arrival where none was, or none that can be meant.
    struct Moment {
        var at: Timestamp
        var isArrival = false
    }

    /// One thing that happened in it, and when.
    struct Step {
        let kind: Kind
        var moment: Moment
        /// Whether the moment is that of the question to a model, so that the step itself came later.
        var isWhenAsked = false
    }

    var record: RunRecord
    var startedAt: Moment
    /// When it ended, where that is later than its last step.
    var endedAt: Timestamp?
    var error: String?
    var steps: [Step] = []

    init(_ record: RunRecord, startedAt: Moment) {
        self.record = record
        self.startedAt = startedAt
    }

    /// The calls that no result came for.
    var unanswered: [String] {
        var calls: [String] = []
        for step in steps {
            switch step.kind {
            case .called(let id, _): calls.append(id)
            case .returned(let id, _): calls.removeAll { $0 == id }
            case .said, .asked: break
            }
        }
        return calls
    }

    mutating func add(_ kind: Kind, _ moment: Moment, isWhenAsked: Bool = false) {
        steps.append(Step(kind: kind, moment: moment, isWhenAsked: isWhenAsked))
    }
}

extension PlausibleTime {
    /// The moment that was stated, or the arrival.
    static func moment(_ json: JSONValue?, at arrival: Timestamp) -> StoredRun.Moment {
        let (at, isArrival) = orArrival(json, at: arrival)
        return StoredRun.Moment(at: at, isArrival: isArrival)
    }
}

/// Tells stored runs as events, each of their steps once, however often they are read and in whatever order.
struct StoredRuns {
    /// How many runs are remembered as told; further ones are not told, so that none is told twice.
    private static let maximumRuns = 200_000

    /// What was told of a run that has not ended.
    private struct Told {
        var steps: Set<String> = []
        var lastAt: Timestamp
    }

    private var open: [RunID: Told] = [:]
    private var ended: Set<RunID> = []

    /// The events of a run that were not told yet, and when the last of them was.
    ///
    /// - Parameter unseenAt: when the run was last looked at, where that was before these steps.
    mutating func tell(_ run: StoredRun, unseenAt: Timestamp?) -> [OutgoingEvent] {
        let id = run.record.id
        guard !ended.contains(id), ended.count + open.count < Self.maximumRuns else { return [] }
        var events: [OutgoingEvent] = []
        var known = open[id] ?? Told(lastAt: run.startedAt.at)
        let metadata = Self.metadata(run.record)
        if open[id] == nil {
            let fields: JSONObject = [
                "threadId": .string(run.record.session?.rawValue ?? ""), "runId": .string(id.rawValue),
            ]
            events.append(Self.event(.runStarted, run.startedAt, fields, metadata))
        }
        for (index, step) in run.steps.enumerated() where known.steps.insert(step.kind.key).inserted {
            var moment = step.moment
            if step.isWhenAsked, let unseenAt, unseenAt > moment.at {
                // It was not there yet when it was last looked for, but before what followed.
                let next = run.steps[(index + 1)...].first { !$0.isWhenAsked && $0.moment.at >= moment.at }
                moment.at = min(unseenAt, next?.moment.at ?? unseenAt)
            }
            known.lastAt = max(known.lastAt, moment.at)
            events.append(Self.event(of: step.kind, moment, metadata))
        }
        let end = StoredRun.Moment(
            at: max(known.lastAt, run.endedAt ?? known.lastAt), isArrival: run.startedAt.isArrival)
        if let last = Self.end(of: run, at: end, metadata) {
            events.append(last)
            ended.insert(id)
            open[id] = nil
        } else {
            open[id] = known
        }
        return events
    }

    /// The ends of runs whose session was deleted: it was deleted on purpose, so that no end is missing.
    mutating func drop(_ runs: [RunRecord], at moment: Timestamp) -> [OutgoingEvent] {
        runs.compactMap { record in
            guard open.removeValue(forKey: record.id) != nil else { return nil }
            ended.insert(record.id)
            return OutgoingEvent(
                .runFinished, at: moment, ["outcome": ["type": "cancelled"]],
                metadata: Self.metadata(record))
        }
    }

    private static func metadata(_ record: RunRecord) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.session = record.session
        metadata.user = record.user
        metadata.run = record.id
        metadata.agent = record.agent
        return metadata
    }

    private static func event(
        _ type: EventType, _ moment: StoredRun.Moment, _ fields: JSONObject, _ metadata: EventMetadata
    ) -> OutgoingEvent {
        var event = OutgoingEvent(type, at: moment.at, fields, metadata: metadata)
        event.isUndated = moment.isArrival
        return event
    }

    private static func event(
        of kind: StoredRun.Kind, _ moment: StoredRun.Moment, _ metadata: EventMetadata
    ) -> OutgoingEvent {
        switch kind {
        case .said(let id): return event(.textMessageStart, moment, ["messageId": .string(id)], metadata)
        case .called(let id, let tool):
            return event(
                .toolCallStart, moment, ["toolCallId": .string(id), "toolCallName": .string(tool)], metadata)
        case .returned(let id, let failure):
            // A result counts for its tool by its first word.
            let words = failure.map { "error: \($0.prefix(200))" } ?? "ok"
            return event(
                .toolCallResult, moment, ["toolCallId": .string(id), "content": .string(words)], metadata)
        case .asked(_, let tools):
            let reason = tools.isEmpty ? nil : tools.joined(separator: ", ")
            let change = SessionChange(.state, state: .waiting, reason: reason)
            return OutgoingEvent(change, at: moment.at, metadata: metadata)
        }
    }

    private static func end(
        of run: StoredRun, at moment: StoredRun.Moment, _ metadata: EventMetadata
    ) -> OutgoingEvent? {
        switch run.record.state {
        case .completed:
            // A call without an answer is left to the client; a plain success says that there is none.
            let pending = run.unanswered.map { JSONValue.string($0) }
            var outcome: JSONObject = ["type": "success"]
            if !pending.isEmpty { outcome["pendingToolCallIds"] = .array(pending) }
            return event(.runFinished, moment, ["outcome": .object(outcome)], metadata)
        case .cancelled:
            return event(.runFinished, moment, ["outcome": ["type": "cancelled"]], metadata)
        case .failed: return event(.runError, moment, ["message": .string(run.error ?? "error")], metadata)
        case .open, .lost, .unknown: return nil
        }
    }

    /// A moment as servers write it: RFC 3339, or seconds since the epoch with or without a fraction.
    static func time(_ json: JSONValue?) -> Timestamp? {
        if let text = json?.string { return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") }
        guard let seconds = json?.double, seconds > 0, seconds < 1e11 else { return nil }
        return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
    }
}

/// Identifiers of others as a part of a path.
enum URLPart {
    /// The text percent-encoded (RFC 3986 section 2.3); nil when it is empty, a dot path or too long.
    static func encoded(_ text: String, maximumBytes: Int = 512) -> String? {
        guard !text.isEmpty, text != ".", text != "..", text.utf8.count <= maximumBytes else { return nil }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a route answered instead of what it should.
enum BackendAnswer {
    /// The status, and what the body says about it.
    static func words(_ document: HealthAnswerDocument) -> String {
        let json = document.json
        let detail = json?["detail"]?.string ?? json?["message"]?.string
        switch document.status {
        case 200: return "the answer is no JSON"
        case 401: return "HTTP 401, use --token-file FILE"
        case let status: return "HTTP \(status)" + (detail.map { ": \($0.prefix(200))" } ?? "")
        }
    }
}
