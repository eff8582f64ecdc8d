import WireProtocol

/// Follows a LangGraph Server: its thread list, the runs of those that changed, and their passive streams.
///
/// Routes and shapes as langgraph-api 0.16 answers them: `POST /threads/search`,
/// `GET /threads/{id}/runs`, `GET /threads/{id}/stream`, `GET /metrics`, `GET /info`.
struct LangGraphReader: DialectReader {
    /// How many thread streams are kept open.
    static let maximumStreams = 24
    /// How many threads one search lists.
    static let pageSize = 200
    /// How many threads are remembered that the newest page no longer lists.
    private static let maximumThreads = 10_000

    private static let info = DialectRequest("/info", .once)
    private static let metrics = DialectRequest("/metrics", .every(.seconds(10)))
    private static let search = DialectRequest(
        "/threads/search", .every(.seconds(2)),
        body: [
            "limit": .integer(Int64(pageSize)), "offset": 0, "sort_by": "updated_at", "sort_order": "desc",
            "select": [
                "thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "config",
                "status",
            ],
        ])

    private var threads: [String: LangGraphThread] = [:]
    /// The threads of the newest page, the one that changed last first.
    private var newest: [String] = []
    private var streams: [String: LangGraphStream] = [:]
    private var version: String?
    private var samples: [MetricSample] = []

    var requests: [DialectRequest] {
        var requests = [Self.info, Self.search, Self.metrics]
        for id in newest.prefix(Self.maximumStreams) {
            guard let thread = threads[id], let path = thread.path else { continue }
            requests.append(DialectRequest(path + "/stream", .stream))
            if thread.wantsRuns { requests.append(Self.runs(path)) }
        }
        return requests
    }

    private static func runs(_ path: String) -> DialectRequest {
        DialectRequest(path + "/runs?limit=20", .every(.seconds(2)))
    }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(var record, let body):
            record.checks += rows
            return [.health(record, body: body)]
        case .document(let request, let document, _): return take(document, to: request)
        case .opened, .frame: return []
        case .event(let request, let event):
            guard let id = Self.thread(of: request.path), let thread = threads[id] else { return [] }
            let lines = streams[id, default: LangGraphStream()].take(event, of: thread, at: moment)
            return lines.messages
        case .failed(let request, let reason):
            // A stream ends with its thread's run; it is opened again by the client.
            return request.rhythm == .stream ? [] : [.refused(what: request.path, reason: reason)]
        }
    }

    private mutating func take(
        _ document: HealthAnswerDocument, to request: DialectRequest
    ) -> [Message] {
        guard document.status == 200 else {
            // A thread that was deleted meanwhile, or metrics switched off, is no fault of anybody.
            if document.status == 404, request != Self.search { return [] }
            let detail = document.json?["detail"]?.string.map { ": \($0.prefix(200))" } ?? ""
            return [.refused(what: request.path, reason: "HTTP \(document.status)" + detail)]
        }
        if request == Self.metrics {
            samples = PrometheusText.samples(document.body)
            return []
        }
        guard let json = document.json else {
            return [.refused(what: request.path, reason: "the answer is no JSON")]
        }
        if request == Self.info {
            version = json["version"]?.string
            return []
        }
        guard let rows = json.array else {
            return [.refused(what: request.path, reason: "the answer is no list")]
        }
        if request == Self.search { return takeThreads(rows) }
        guard let id = Self.thread(of: request.path), threads[id] != nil else { return [] }
        threads[id]?.take(runs: rows)
        streams[id, default: LangGraphStream()].follow(runs: threads[id]?.runs ?? [])
        return [.snapshot(snapshot)]
    }

    private mutating func takeThreads(_ rows: [JSONValue]) -> [Message] {
        let found = rows.compactMap { LangGraphThread(json: $0) }
        newest = found.map(\.id)
        // A page that is not full lists every thread there is.
        if rows.count < Self.pageSize || threads.count > Self.maximumThreads {
            let listed = Set(newest)
            threads = threads.filter { listed.contains($0.key) }
        }
        for thread in found {
            var thread = thread
            if let known = threads[thread.id] { thread.keepRuns(of: known) }
            threads[thread.id] = thread
        }
        let streamed = Set(newest.prefix(Self.maximumStreams))
        streams = streams.filter { streamed.contains($0.key) }
        let refused = rows.count - found.count
        let complaint: [Message] =
            refused > 0 ? [.refused(what: "thread", reason: "\(refused) rows without thread_id")] : []
        return complaint + [.snapshot(snapshot)]
    }

    /// What the metrics page says of queue, workers and pools, and how many requests there were in all.
    private var rows: [CheckRecord] {
        let requests = samples.filter { $0.name == "lg_api_http_requests_total" }
        var rows = MetricRows.rows(
            of: samples.filter { !$0.name.hasPrefix("lg_api_http_") }, wanted: ["lg_api_"])
        guard let all = requests.sum("lg_api_http_requests_total") else { return rows }
        let failed = requests.filter { $0.labels.contains("status=\"5") }.sum("lg_api_http_requests_total")
        var row = CheckRecord(name: "lg_api_http_requests_total")
        row.observedValue = "\(all), \(failed ?? 0) of them 5xx"
        rows.append(row)
        return rows
    }

    private var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: "langgraph")
        snapshot.version = version
        for thread in threads.values.sorted(by: { $0.id < $1.id }) {
            snapshot.sessions.append(thread.session)
            snapshot.runs += thread.runs
        }
        for (name, limit) in [("workers", "lg_api_workers")] {
            guard let most = samples.sum(limit + "_max"), let used = samples.sum(limit + "_active") else {
                continue
            }
            snapshot.limits[name] = LimitRecord(limit: most, used: used)
        }
        return snapshot
    }

    /// The thread in `/threads/{id}/…`.
    private static func thread(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count >= 2 && parts[0] == "threads" ? String(parts[1]) : nil
    }
}

extension [OutgoingEvent] {
    /// The events as one message; none when there are none.
    var messages: [Message] {
        if isEmpty { return [] }
        var lines: [UInt8] = []
        for event in self {
            lines += event.line
            lines.append(0x0A)
        }
        return [.events(EventBatch(lines: lines))]
    }
}
