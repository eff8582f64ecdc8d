import WireProtocol

/// The events of a trace.
///
/// A step is told when its span ends, so the start of a run that is seen from within comes late: `ctxtop.run`
/// announces the run, its steps follow, and RUN_STARTED comes with the moment that the agent's span gives.
extension TraceTree {
    /// Appends the events of spans, with what the spans show of their runs.
    mutating func tell(
        _ items: [SpanItem], _ names: inout SessionNames, into events: inout [OutgoingEvent]
    ) {
        var steps: [Int: [OutgoingEvent]] = [:]
        for item in items { note(item) }
        for run in runs.indices where runs[run].isNew { events += announce(run, &names) }
        for item in items {
            if let run = nodes[item.node].run {
                steps[run, default: []] += self.events(of: item, in: run)
            } else {
                events.append(call(item, &names))
            }
        }
        for run in runs.indices {
            let told = (steps[run] ?? []).sorted { $0.timestamp < $1.timestamp }
            conclude(run, told, into: &events)
        }
    }

    /// Judges what nothing came for since ``quietTime``, by our clock.
    mutating func tellQuiet(at moment: Timestamp, _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        // As of the last span: what waited for its run has been quiet for as long, and is judged below.
        if moment.since(touchedAt) > Self.quietTime { tell(release(at: touchedAt), &names, into: &events) }
        for run in runs.indices where moment.since(runs[run].touchedAt) > Self.quietTime {
            if runs[run].state == .open { judge(run, at: moment, into: &events) }
            if runs[run].isStandIn, !runs[run].isClosed, runs[run].state != .lost {
                runs[run].isClosed = true
                events.append(close(run, "its trace ended and no span named the session"))
            }
        }
        return events
    }

    // MARK: Runs

    /// Keeps what a span says about its run.
    private mutating func note(_ item: SpanItem) {
        guard let run = nodes[item.node].run else { return }
        let span = item.span
        runs[run].isNew = true
        runs[run].firstStart = min(runs[run].firstStart, span.start)
        guard item.meaning.pending == nil else { return }
        runs[run].lastEnd = max(runs[run].lastEnd, span.end)
        switch item.meaning.kind {
        case .tool, .model, .handoff:
            if item.meaning.outcome == .waiting || item.meaning.outcome == .cancelled {
                if runs[run].stopped.map({ $0.at <= span.end }) ?? true {
                    runs[run].stopped = (span.end, item.meaning.outcome)
                }
            } else {
                runs[run].lastWorkAt = max(runs[run].lastWorkAt ?? span.start, span.start)
            }
            if item.meaning.kind == .tool { runs[run].hasTool = true }
        case .agent, .workflow, .chain, .embedding, .other: break
        }
    }

    /// Announces a run that is new, has a new name, or is under way again.
    private mutating func announce(_ run: Int, _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        runs[run].isNew = false
        let service = services[runs[run].service]
        if let session = runs[run].session {
            let id = names.id(of: session, from: service)
            if id != runs[run].shown {
                let change = SessionChange(.closed, reason: "a span named the session", renamedTo: id)
                if runs[run].isAnnounced, !runs[run].isClosed {
                    events.append(OutgoingEvent(change, at: runs[run].lastEnd, metadata: metadata(run)))
                }
                for other in runs.indices where runs[other].shown == runs[run].shown && runs[other].isStandIn
                {
                    (runs[other].shown, runs[other].isStandIn) = (id, false)
                }
                (runs[run].shown, runs[run].isStandIn) = (id, false)
            }
        }
        var change: RunChange?
        if !runs[run].isAnnounced {
            change = RunChange(.opened, service: service)
        } else if runs[run].state == .judged || runs[run].state == .lost {
            change = RunChange(.reopened, reason: "another of its spans arrived")
        }
        if let change {
            if runs[run].isAnnounced { runs[run].state = .open }
            runs[run].isAnnounced = true
            let at = change.kind == .opened ? runs[run].firstStart : runs[run].lastEnd
            events.append(OutgoingEvent(change, at: at, metadata: metadata(run)))
        }
        return events
    }

    /// Appends a run's new steps, with its start and its end where they are known by now.
    private mutating func conclude(
        _ run: Int, _ told: [OutgoingEvent], into events: inout [OutgoingEvent]
    ) {
        guard runs[run].state == .open else {
            events += told
            return
        }
        guard runs[run].isWhole || isCovered(run) else {
            // An SDK that reports the begin of a span gives the start of the run at once.
            let owner = runs[run].owners.first { $0.meaning.pending != nil }
            if let owner, runs[run].missing.isEmpty, !runs[run].isStarted {
                events.append(start(run, at: owner.span.start))
            }
            events += told
            return
        }
        let isCalls =
            runs[run].owners.isEmpty && runs[run].session == nil
            && (!runs[run].hasTool || runs[run].isBelowAnotherService)
        finish(run, told, into: &events)
        runs[run].state = isCalls ? .calls : .ended
        guard isCalls, runs[run].isStandIn, !runs[run].isClosed else { return }
        runs[run].isClosed = true
        events.append(close(run, "calls outside any agent"))
    }

    /// Whether the run's agent has ended with nothing above it, after everything that came: what is still missing
    /// was not sent, as the spans of a cancelled call are.
    private func isCovered(_ run: Int) -> Bool {
        guard runs[run].pending == 0, runs[run].owners.count == 1, let owner = runs[run].owners.first else {
            return false
        }
        return owner.span.start <= runs[run].firstStart && owner.span.end >= runs[run].lastEnd
            && ascent(from: owner.node).missing == nil
    }

    private mutating func judge(_ run: Int, at moment: Timestamp, into events: inout [OutgoingEvent]) {
        if runs[run].owners.contains(where: { $0.meaning.pending == nil }) {
            runs[run].state = .judged
            return finish(run, [], into: &events)
        }
        runs[run].state = .lost
        let change = RunChange(.lost, reason: "no span for \(Self.quietTime.components.seconds / 60) min")
        events.append(OutgoingEvent(change, at: moment, metadata: metadata(run)))
    }

    private mutating func start(_ run: Int, at moment: Timestamp) -> OutgoingEvent {
        runs[run].isStarted = true
        let fields: JSONObject = [
            "threadId": .string(runs[run].shown.rawValue), "runId": .string(runs[run].id.rawValue),
        ]
        return OutgoingEvent(.runStarted, at: moment, fields, metadata: metadata(run))
    }

    private mutating func finish(_ run: Int, _ told: [OutgoingEvent], into events: inout [OutgoingEvent]) {
        let owners = runs[run].owners.filter { $0.meaning.pending == nil }
        if owners.count > 1 { for owner in owners { runs[run].note(owner) } }
        let startedAt = owners.map(\.span.start).min() ?? runs[run].root?.span.start ?? runs[run].firstStart
        let endedAt = owners.map(\.span.end).max() ?? runs[run].root?.span.end ?? runs[run].lastEnd
        if !runs[run].isStarted { events.append(start(run, at: startedAt)) }
        events += told
        if owners.count > 1 { for owner in owners { events += step(owner, in: run) } }
        var fields = JSONObject()
        let usage = usage(of: run)
        if !usage.isEmpty { fields["usage"] = .array(usage) }
        let type: EventType
        switch runs[run].outcome() {
        case .failed(let words):
            type = .runError
            fields["message"] = .string(words)
        case .succeeded: (type, fields["outcome"]) = (.runFinished, ["type": "success"])
        case .waiting: (type, fields["outcome"]) = (.runFinished, ["type": "interrupt"])
        case .cancelled: (type, fields["outcome"]) = (.runFinished, ["type": "cancelled"])
        }
        events.append(OutgoingEvent(type, at: endedAt, fields, metadata: metadata(run)))
    }

    private func close(_ run: Int, _ reason: String) -> OutgoingEvent {
        OutgoingEvent(SessionChange(.closed, reason: reason), at: runs[run].lastEnd, metadata: metadata(run))
    }

    /// What the run's events say about whom they are.
    func metadata(_ run: Int) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.session = runs[run].shown
        metadata.user = runs[run].user.map { UserID(rawValue: $0) }
        metadata.run = runs[run].id
        metadata.agent = runs[run].agent
        return metadata
    }
}
