import WireProtocol

/// The traces that are followed, within a budget of memory.
struct TraceStore {
    /// What is kept and what was let go, for a row of health.
    struct Counts: Hashable {
        /// Traces that wait for more.
        var open = 0
        /// Traces and spans that are kept, so that late ones find their place.
        var traces = 0, spans = 0
        /// Traces that were let go while they waited for more.
        var dropped = 0
        /// Spans that came a second time, as those of a retried request do.
        var repeats = 0
    }

    private var trees: [String: TraceTree] = [:]
    /// Traces of which something may be judged by silence.
    private var watched: Set<String> = []
    /// The order in which traces were touched; an entry is old where the trace was touched again.
    private var order: [(id: String, at: Timestamp)] = []
    private var spans = 0
    private var dropped = 0
    private var repeats = 0

    /// What is kept and what was let go.
    var counts: Counts {
        let open = watched.reduce(0) { $0 + (trees[$1]?.isOpen == true ? 1 : 0) }
        return Counts(open: open, traces: trees.count, spans: spans, dropped: dropped, repeats: repeats)
    }

    /// Adds one request's spans of a trace, and appends what they show.
    mutating func add(
        _ added: some Sequence<TelemetrySpan>, to id: String, at moment: Timestamp,
        _ names: inout SessionNames,
        into events: inout [OutgoingEvent]
    ) {
        var tree = trees.removeValue(forKey: id) ?? TraceTree(id: id, at: moment)
        let before = (tree.nodes.count, tree.repeats)
        let items = tree.add(added, at: moment)
        tree.tell(items, &names, into: &events)
        spans += tree.nodes.count - before.0
        repeats += tree.repeats - before.1
        if !tree.runs.isEmpty || tree.isOpen { watched.insert(id) }
        trees[id] = tree
        order.append((id, moment))
    }

    /// Judges what nothing came for.
    mutating func tellQuiet(at moment: Timestamp, _ names: inout SessionNames) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        let due = watched.filter { id in
            trees[id].map { moment.since($0.touchedAt) > TraceTree.quietTime } ?? true
        }
        for id in due.sorted() {
            guard var tree = trees.removeValue(forKey: id) else {
                watched.remove(id)
                continue
            }
            events += tree.tellQuiet(at: moment, &names)
            trees[id] = tree
            watched.remove(id)
        }
        return events
    }

    /// Lets the traces go that were touched longest ago, and says so of the runs that were open.
    mutating func trim(maximumTraces: Int, maximumSpans: Int) -> [OutgoingEvent] {
        var events: [OutgoingEvent] = []
        var gone = 0
        while gone < order.count, trees.count > maximumTraces || spans > maximumSpans {
            let (id, at) = order[gone]
            gone += 1
            guard let tree = trees[id], tree.touchedAt == at else { continue }
            trees[id] = nil
            watched.remove(id)
            spans -= tree.nodes.count
            if tree.isOpen {
                dropped += 1
                events += tree.abandon("more than \(maximumTraces) traces or \(maximumSpans) spans")
            }
        }
        if gone == 0, order.count > 4 * maximumTraces {
            order.removeAll { [trees] in trees[$0.id]?.touchedAt != $0.at }
        }
        order.removeFirst(gone)
        return events
    }

    /// What the latest run of a service in a trace says about whom its events are.
    func metadata(of trace: String, service: String) -> EventMetadata? {
        guard let tree = trees[trace] else { return nil }
        let run = tree.runs.lastIndex { tree.services[$0.service] == service }
        return run.map { tree.metadata($0) }
    }
}

extension TraceTree {
    /// The words for the open runs of a trace that is let go.
    fileprivate func abandon(_ reason: String) -> [OutgoingEvent] {
        runs.indices.filter { runs[$0].state == .open && runs[$0].isAnnounced }.map {
            OutgoingEvent(
                RunChange(.lost, reason: reason), at: runs[$0].lastEnd, metadata: metadata($0))
        }
    }
}
