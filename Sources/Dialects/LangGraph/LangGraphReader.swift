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
    /// Whether the newest page was read.
    private var hasList = false
    private var walk = PageWalk<Int>()
    private var ledger = ReadLedger()
    /// Threads whose runs or streams are refused: one address stands for those of all.
    private var refusedRuns: Set<String> = []
    private var refusedStreams: Set<String> = []
    /// Threads whose stream was open before.
    private var streamed: Set<String> = []
    /// How much of the list was read; searches for urgent threads are named by their bodies.
    private var tally = ListTally<JSONValue>()
    /// How many rows of a thread's runs have no id.
    private var unreadRuns: [String: Int] = [:]
    private var listed: [Coverage.Part: Coverage.Listed] = [:]
    private var isSilent = false
    private var version: String?
    private var samples: [MetricSample] = []

    // MARK: What is asked

    var requests: [DialectRequest] {
        var requests = [
            LangGraphRoutes.info, LangGraphRoutes.newest, LangGraphRoutes.metrics, LangGraphRoutes.count,
        ]
        if tally.isLong { requests += LangGraphRoutes.urgent }
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
            record.checks += LangGraphMetrics.rows(of: samples)
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
        let unread = rows.count { ($0["run_id"]?.string ?? "").isEmpty }
        unreadRuns[thread] = unread == 0 ? nil : unread
        return read
            + change(thread) {
                $0.take(runs: rows, limit: LangGraphRoutes.runLimit, askedAt: asked, at: moment)
            } + coverage
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
            (order, hasList) = (ids, true)
            tally.isLong = rows.count >= LangGraphRoutes.pageSize
            tally.note(refused: rows.count - ids.count)
            let next = tally.isLong ? LangGraphRoutes.pageSize : nil
            gone = walk.take(first: ids, next: next, known: threads.keys, at: moment)
        case .every:
            if let body = request.body {
                tally.note(body, isCut: rows.count >= LangGraphRoutes.walkSize)
            }
        default:
            let next =
                rows.count >= LangGraphRoutes.walkSize ? (walk.next ?? 0) + LangGraphRoutes.walkSize : nil
            gone = walk.take(page: ids, next: next, known: threads.keys, at: moment)
            tally.note(refusedInWalk: rows.count - ids.count, isLast: walk.next == nil)
        }
        // What is missing after an outage was lost, and not deleted.
        let ends = forget(gone, at: moment)
        let events = isSilent ? [] : ends
        isSilent = false
        let isNews = hasChanged || !gone.isEmpty
        return ledger.read(.sessions, "POST /threads/search") + events.messages
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
            unreadRuns[id] = nil
        }
        return events
    }

    private mutating func takeCount(_ document: HealthAnswerDocument) -> [Message] {
        // A server before this route counts nothing, which is no failure: its pages still end.
        guard document.status == 200, let number = document.json?.count else { return [] }
        tally.total = number
        return coverage
    }

    /// The coverage, when another part of the threads is listed than before.
    private var coverage: [Message] {
        mutating get {
            var now: [Coverage.Part: Coverage.Listed] = [:]
            now[.sessions] = tally.listed(read: threads.count, isWalked: walk.isWhole == true)
            if !unreadRuns.isEmpty {
                let read = threads.values.reduce(0) { $0 + $1.runs.count }
                now[.runs] = .init(
                    read: read, total: read + unreadRuns.values.reduce(0, +), missesUrgent: true)
            }
            guard now != listed, hasList || now.isEmpty else { return [] }
            listed = now
            var coverage = Dialect.langGraphServer.coverage
            coverage.listed = now
            return [.dialect(name: Dialect.langGraphServer.name, coverage: coverage)]
        }
    }

    // MARK: What is known

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
