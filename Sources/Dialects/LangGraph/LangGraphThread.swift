import WireProtocol

/// One thread of a LangGraph Server: its row, its runs and its passive stream, joined.
///
/// The stream is ahead of every list: a list that was asked for before the stream last reported a
/// start or an end says nothing about the thread. How a run ended is never taken from the stream,
/// which says `run_done` of every end; its status is asked for.
struct LangGraphThread {
    /// How long a list may say that a run runs before its start is taken from the list.
    private static let streamDelay = Duration.seconds(2)
    /// How many runs of one thread are remembered.
    private static let maximumRuns = 200

    /// `thread_id`.
    let id: String
    /// Its newest row.
    private(set) var row: LangGraphRow
    /// Whose it is: the first user that its row or a run of it named, whoever ran in it later.
    private(set) var user: String?
    /// Its runs, the newest first.
    private(set) var runs: [LangGraphRun] = []
    /// The `updated_at` that the runs were read at; nil before that.
    private var runsReadAt: Timestamp?
    private var areRunsRead = false
    private var stream = LangGraphStream()
    /// When, by our clock, the stream last reported a start or an end.
    private var turnedAt: Timestamp?
    /// When, by the server's clock, the stream was last heard.
    private(set) var heardAt: Timestamp?
    private var isStreamOpen = false
    /// Runs whose rows are asked for one by one: they ended, or their stream broke.
    private(set) var asked: [String] = []
    /// The run whose stream broke, until its row says whether that was replayed.
    private var broken: String?

    /// Reads a row of `POST /threads/search`; nil when it has no id.
    init?(json: JSONValue, at moment: Timestamp) {
        guard let id = json["thread_id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        row = LangGraphRow(json: json, at: moment)
        user = row.user
    }

    /// Takes a row of a list that was asked for at `asked`.
    mutating func take(row json: JSONValue, askedAt asked: Timestamp, at moment: Timestamp) {
        if let turnedAt, asked <= turnedAt { return }
        row = LangGraphRow(json: json, at: moment)
        user = user ?? row.user
    }

    /// `/threads/{id}`; nil when the id could lead elsewhere.
    var path: String? { LangGraphRoutes.path(ofThread: id) }

    /// Whether it is at work, or was when it was last heard of.
    var isBusy: Bool { row.status == "busy" || runs.contains(where: \.isOpen) || !asked.isEmpty }

    /// Whether its runs may have changed since they were read.
    var wantsRuns: Bool { isBusy || !areRunsRead || runsReadAt != row.updatedAt }

    /// Whether so many runs wait that the newest `limit` do not list the one they wait for.
    func hasLongQueue(limit: Int) -> Bool {
        runs.count >= limit && runs.prefix(limit).allSatisfy { $0.status == "pending" }
    }

    // MARK: Lists of runs

    /// Takes the rows of its runs, of a list of at most `limit` that was asked for at `asked`.
    mutating func take(
        runs rows: [JSONValue], limit: Int, askedAt asked: Timestamp, at moment: Timestamp
    ) -> [OutgoingEvent] {
        // A list that is no newer than the stream's word about a start or an end is out of date.
        if let turnedAt, asked <= turnedAt { return [] }
        let isFirst = !areRunsRead
        (areRunsRead, runsReadAt) = (true, row.updatedAt)
        let list = LangGraphRunList(rows, limit: limit, isFirst: isFirst, at: moment)
        runs = Array(list.joined(with: runs, at: moment).prefix(Self.maximumRuns))
        user = user ?? runs.last { $0.user != nil }?.user
        var events: [OutgoingEvent] = []
        for place in runs.indices.reversed() { events += settle(place, at: moment) }
        if stream.run.map({ id in !runs.contains { $0.id == id && $0.isOpen } }) ?? true {
            stream.enter(runs.last(where: \.isRunning)?.id)
        }
        return events
    }

    /// Takes the row of one run that was asked for, or nil when the server has no such run.
    ///
    /// Only the list decides that a run is deleted: a server may lack the route.
    mutating func take(run id: String, _ row: JSONValue?, at moment: Timestamp) -> [OutgoingEvent] {
        guard let place = runs.firstIndex(where: { $0.id == id }), let row,
            var run = LangGraphRun(json: row, at: moment)
        else {
            asked.removeAll { $0 == id }
            return []
        }
        // Who displaced it is in the list of runs, which is asked for while the run counts as open.
        if ["interrupted", "cancelled"].contains(run.status) {
            asked.removeAll { $0 == id }
            return []
        }
        run.keep(runs[place])
        runs[place] = run
        user = user ?? run.user
        var events: [OutgoingEvent] = []
        if broken == id {
            broken = nil
            if runs[place].isResumable == false { events.append(gap(at: moment)) }
        }
        events += settle(place, at: moment)
        // A run that goes on was asked for because its stream broke, or is tried again.
        let isEnding = runs[place].doneAt != nil || runs[place].endListedAt != nil
        if !isEnding || runs[place].progress == .ended { asked.removeAll { $0 == id } }
        return events
    }

    /// Reports what a run's row says and no stream did.
    private mutating func settle(_ place: Int, at moment: Timestamp) -> [OutgoingEvent] {
        let run = runs[place]
        switch (run.status, run.progress) {
        case (_, .ended), ("pending", _), ("running", .started): return []
        case ("running", .untold):
            if isStreamOpen {
                // Its start is in the stream, unless it was over before the stream was opened.
                guard let listed = run.listedAt, moment.since(listed) >= Self.streamDelay else {
                    runs[place].listedAt = run.listedAt ?? moment
                    return []
                }
            }
            var events = [begin(place, at: run.wasQueued ? moment : run.createdAt ?? moment)]
            // Silence is counted from when we began to listen.
            if isStreamOpen { events.append(listening(to: run, at: moment)) }
            turnedAt = moment
            return events
        default:
            guard let outcome = outcome(of: run) else { return [] }
            // What it still sent is in the stream, which may be behind its row.
            if isStreamOpen, stream.run == run.id, run.doneAt == nil {
                guard let listed = run.endListedAt, moment.since(listed) >= Self.streamDelay else {
                    runs[place].endListedAt = run.endListedAt ?? moment
                    ask(for: run.id)
                    return []
                }
            }
            var events: [OutgoingEvent] = []
            if run.progress == .untold { events.append(begin(place, at: run.createdAt ?? moment)) }
            events.append(end(place, outcome, at: moment))
            turnedAt = moment
            return events
        }
    }

    /// Takes the runs that are being worked on, where the newest ones all wait.
    mutating func take(running rows: [JSONValue], at moment: Timestamp) -> [OutgoingEvent] {
        guard let run = rows.first.flatMap({ LangGraphRun(json: $0, at: moment) }),
            !runs.contains(where: { $0.id == run.id })
        else { return [] }
        runs.append(run)
        if stream.run == nil { stream.enter(run.id) }
        return settle(runs.count - 1, at: moment)
    }

    // MARK: The stream

    /// Takes that its stream is open; `isAgain` says that it was open before.
    mutating func takeOpened(isAgain: Bool) {
        isStreamOpen = true
        guard isAgain, let run = runs.first(where: { $0.progress == .started && $0.isOpen }) else { return }
        broken = run.id
        ask(for: run.id)
    }

    /// Takes that its stream is not open any more.
    mutating func takeClosed() { isStreamOpen = false }

    /// Takes one frame of its stream.
    mutating func take(_ frame: ServerSentEvent, at arrival: Timestamp) -> [OutgoingEvent] {
        let json = try? JSONParser.parse(frame.data)
        let at = Self.time(of: frame.lastEventID, now: arrival) ?? arrival
        heardAt = max(heardAt ?? at, at)
        if frame.type == "metadata", let id = json?["run_id"]?.string {
            return json?["status"]?.string == "run_done"
                ? done(id, at: at, arrival) : start(id, at: at, arrival)
        }
        if frame.type == "end" {
            return stream.run.map { done($0, at: at, arrival) } ?? []
        }
        var events: [OutgoingEvent] = []
        // The list named the run first, and its start was before the stream was opened.
        if let place = runs.firstIndex(where: { $0.id == stream.run }), runs[place].progress == .untold {
            events.append(begin(place, at: min(runs[place].createdAt ?? at, at)))
        }
        let steps = stream.take(frame, json, at: at)
        let metadata = metadata(of: stream.run)
        events += steps.map { OutgoingEvent($0.type, at: at, $0.fields, metadata: metadata) }
        if let place = runs.firstIndex(where: { $0.id == stream.run }) {
            runs[place].asksPerson = runs[place].asksPerson || stream.asksPerson
            runs[place].complaint = stream.complaint ?? runs[place].complaint
        }
        return events
    }

    private mutating func start(_ id: String, at moment: Timestamp, _ arrival: Timestamp) -> [OutgoingEvent] {
        stream.enter(id)
        turnedAt = arrival
        row.status = "busy"
        if !runs.contains(where: { $0.id == id }) { runs.insert(LangGraphRun(id: id, status: ""), at: 0) }
        guard let place = runs.firstIndex(where: { $0.id == id }), runs[place].progress != .ended else {
            return []
        }
        (runs[place].status, runs[place].doneAt, runs[place].endListedAt) = ("running", nil, nil)
        return runs[place].progress == .untold ? [begin(place, at: moment)] : []
    }

    private mutating func done(_ id: String, at moment: Timestamp, _ arrival: Timestamp) -> [OutgoingEvent] {
        if stream.run == id { stream.enter(nil) }
        guard let place = runs.firstIndex(where: { $0.id == id }), runs[place].progress == .started else {
            return []
        }
        turnedAt = arrival
        runs[place].doneAt = moment
        ask(for: id)
        return []
    }

    private mutating func ask(for run: String) {
        if !asked.contains(run) { asked.append(run) }
    }

    // MARK: Starts and ends

    private mutating func begin(_ place: Int, at moment: Timestamp) -> OutgoingEvent {
        runs[place].progress = .started
        heardAt = max(heardAt ?? moment, moment)
        return OutgoingEvent(
            .runStarted, at: moment, ["threadId": .string(id), "runId": .string(runs[place].id)],
            metadata: metadata(of: runs[place]))
    }

    private mutating func end(
        _ place: Int, _ outcome: LangGraphStream.Step, at arrival: Timestamp
    ) -> OutgoingEvent {
        let run = runs[place]
        runs[place].progress = .ended
        let moment = max(run.doneAt ?? run.updatedAt ?? arrival, run.createdAt ?? .init(milliseconds: 0))
        heardAt = max(heardAt ?? moment, moment)
        if stream.run == run.id { stream.enter(nil) }
        // Until the next list, the thread is what its newest run left.
        if row.status == "busy" {
            let isAsking = outcome.fields["outcome"]?["type"]?.string == "interrupt"
            row.status = outcome.type == .runError ? "error" : isAsking ? "interrupted" : "idle"
            if isAsking { row.hasInterrupts = true }
        }
        return OutgoingEvent(outcome.type, at: moment, outcome.fields, metadata: metadata(of: run))
    }

    /// How a run of this thread ended; nil of one that has not.
    private func outcome(of run: LangGraphRun) -> LangGraphStream.Step? {
        let next = runs.last { other in
            (other.createdAt ?? .init(milliseconds: 0)) > (run.createdAt ?? .init(milliseconds: 0))
        }
        let isListed = row.hasInterrupts == true && run.id == runs.first?.id
        let isAsking =
            run.asksPerson || isListed && row.updatedAt.map { $0 >= run.updatedAt ?? $0 } == true
        return LangGraphOutcome.step(of: run, before: next, isAsking: isAsking)
    }

    /// The ends of its open runs when the server has deleted the thread, which cancels them.
    func deleted(at moment: Timestamp) -> [OutgoingEvent] {
        var thread = self
        var events: [OutgoingEvent] = []
        for place in runs.indices where runs[place].isRunning {
            if runs[place].progress == .untold {
                events.append(thread.begin(place, at: runs[place].createdAt ?? moment))
            }
            thread.runs[place].updatedAt = max(moment, heardAt ?? moment)
            events.append(thread.end(place, LangGraphOutcome.cancelled("its thread was deleted"), at: moment))
        }
        return events
    }

    /// Says that events of the broken stream are lost; how many, no server can say, so it is one.
    private func gap(at moment: Timestamp) -> OutgoingEvent {
        OutgoingEvent(StreamGap(lost: 1), at: moment, metadata: metadata(of: stream.run))
    }

    private func listening(to run: LangGraphRun, at moment: Timestamp) -> OutgoingEvent {
        OutgoingEvent(
            .stateSnapshot, at: moment, ["source": "langgraph", "event": ["event": "stream opened"]],
            metadata: metadata(of: run))
    }

    /// The moment in an id such as `1795441440099-0`: milliseconds since the epoch.
    private static func time(of id: String, now: Timestamp) -> Timestamp? {
        Int64(id.prefix { $0 != "-" }).flatMap { PlausibleTime.timestamp(.integer($0), now: now) }
    }
}
