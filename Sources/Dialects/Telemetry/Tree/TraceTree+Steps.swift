import WireProtocol

/// The events of a trace's spans: calls of tools, steps, and what belongs to no agent.
extension TraceTree {
    /// The events of one span of a run.
    mutating func events(of item: SpanItem, in run: Int) -> [OutgoingEvent] {
        switch item.meaning.kind {
        case .agent, .workflow, .chain: return agent(item, in: run)
        case .tool, .model, .embedding:
            noteRoot(item, in: run)
            return isToldAlready(item.node) ? [] : call(item, in: run)
        case .handoff: return step(item, in: run)
        case .other:
            if let call = toldBelow[nodes[item.node].id] { passUp(call, from: item.node) }
            noteRoot(item, in: run)
            return [other(item, metadata(run))]
        }
    }

    /// An agent owns its run unless one is above it; those below it are steps.
    private mutating func agent(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        if strong(above: item.node) != nil { return inner(item, in: run) }
        guard runs[run].isOpenToMore, runs[run].owners.count < Self.maximumOwners else {
            return step(item, in: run)
        }
        let below = runs[run].owners.filter { isAbove(item.node, $0.node) }
        let beside = runs[run].owners.filter { $0.node != item.node && !isAbove(item.node, $0.node) }
        runs[run].owners = beside + [item]
        return below.flatMap { inner($0, in: run) }
    }

    private mutating func inner(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
        if item.meaning.pending == nil, !isBehindCall(item.node) { runs[run].note(item) }
        return item.meaning.kind == .chain ? [] : step(item, in: run)
    }

    /// Whether a call, such as that of a tool, is between a span and the topmost agent above it.
    private func isBehindCall(_ node: Int) -> Bool {
        var current = node
        for _ in 0..<Self.maximumDepth {
            guard let above = strong(above: current) else { return false }
            if worker(above: current) != above { return true }
            current = above
        }
        return false
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
        let call = ToldCall(label: label, service: nodes[node].service)
        let isTold = toldBelow[nodes[node].id] == call
        passUp(call, from: node)
        return isTold
    }

    /// Notes a told call for the span above it that has not come yet.
    private mutating func passUp(_ call: ToldCall, from node: Int) {
        var current = node
        for _ in 0..<Self.maximumDepth {
            guard nodes[current].parent != 0 else { return }
            guard let above = parent(of: current) else {
                toldBelow[nodes[current].parent] = call
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
    func step(_ item: SpanItem, in run: Int) -> [OutgoingEvent] {
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
        let own = item.meaning.kind.isAgents ? item.meaning.agent ?? item.span.name : item.span.name
        var above: [String?] = []
        var current = item.node
        while above.count <= Self.maximumBreadcrumbs, let agent = strong(above: current) {
            above.append(agents[nodes[agent].id])
            current = agent
        }
        // The run is named after its owner, which is not repeated.
        let names = above.dropLast().compactMap { $0 }.reversed() + [own]
        return names.joined(separator: " › ")
    }

    /// A call or another span that belongs to no run; it makes a session where it names one.
    func call(_ item: SpanItem, _ names: inout SessionNames) -> OutgoingEvent {
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
}

extension SpanMeaning.Kind {
    /// Whether it is the work of agents.
    fileprivate var isAgents: Bool { self == .agent || self == .workflow || self == .handoff }
}
