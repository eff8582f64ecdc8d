import WireProtocol

/// Follows a LangGraph Server: its thread list, the runs of those that changed, and their passive streams.
///
/// Routes and shapes as langgraph-api 0.16 answers them: `POST /threads/search` and `/threads/count`,
/// `GET /threads/{id}/runs`, `/runs/{id}` and `/stream`, `GET /metrics`, `GET /info`.
struct LangGraphReader: DialectReader {
    /// How many thread streams are kept open.
    static let maximumStreams = 48
    /// How many threads have their runs read for the first time at once.
    private static let maximumFirstReads = 64

    private var threads: [String: LangGraphThread] = [:]
    /// The threads of the newest page, the one that changed last first.
    private var order: [String] = []
    private var walk = PageWalk<Int>()
    private var ledger = ReadLedger()
    /// Threads whose runs or streams are refused: one address stands for those of all.
    private var refusedRuns: Set<String> = []
    private var refusedStreams: Set<String> = []
    /// Threads whose stream was open before.
    private var streamed: Set<String> = []
    private var isListLong = false
    /// How many threads the server counts.
    private var total: Int?
    /// Whether a search for urgent threads was cut short, by its body.
    private var cutSearches: Set<JSONValue> = []
    private var listed: Coverage.Listed?
    private var isSilent = false
    private var version: String?
    private var samples: [MetricSample] = []

    // MARK: What is asked

    var requests: [DialectRequest] {
        var requests = [
            LangGraphRoutes.info, LangGraphRoutes.newest, LangGraphRoutes.metrics, LangGraphRoutes.count,
        ]
        if isListLong { requests += LangGraphRoutes.urgent }
        if let offset = walk.next {
            requests.append(LangGraphRoutes.search(.once, limit: LangGraphRoutes.walkSize, offset: offset))
        }
        let followed = followed
        for thread in followed {
            guard let path = thread.path else { continue }
            requests.append(DialectRequest(path + "/stream", .stream))
            for run in thread.asked {
                guard let part = URLPart.encoded(run) else { continue }
                requests.append(DialectRequest(path + "/runs/" + part, .every(.milliseconds(500))))
            }
            if thread.wantsRuns { requests.append(LangGraphRoutes.runs(path)) }
            if thread.hasLongQueue(limit: LangGraphRoutes.runLimit) {
                requests.append(LangGraphRoutes.running(path))
            }
        }
        var room = Self.maximumFirstReads
        for id in order.dropFirst(Self.maximumStreams) where room > 0 {
            guard let thread = threads[id], thread.wantsRuns, let path = thread.path else { continue }
            let request = LangGraphRoutes.runs(path)
            if requests.contains(request) { continue }
            requests.append(request)
            room -= 1
        }
        return requests
    }

    /// The threads whose streams are open: those at work first, then those that changed last.
    private var followed: [LangGraphThread] {
        let busy = threads.values.filter(\.isBusy).sorted { $0.id > $1.id }
        let known = Set(busy.prefix(Self.maximumStreams).map(\.id))
        let others = order.prefix(Self.maximumStreams).filter { !known.contains($0) }
        return Array((busy + others.compactMap { threads[$0] }).prefix(Self.maximumStreams))
    }

    // MARK: What is answered

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(var record, let body):
            record.checks += rows
            return [.health(record, body: body)]
        case .document(let request, let document, let took):
            let asked = Timestamp(milliseconds: moment.milliseconds - took.wholeMilliseconds)
            return take(document, to: request, askedAt: asked, at: moment)
        case .frame: return []
        case .opened(let request):
            guard let id = LangGraphRoutes.thread(of: request.path) else { return [] }
            threads[id]?.takeOpened(isAgain: !streamed.insert(id).inserted)
            refusedStreams.remove(id)
            return refusedStreams.isEmpty ? ledger.read(.events, "GET /threads/ID/stream") : []
        case .event(let request, let event):
            guard let id = LangGraphRoutes.thread(of: request.path),
                let before = threads[id]?.runs.map(\.progress)
            else {
                return []
            }
            let events = threads[id]?.take(event, at: moment) ?? []
            let hasTurned = threads[id]?.runs.map(\.progress) != before
            return events.messages + (hasTurned ? [.snapshot(snapshot)] : [])
        case .failed(let request, let reason): return takeFailure(of: request, reason, at: moment)
        }
    }

    private mutating func takeFailure(
        of request: DialectRequest, _ reason: String, at moment: Timestamp
    ) -> [Message] {
        if request.rhythm == .stream {
            guard let id = LangGraphRoutes.thread(of: request.path) else { return [] }
            threads[id]?.takeClosed()
            // A stream ends with its thread's run or its server, and is opened again by the client.
            guard reason.hasPrefix("HTTP "), reason != "HTTP 404" else { return [] }
            refusedStreams.insert(id)
            return ledger.refuse(.events, "GET /threads/ID/stream", reason)
        }
        if request.path == LangGraphRoutes.newest.path {
            isSilent = true
            if request.rhythm == .once { walk.abandon(at: moment) }
        }
        guard let (part, address) = LangGraphRoutes.address(of: request) else {
            return [.refused(what: request.path, reason: reason)]
        }
        return ledger.miss(part, address, reason)
    }

    private mutating func take(
        _ document: HealthAnswerDocument, to request: DialectRequest, askedAt asked: Timestamp,
        at moment: Timestamp
    ) -> [Message] {
        if request == LangGraphRoutes.metrics {
            samples = document.status == 200 ? PrometheusText.samples(document.body) : []
            return []
        }
        if request == LangGraphRoutes.info {
            version = document.json?["version"]?.string ?? version
            return []
        }
        if request == LangGraphRoutes.count { return takeCount(document) }
        let thread = LangGraphRoutes.thread(of: request.path)
        if let thread, document.status == 404 { return takeMissing(request, of: thread, at: moment) }
        if let thread, let run = LangGraphRoutes.run(of: request.path) {
            guard document.status == 200, let row = document.json else { return [] }
            return change(thread) { $0.take(run: run, row, at: moment) }
        }
        guard document.status == 200, let rows = document.json?.array else {
            return refuse(document, to: request, of: thread, at: moment)
        }
        guard let thread else { return takeThreads(rows, of: request, askedAt: asked, at: moment) }
        refusedRuns.remove(thread)
        let read = refusedRuns.isEmpty ? ledger.read(.runs, "GET /threads/ID/runs") : []
        if request.path.hasSuffix("status=running") {
            return read + change(thread) { $0.take(running: rows, at: moment) }
        }
        return read
            + change(thread) {
                $0.take(runs: rows, limit: LangGraphRoutes.runLimit, askedAt: asked, at: moment)
            }
    }

    private mutating func refuse(
        _ document: HealthAnswerDocument, to request: DialectRequest, of thread: String?, at moment: Timestamp
    ) -> [Message] {
        guard let (part, address) = LangGraphRoutes.address(of: request) else { return [] }
        if let thread {
            refusedRuns.insert(thread)
        } else if request.rhythm == .once {
            walk.abandon(at: moment)
        }
        if document.status == 404, request.path == LangGraphRoutes.newest.path {
            return ledger.refuse(
                part, address,
                "HTTP 404; if the server has a mount_prefix, add it to the URL: http://HOST:PORT/PREFIX")
        }
        return ledger.refuse(part, address, document, expected: "a list")
    }

    /// Changes a thread and reports what that made of it.
    private mutating func change(
        _ id: String, _ body: (inout LangGraphThread) -> [OutgoingEvent]
    ) -> [Message] {
        guard var thread = threads[id] else { return [] }
        let before = (thread.session, thread.records)
        let events = body(&thread)
        threads[id] = thread
        let isNews = !events.isEmpty || before.0 != thread.session || before.1 != thread.records
        return events.messages + (isNews ? [.snapshot(snapshot)] : [])
    }

    /// A thread, or one of its runs, that the server does not have any more.
    private mutating func takeMissing(
        _ request: DialectRequest, of thread: String, at moment: Timestamp
    ) -> [Message] {
        if let run = LangGraphRoutes.run(of: request.path) {
            return change(thread) { $0.take(run: run, nil, at: moment) }
        }
        let ends = forget([thread], at: moment)
        return ends.messages + [.snapshot(snapshot)]
    }

    private mutating func takeThreads(
        _ rows: [JSONValue], of request: DialectRequest, askedAt asked: Timestamp, at moment: Timestamp
    ) -> [Message] {
        var ids: [String] = []
        var hasChanged = false
        for row in rows {
            guard let id = row["thread_id"]?.string, !id.isEmpty else { continue }
            ids.append(id)
            guard var thread = threads[id] else {
                threads[id] = LangGraphThread(json: row, at: moment)
                hasChanged = true
                continue
            }
            let before = thread.session
            thread.take(row: row, askedAt: asked, at: moment)
            hasChanged = hasChanged || thread.session != before
            threads[id] = thread
        }
        var gone: [String] = []
        switch request.rhythm {
        case .every where request == LangGraphRoutes.newest:
            hasChanged = hasChanged || order.isEmpty
            order = ids
            isListLong = rows.count >= LangGraphRoutes.pageSize
            let next = isListLong ? LangGraphRoutes.pageSize : nil
            gone = walk.take(first: ids, next: next, known: threads.keys, at: moment)
        case .every:
            if let body = request.body {
                if rows.count >= LangGraphRoutes.walkSize {
                    cutSearches.insert(body)
                } else {
                    cutSearches.remove(body)
                }
            }
        default:
            let next =
                rows.count >= LangGraphRoutes.walkSize ? (walk.next ?? 0) + LangGraphRoutes.walkSize : nil
            gone = walk.take(page: ids, next: next, known: threads.keys, at: moment)
        }
        // What is missing after an outage was lost, and not deleted.
        let ends = forget(gone, at: moment)
        let events = isSilent ? [] : ends
        isSilent = false
        let refused = rows.count - ids.count
        let complaint: [Message] =
            refused > 0 ? [.refused(what: "thread", reason: "\(refused) rows without thread_id")] : []
        let isNews = hasChanged || !gone.isEmpty
        return ledger.read(.sessions, "POST /threads/search") + complaint + events.messages
            + (isNews ? [.snapshot(snapshot)] : []) + coverage
    }

    /// Forgets threads that the server does not list any more, and gives the ends of their open runs.
    private mutating func forget(_ gone: [String], at moment: Timestamp) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        for id in gone {
            guard let thread = threads.removeValue(forKey: id) else { continue }
            events += thread.deleted(at: moment)
            order.removeAll { $0 == id }
            streamed.remove(id)
            refusedRuns.remove(id)
            refusedStreams.remove(id)
        }
        return events
    }

    private mutating func takeCount(_ document: HealthAnswerDocument) -> [Message] {
        // A server before this route counts nothing, which is no failure: its pages still end.
        guard document.status == 200, let number = document.json?.integer else { return [] }
        total = Int(clamping: number)
        return coverage
    }

    /// The coverage, when another part of the threads is listed than before.
    private var coverage: [Message] {
        mutating get {
            let isPartial = total.map { $0 > threads.count } ?? (isListLong && walk.isWhole != true)
            let now =
                isPartial
                ? Coverage.Listed(
                    read: threads.count, total: total,
                    missesUrgent: isListLong && !cutSearches.isEmpty) : nil
            guard now != listed, !order.isEmpty || now == nil else { return [] }
            listed = now
            var coverage = Dialect.langGraphServer.coverage
            coverage.listed[.sessions] = now
            return [.dialect(name: Dialect.langGraphServer.name, coverage: coverage)]
        }
    }

    // MARK: What is known

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

    /// Every thread and run. A worker at work is not a limit that is used up, so workers are rows of health alone.
    private var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: "langgraph")
        snapshot.version = version
        for thread in threads.values.sorted(by: { $0.id < $1.id }) {
            snapshot.sessions.append(thread.session)
            snapshot.runs += thread.records
        }
        return snapshot
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
