import WireProtocol

/// The spans of one trace as a tree, and the runs that they belong to.
///
/// Spans come when they end, children before parents. Nothing is decided by patience: a span whose parent has
/// not come shows that more comes, and an agent's span that has ended ends its run once nothing is missing above
/// it. Only where nothing comes for ``quietTime`` is a run judged by what is there.
struct TraceTree {
    /// How long a run waits for a span: 3 min, as long as a step may be silent before `run-stalled` mentions it.
    static let quietTime = Duration.seconds(180)
    /// How deep a tree is followed; deeper spans belong to the run of the last ancestor that was reached.
    static let maximumDepth = 256
    /// How many spans of one trace wait for the parent that shows whose they are.
    static let maximumHeld = 1_000
    /// How many runs of one trace are distinguished; further agents become steps of the last one.
    static let maximumRuns = 1_000
    /// How many agents of one run wait for an agent above them; further ones are steps at once.
    static let maximumOwners = 64
    /// How many agents the name of a step lists.
    static let maximumBreadcrumbs = 8
    /// How many characters of an agent's name are kept for the names of steps.
    private static let maximumName = 200

    /// 32 hexadecimal digits.
    let id: String
    var nodes: [SpanNode] = []
    var runs: [TraceRun] = []
    /// The names of the services that sent spans of it.
    private(set) var services: [String] = []
    private var servicePlaces: [String: Int] = [:]
    /// When a span came last, by our clock.
    private(set) var touchedAt: Timestamp
    /// How many spans came again and were not counted.
    private(set) var repeats = 0
    /// The names of agents by their span, for breadcrumbs.
    var agents: [UInt64: String] = [:]
    /// Calls that were told, by the span above them that may be the same call.
    var toldBelow: [UInt64: ToldCall] = [:]
    /// Spans that name another conversation than the open run and are not connected to it yet.
    var held: [SpanItem] = []
    var places: [UInt64: Int] = [:]
    /// Missing parents, and the run that their children were told in.
    var expected: [UInt64: [Int]] = [:]
    /// The spans that own a run whose tree is whole.
    var owned: [UInt64: Int] = [:]

    /// A call that was told, and where: the same call is told again in another service.
    struct ToldCall: Equatable {
        let label: Int
        let service: Int
    }

    init(id: String, at moment: Timestamp) {
        self.id = id
        touchedAt = moment
    }

    /// Whether a run waits for more, or spans wait for their run.
    var isOpen: Bool { !held.isEmpty || runs.contains { $0.state == .open } }

    // MARK: Spans

    /// Adds spans, and returns them with their runs, in the order of their ends.
    mutating func add(_ spans: some Sequence<TelemetrySpan>, at moment: Timestamp) -> [SpanItem] {
        touchedAt = moment
        var fresh = held
        held = []
        for span in spans { if let item = insert(span) { fresh.append(item) } }
        // Parents come first: times do not tell, where a whole request takes less than a millisecond.
        let depths = fresh.map { depth(of: $0.node) }
        fresh = fresh.indices.sorted {
            (depths[$0], fresh[$0].span.start, $0) < (depths[$1], fresh[$1].span.start, $1)
        }.map { fresh[$0] }
        let tools = Set(fresh.filter { $0.meaning.kind == .tool }.map { nodes[$0.node].service })
        var placed: [SpanItem] = []
        for item in fresh {
            if place(item, at: moment, tools) { placed.append(item) }
        }
        placed.sort { ($0.span.end, $0.node) < ($1.span.end, $1.node) }
        return placed
    }

    /// Gives every span that waits for a parent a run of its own.
    mutating func release(at moment: Timestamp) -> [SpanItem] {
        let items = held
        held = []
        for item in items where nodes[item.node].run == nil {
            let ascent = ascent(from: item.node)
            let known = runs.lastIndex { $0.isOpenToMore && $0.session == item.meaning.session }
            join(item, run: ascent.run ?? known ?? begin(item, at: moment), ascent, at: moment)
        }
        return items
    }

    private mutating func insert(_ sent: TelemetrySpan) -> SpanItem? {
        let meaning = sent.meaning
        // Attributes may be large, and an agent's span is kept as long as its trace.
        var span = sent
        (span.attributes, span.exception) = ([:], nil)
        let id = TelemetrySpan.number(meaning.pending?.spanID ?? span.spanID)
        let parent = meaning.pending?.parentID ?? span.parentID
        if let place = places[id] {
            guard nodes[place].isPending, meaning.pending == nil else {
                repeats += 1
                return nil
            }
            nodes[place].isPending = false
            (nodes[place].start, nodes[place].end) = (span.start, span.end)
            nodes[place].usage = meaning.usage
            if let run = nodes[place].run { runs[run].pending -= 1 }
            return SpanItem(node: place, span: span, meaning: meaning, isBegun: true)
        }
        let node = SpanNode(
            id: id, parent: parent.isEmpty ? 0 : TelemetrySpan.number(parent),
            service: index(ofService: span.resource.service), kind: meaning.kind,
            // What a server answers was asked by another process, whether or not the SDK sends the flag.
            hasRemoteParent: span.hasRemoteParent || span.isServed, isRequest: span.isServed,
            label: Self.label(of: meaning, span), start: span.start, end: span.end,
            isPending: meaning.pending != nil, run: nil, usage: meaning.usage)
        nodes.append(node)
        places[id] = nodes.count - 1
        if meaning.kind == .agent || meaning.kind == .workflow {
            agents[id] = String((meaning.agent ?? span.name).prefix(Self.maximumName))
        }
        return SpanItem(node: nodes.count - 1, span: span, meaning: meaning)
    }

    /// What two spans of one call have in common: the tool's name, or that a model or an embedding is called.
    private static func label(of meaning: SpanMeaning, _ span: TelemetrySpan) -> Int {
        switch meaning.kind {
        case .tool: (meaning.tool ?? span.name).hashValue
        case .model: 1
        case .embedding: 2
        case .agent, .workflow, .chain, .handoff, .other: 0
        }
    }

    private mutating func index(ofService name: String) -> Int {
        if let known = servicePlaces[name] { return known }
        services.append(name)
        servicePlaces[name] = services.count - 1
        return services.count - 1
    }

    /// The parent's place; nil at the root, and while the parent has not come.
    func parent(of node: Int) -> Int? { nodes[node].parent == 0 ? nil : places[nodes[node].parent] }

    /// How many spans are known above a span, up to ``maximumDepth``.
    private func depth(of node: Int) -> Int {
        var (depth, current) = (0, node)
        while depth < Self.maximumDepth, let above = parent(of: current) {
            (depth, current) = (depth + 1, above)
        }
        return depth
    }

    /// The nearest span above that is more than a request or a query, in whichever service.
    func worker(above node: Int) -> Int? {
        var (node, depth) = (node, 0)
        while depth < Self.maximumDepth, let above = parent(of: node) {
            if nodes[above].kind != .other { return above }
            (node, depth) = (above, depth + 1)
        }
        return nil
    }
}
