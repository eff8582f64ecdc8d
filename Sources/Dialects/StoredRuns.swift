import WireProtocol

/// A run that a server has stored with its messages, read after the fact.
struct StoredRun {
    /// One thing that happened in it.
    enum Step {
        case said(id: String)
        case called(id: String, tool: String)
        case returned(id: String, failed: Bool)
    }

    let record: RunRecord
    let startedAt: Timestamp
    var endedAt: Timestamp?
    var error: String?
    var steps: [(Step, Timestamp)] = []

    init(_ record: RunRecord, startedAt: Timestamp) {
        self.record = record
        self.startedAt = startedAt
    }

    /// A row of agno's `GET /sessions/{id}/runs`: its messages carry calls and results, dated in seconds.
    init(agno row: JSONValue, _ record: RunRecord) {
        let rows = (row["messages"]?.array ?? []).filter { $0["from_history"]?.bool != true }
        let start = StoredRuns.time(row["created_at"]) ?? StoredRuns.time(rows.first?["created_at"])
        self.init(record, startedAt: start ?? Timestamp(milliseconds: 0))
        for message in rows {
            let at = StoredRuns.time(message["created_at"]) ?? startedAt
            endedAt = max(endedAt ?? at, at)
            for call in message["tool_calls"]?.array ?? [] {
                guard let id = call["id"]?.string else { continue }
                steps.append((.called(id: id, tool: call["function"]?["name"]?.string ?? "tool"), at))
            }
            if let id = message["tool_call_id"]?.string {
                steps.append((.returned(id: id, failed: message["tool_call_error"]?.bool == true), at))
            } else if message["role"]?.string == "assistant", message["tool_calls"]?.array?.isEmpty != false {
                steps.append((.said(id: message["id"]?.string ?? "\(steps.count)"), at))
            }
        }
        // Messages are dated by the whole second; the run's own duration is finer.
        if let seconds = row["metrics"]?["duration"]?.double, (0..<1e9).contains(seconds) {
            let measured = startedAt + .milliseconds(Int64(seconds * 1000))
            endedAt = max(endedAt ?? measured, measured)
        }
        if record.state == .failed {
            error = row["content"]?.string.map { String($0.prefix(200)) } ?? "error"
        }
    }
}

/// Tells stored runs as events, each of their steps once, however often they are read.
struct StoredRuns {
    /// How many runs are remembered as told.
    private static let maximumRuns = 20_000

    private var told: [RunID: Int] = [:]

    /// The events of a run that were not told yet.
    mutating func tell(_ run: StoredRun) -> [OutgoingEvent] {
        let all = Self.events(run)
        let before = told[run.record.id] ?? 0
        if told.count >= Self.maximumRuns, told[run.record.id] == nil { return [] }
        guard all.count > before else { return [] }
        told[run.record.id] = all.count
        return Array(all[before...])
    }

    private static func events(_ run: StoredRun) -> [OutgoingEvent] {
        var metadata = EventMetadata()
        metadata.session = run.record.session
        metadata.user = run.record.user
        metadata.run = run.record.id
        metadata.agent = run.record.agent
        var events = [
            OutgoingEvent(
                .runStarted, at: run.startedAt,
                [
                    "threadId": .string(run.record.session?.rawValue ?? ""),
                    "runId": .string(run.record.id.rawValue),
                ], metadata: metadata)
        ]
        for (step, at) in run.steps {
            switch step {
            case .said(let id):
                events.append(
                    OutgoingEvent(.textMessageStart, at: at, ["messageId": .string(id)], metadata: metadata))
            case .called(let id, let tool):
                events.append(
                    OutgoingEvent(
                        .toolCallStart, at: at, ["toolCallId": .string(id), "toolCallName": .string(tool)],
                        metadata: metadata))
            case .returned(let id, let failed):
                var fields: JSONObject = ["toolCallId": .string(id)]
                if failed { fields["content"] = "error" }
                events.append(OutgoingEvent(.toolCallResult, at: at, fields, metadata: metadata))
            }
        }
        let end = run.endedAt ?? run.startedAt
        switch run.record.state {
        case .completed:
            events.append(
                OutgoingEvent(.runFinished, at: end, ["outcome": ["type": "success"]], metadata: metadata))
        case .cancelled:
            events.append(
                OutgoingEvent(.runFinished, at: end, ["outcome": ["type": "cancelled"]], metadata: metadata))
        case .failed:
            events.append(
                OutgoingEvent(
                    .runError, at: end, ["message": .string(run.error ?? "error")], metadata: metadata))
        case .open, .lost, .unknown: break
        }
        return events
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
