import WireProtocol

/// The events of a trace.
///
/// A step is told when its span ends, so the start of a run that is seen from within comes late: `ctxtop.run`
/// announces the run, its steps follow, and RUN_STARTED comes with the moment that the agent's span gives.
extension TraceTree {
    /// Tells spans, and what they show of their runs.
    mutating func tell(_ items: [SpanItem], _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        var steps: [Int: [OutgoingEvent]] = [:]
        for item in items { note(item) }
        for run in runs.indices where runs[run].isNew { events += announce(run, &names) }
        for item in items {
            if let run = nodes[item.node].run {
                steps[run, default: []] += tell(item, in: run)
            } else {
                events.append(call(item, &names))
            }
        }
        for run in runs.indices {
            let told = (steps[run] ?? []).sorted { $0.timestamp < $1.timestamp }
            events += conclude(run, told)
        }
        return events
    }

    /// Judges what nothing came for since ``quietTime``, by our clock.
    mutating func tellQuiet(at moment: Timestamp, _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        if moment.since(touchedAt) > Self.quietTime { events += tell(release(at: moment), &names) }
        for run in runs.indices where moment.since(runs[run].touchedAt) > Self.quietTime {
            if runs[run].state == .open { events += judge(run, at: moment) }
            if runs[run].isStandIn, !runs[run].isClosed, runs[run].state != .lost {
                runs[run].isClosed = true
                events.append(close(run, "its trace is over, and no span named a session"))
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

    /// Says that a run is there, under which name, and that it is open again if it was given up.
    private mutating func announce(_ run: Int, _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        runs[run].isNew = false
        let service = services[runs[run].service]
        if let session = runs[run].session {
            let id = names.id(of: session, from: service)
            if id != runs[run].shown {
                let change = SessionChange(.closed, reason: "its name is known", renamedTo: id)
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
            change = RunChange(.reopened, reason: "another span of it came")
        }
        if let change {
            if runs[run].isAnnounced { runs[run].state = .open }
            runs[run].isAnnounced = true
            let at = change.kind == .opened ? runs[run].firstStart : runs[run].lastEnd
            events.append(OutgoingEvent(change, at: at, metadata: metadata(run)))
        }
        return events
    }

    /// Tells a run's new steps, with its start and its end where they are known by now.
    private mutating func conclude(_ run: Int, _ told: [OutgoingEvent]) -> [OutgoingEvent] {
        guard runs[run].state == .open else { return told }
        guard runs[run].isWhole || isCovered(run) else {
            // An SDK that reports the begin of a span gives the start of the run at once.
            let owner = runs[run].owners.first { $0.meaning.pending != nil }
            guard let owner, runs[run].missing.isEmpty, !runs[run].isStarted else { return told }
            return [start(run, at: owner.span.start)] + told
        }
        let isCalls = runs[run].owners.isEmpty && runs[run].session == nil && !runs[run].hasTool
        let events = finish(run, told)
        runs[run].state = isCalls ? .calls : .ended
        guard isCalls, runs[run].isStandIn, !runs[run].isClosed else { return events }
        runs[run].isClosed = true
        return events + [close(run, "calls of a model outside of any agent")]
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

    private mutating func judge(_ run: Int, at moment: Timestamp) -> [OutgoingEvent] {
        if runs[run].owners.contains(where: { $0.meaning.pending == nil }) {
            runs[run].state = .judged
            return finish(run, [])
        }
        runs[run].state = .lost
        let change = RunChange(.lost, reason: "no span for \(Self.quietTime.components.seconds / 60) min")
        return [OutgoingEvent(change, at: moment, metadata: metadata(run))]
    }

    private mutating func start(_ run: Int, at moment: Timestamp) -> OutgoingEvent {
        runs[run].isStarted = true
        let fields: JSONObject = [
            "threadId": .string(runs[run].shown.rawValue), "runId": .string(runs[run].id.rawValue),
        ]
        return OutgoingEvent(.runStarted, at: moment, fields, metadata: metadata(run))
    }

    private mutating func finish(_ run: Int, _ told: [OutgoingEvent]) -> [OutgoingEvent] {
        let owners = runs[run].owners.filter { $0.meaning.pending == nil }
        var told = told
        if owners.count > 1 {
            for owner in owners {
                runs[run].note(owner)
                told += step(owner, in: run)
            }
        }
        let startedAt = owners.map(\.span.start).min() ?? runs[run].root?.span.start ?? runs[run].firstStart
        let endedAt = owners.map(\.span.end).max() ?? runs[run].root?.span.end ?? runs[run].lastEnd
        var events = runs[run].isStarted ? told : [start(run, at: startedAt)] + told
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
        return events
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

    // MARK: Steps

    private mutating func tell(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        switch item.meaning.kind {
        case .agent, .workflow, .chain: return agent(item, in: run)
        case .tool, .model, .embedding:
            noteRoot(item, in: run)
            return isToldAlready(item.node) ? [] : call(item, in: run)
        case .handoff: return step(item, in: run)
        case .other:
            if let label = toldBelow[nodes[item.node].id] { passUp(label, from: item.node) }
            noteRoot(item, in: run)
            return [other(item, metadata(run))]
        }
    }

    /// An agent owns its run unless one is above it; those below it are steps.
    private mutating func agent(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        if let above = strong(above: item.node) { return inner(item, below: above, in: run) }
        guard runs[run].isOpenToMore else { return step(item, in: run) }
        let below = runs[run].owners.filter { isAbove(item.node, $0.node) }
        let beside = runs[run].owners.filter { $0.node != item.node && !isAbove(item.node, $0.node) }
        runs[run].owners = beside + [item]
        return below.flatMap { inner($0, below: strong(above: $0.node) ?? item.node, in: run) }
    }

    private mutating func inner(_ item: SpanItem, below above: Int, in run: Int) -> [OutgoingEvent] {
        if item.meaning.pending == nil, worker(above: item.node) == above { runs[run].note(item) }
        return item.meaning.kind == .chain ? [] : step(item, in: run)
    }

    /// The nearest agent above a span in its service.
    private func strong(above node: Int) -> Int? {
        var current = node
        for _ in 0..<Self.maximumDepth {
            guard let above = parent(of: current), nodes[above].service == nodes[node].service else {
                return nil
            }
            if nodes[above].isStrong { return above }
            current = above
        }
        return nil
    }

    private mutating func noteRoot(_ item: SpanItem, in run: Int) {
        guard nodes[item.node].parent == 0 || nodes[item.node].hasRemoteParent else { return }
        runs[run].root = item
    }

    /// Whether a call is told by another span of it: by one above, or by one below that came before.
    private mutating func isToldAlready(_ node: Int) -> Bool {
        let label = nodes[node].label
        if let above = worker(above: node), nodes[above].label == label { return true }
        let isTold = toldBelow[nodes[node].id] == label
        passUp(label, from: node)
        return isTold
    }

    /// Notes a told call for the span above it that has not come yet.
    private mutating func passUp(_ label: Int, from node: Int) {
        var current = node
        for _ in 0..<Self.maximumDepth {
            guard nodes[current].parent != 0 else { return }
            guard let above = parent(of: current) else {
                toldBelow[nodes[current].parent] = label
                return
            }
            guard nodes[above].kind == .other else { return }
            current = above
        }
    }

    private func call(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        guard item.meaning.kind == .tool else { return step(item, in: run) }
        let metadata = metadata(run)
        let call = JSONValue.string(item.meaning.callID ?? item.meaning.pending?.spanID ?? item.span.spanID)
        var events: [OutgoingEvent] = []
        if !item.isBegun {
            let name = JSONValue.string(item.meaning.tool ?? item.span.name)
            events.append(
                OutgoingEvent(
                    .toolCallStart, at: item.span.start, ["toolCallId": call, "toolCallName": name],
                    metadata: metadata))
            if let arguments = item.meaning.arguments {
                events.append(
                    OutgoingEvent(
                        .toolCallArgs, at: item.span.start,
                        ["toolCallId": call, "delta": .string(arguments)], metadata: metadata))
            }
        }
        guard item.meaning.pending == nil else { return events }
        var result: JSONObject = ["toolCallId": call]
        switch item.meaning.outcome {
        case .succeeded: break
        case .failed(let words): result["content"] = .string("error: " + words)
        case .waiting, .cancelled:
            // It has no result: the run's end says what became of it.
            return events
        }
        return events + [OutgoingEvent(.toolCallResult, at: item.span.end, result, metadata: metadata)]
    }

    /// The begin and the end of a step, named with the agents that it lies in: `planner › chat gpt-4o`.
    private func step(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        let metadata = metadata(run)
        let name = JSONValue.string(breadcrumb(item))
        let begin = OutgoingEvent(.stepStarted, at: item.span.start, ["stepName": name], metadata: metadata)
        guard item.meaning.pending == nil else { return [begin] }
        var fields: JSONObject = ["stepName": name]
        if item.meaning.kind == .model || item.meaning.kind == .embedding {
            fields["usage"] = item.meaning.usage?.json
        }
        if case .failed(let words) = item.meaning.outcome { fields["error"] = .string(words) }
        let end = OutgoingEvent(.stepFinished, at: item.span.end, fields, metadata: metadata)
        return item.isBegun ? [end] : [begin, end]
    }

    private func breadcrumb(_ item: SpanItem) -> String {
        var names = [item.meaning.kind.isAgents ? item.meaning.agent ?? item.span.name : item.span.name]
        var current = item.node
        for _ in 0..<Self.maximumDepth {
            guard let above = parent(of: current), nodes[above].service == nodes[item.node].service else {
                break
            }
            current = above
            // The run is named after its owner, which is not repeated.
            if let name = agents[nodes[above].id], strong(above: above) != nil { names.append(name) }
        }
        return names.reversed().joined(separator: " › ")
    }

    /// A call or another span that belongs to no run; it makes a session where it names one.
    private func call(_ item: SpanItem, _ names: inout SessionNames) -> OutgoingEvent {
        var metadata = EventMetadata()
        metadata.session = item.meaning.session.map { names.id(of: $0, from: item.span.resource.service) }
        metadata.user = item.meaning.user.map { UserID(rawValue: $0) }
        return other(item, metadata)
    }

    /// A span that is no agent's work: kept and shown by its name, duration and outcome.
    private func other(_ item: SpanItem, _ metadata: EventMetadata) -> OutgoingEvent {
        var value: JSONObject = [
            "span": .string(item.span.name), "service": .string(item.span.resource.service),
            "ms": .integer(item.span.end.since(item.span.start).wholeMilliseconds),
        ]
        if case .failed(let words) = item.meaning.outcome { value["error"] = .string(words) }
        value["usage"] = item.meaning.usage?.json
        return OutgoingEvent(
            .custom, at: item.span.end, ["name": "otel.span", "value": .object(value)], metadata: metadata)
    }

    // MARK: Tokens

    /// The tokens of a run, a sum for each model: of its model calls, and of what counts its own where it has none.
    private func usage(of run: Int) -> [JSONValue] {
        var covered: Set<Int> = []
        let counting = nodes.indices.filter { nodes[$0].run == run && nodes[$0].usage != nil }
        for node in counting {
            var current = node
            for _ in 0..<Self.maximumDepth {
                guard let above = parent(of: current), covered.insert(above).inserted else { break }
                current = above
            }
        }
        var sums: [String: SpanMeaning.Usage] = [:]
        for node in counting where !covered.contains(node) {
            guard let usage = nodes[node].usage else { continue }
            let key = (usage.model ?? "") + "\u{0}" + (usage.provider ?? "")
            sums[key] = sums[key].map { $0.adding(usage) } ?? usage
        }
        return sums.sorted { $0.key < $1.key }.map(\.value.json)
    }
}

extension SpanMeaning.Kind {
    /// Whether it is the work of agents.
    fileprivate var isAgents: Bool { self == .agent || self == .workflow || self == .handoff }
}

extension SpanMeaning.Usage {
    /// The sum; what only one of the two counts is kept.
    fileprivate func adding(_ other: Self) -> Self {
        func sum(_ one: Int64?, _ two: Int64?) -> Int64? {
            guard let one, let two else { return one ?? two }
            let (sum, isTooLarge) = one.addingReportingOverflow(two)
            return isTooLarge ? .max : sum
        }
        var total = self
        total.input = sum(input, other.input)
        total.output = sum(output, other.output)
        total.cachedInput = sum(cachedInput, other.cachedInput)
        total.reasoning = sum(reasoning, other.reasoning)
        if let cost, let more = other.cost {
            total.cost = cost + more
        } else {
            total.cost = cost ?? other.cost
        }
        return total
    }

    /// AG-UI's TokenUsage, with the cost beside it.
    var json: JSONValue {
        var object = JSONObject()
        let counts = [
            ("inputTokens", input), ("outputTokens", output), ("cachedInputTokens", cachedInput),
            ("reasoningTokens", reasoning),
        ]
        for (name, count) in counts { if let count { object[name] = .integer(count) } }
        if let cost, cost.isFinite { object["cost"] = .number(cost) }
        object.set("model", model)
        object.set("provider", provider)
        return .object(object)
    }
}
