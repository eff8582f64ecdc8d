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
    private static let maximumHeld = 1_000

    /// 32 hexadecimal digits.
    let id: String
    var nodes: [SpanNode] = []
    var runs: [TraceRun] = []
    /// The names of the services that sent spans of it.
    private(set) var services: [String] = []
    /// When a span came last, by our clock.
    private(set) var touchedAt: Timestamp
    /// How many spans came again and were not counted.
    private(set) var repeats = 0
    /// The names of agents by their span, for breadcrumbs.
    var agents: [UInt64: String] = [:]
    /// Calls that were told, by the span above them that may be the same call.
    var toldBelow: [UInt64: Int] = [:]
    /// Spans that name another conversation than the open run and are not connected to it yet.
    private var held: [SpanItem] = []
    private var places: [UInt64: Int] = [:]
    /// Missing parents, and the run that their children were told in.
    private var expected: [UInt64: [Int]] = [:]
    /// The spans that own a run whose tree is whole.
    private var owned: [UInt64: Int] = [:]

    init(id: String, at moment: Timestamp) {
        self.id = id
        touchedAt = moment
    }

    /// Whether a run waits for more, or spans wait for their run.
    var isOpen: Bool { !held.isEmpty || runs.contains { $0.state == .open } }

    // MARK: Spans

    /// Adds spans, and returns them with their runs, in the order of their ends.
    mutating func add(_ spans: [TelemetrySpan], at moment: Timestamp) -> [SpanItem] {
        touchedAt = moment
        var fresh = held
        held = []
        for span in spans { if let item = insert(span) { fresh.append(item) } }
        // A parent begins before its children, or with them and ends later.
        fresh.sort {
            ($0.span.start, $1.span.end, $0.node) < ($1.span.start, $0.span.end, $1.node)
        }
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

    private mutating func insert(_ span: TelemetrySpan) -> SpanItem? {
        let meaning = span.meaning
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
        if meaning.kind == .agent || meaning.kind == .workflow { agents[id] = meaning.agent ?? span.name }
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
        if let known = services.firstIndex(of: name) { return known }
        services.append(name)
        return services.count - 1
    }

    /// The parent's place; nil at the root, and while the parent has not come.
    func parent(of node: Int) -> Int? { nodes[node].parent == 0 ? nil : places[nodes[node].parent] }

    /// The nearest span above that is more than a request or a query, in whichever service.
    func worker(above node: Int) -> Int? {
        var (node, depth) = (node, 0)
        while depth < Self.maximumDepth, let above = parent(of: node) {
            if nodes[above].kind != .other { return above }
            (node, depth) = (above, depth + 1)
        }
        return nil
    }

    // MARK: Runs

    /// What is above a span in its own service.
    struct Ascent {
        /// The run of the nearest ancestor that has one.
        var run: Int?
        /// The topmost ancestor in the service, or the span itself.
        var top: Int
        /// The topmost agent, workflow or chain; nil where there is none.
        var strong: Int?
        /// The parent that has not come; nil at the root of the service's part.
        var missing: UInt64?
    }

    func ascent(from node: Int) -> Ascent {
        var ascent = Ascent(top: node)
        var depth = 0
        while depth < Self.maximumDepth {
            let current = nodes[ascent.top]
            if current.isStrong { ascent.strong = ascent.top }
            guard current.parent != 0 else { return ascent }
            guard let above = places[current.parent] else {
                if !current.hasRemoteParent { ascent.missing = current.parent }
                return ascent
            }
            guard nodes[above].service == current.service else { return ascent }
            ascent.top = above
            if let run = nodes[above].run {
                ascent.run = run
                return ascent
            }
            depth += 1
        }
        return ascent
    }

    /// Finds the run of a span; false while that has to wait.
    private mutating func place(
        _ item: SpanItem, at moment: Timestamp, _ tools: Set<Int>
    ) -> Bool {
        let node = item.node
        guard nodes[node].run == nil else { return true }
        let ascent = ascent(from: node)
        if let run = connected(item, ascent) {
            if runs[run].state != .calls { join(item, run: run, ascent, at: moment) }
            return true
        }
        let owner = owner(of: ascent)
        if let run = owner.flatMap({ owned[nodes[$0].id] }) {
            join(item, run: run, ascent, at: moment)
            return true
        }
        switch choice(item, isWhole: owner != nil) {
        case .run(let run)?:
            // A query of which nothing else is known belongs to nothing yet.
            if item.meaning.kind == .other, owner == nil { return true }
            join(item, run: run, ascent, at: moment)
        case .wait? where held.count < Self.maximumHeld:
            held.append(item)
            return false
        case .wait?: join(item, run: begin(item, at: moment), ascent, at: moment)
        case nil:
            guard isWork(item, ascent, tools) else { return true }
            join(item, run: begin(item, at: moment), ascent, at: moment)
        }
        return true
    }

    /// The run that the tree connects a span to: of an ancestor, of a descendant, or of a sibling.
    private func connected(_ item: SpanItem, _ ascent: Ascent) -> Int? {
        if let run = ascent.run { return run }
        if let run = expected[nodes[item.node].id]?.first { return run }
        guard let sibling = ascent.missing.flatMap({ expected[$0]?.last }) else { return nil }
        // Two agents below one parent that has not come are two conversations if they say so.
        let isOther =
            nodes[item.node].isStrong && Self.differ(runs[sibling].session, item.meaning.session)
            || Self.differ(runs[sibling].user, item.meaning.user)
        return isOther ? nil : sibling
    }

    /// The span that owns the run of everything below it: the topmost agent, or the request that it works for.
    ///
    /// Nil while a parent is missing.
    private func owner(of ascent: Ascent) -> Int? {
        guard ascent.missing == nil else { return nil }
        guard let strong = ascent.strong else { return ascent.top }
        return nodes[ascent.top].isRequest ? ascent.top : strong
    }

    private enum Choice { case run(Int), wait }

    /// Which of its service's open runs a span belongs to that is connected to none of them; nil for a new one.
    private func choice(_ item: SpanItem, isWhole: Bool) -> Choice? {
        let (node, meaning) = (nodes[item.node], item.meaning)
        let candidates = runs.indices.filter {
            guard runs[$0].service == node.service, runs[$0].isOpenToMore else { return false }
            guard !Self.differ(runs[$0].user, meaning.user) else { return false }
            // What has no parent to wait for contains a run that waits for one, or has nothing to do with it.
            return !isWhole
                || !runs[$0].missing.isEmpty && runs[$0].firstStart >= node.start
                    && runs[$0].lastEnd <= node.end
        }
        guard let last = candidates.last else { return nil }
        guard !isWhole, let session = meaning.session else { return .run(last) }
        let named =
            candidates.last { runs[$0].session == session } ?? candidates.last { runs[$0].session == nil }
        return named.map { .run($0) } ?? .wait
    }

    private static func differ(_ one: String?, _ other: String?) -> Bool {
        one != nil && other != nil && one != other
    }

    /// Whether a span that belongs to no run begins one.
    private func isWork(_ item: SpanItem, _ ascent: Ascent, _ tools: Set<Int>) -> Bool {
        let isNamed = item.meaning.session != nil
        switch item.meaning.kind {
        case .agent, .workflow, .chain: return true
        case .tool, .handoff: return ascent.missing != nil
        case .model:
            // Without a parent to wait for it is one call, unless it is a conversation's or tools are called too.
            return isNamed || ascent.missing != nil || tools.contains(nodes[item.node].service)
        case .embedding: return isNamed && ascent.missing == nil
        case .other: return false
        }
    }

    private mutating func begin(_ item: SpanItem, at moment: Timestamp) -> Int {
        let number = runs.count + 1
        let service = nodes[item.node].service
        let suffix = number == 1 ? "" : ".\(number)"
        // A service's later runs without a name are shown where its first one was.
        let shown = runs.first { $0.service == service && $0.isStandIn }?.shown
        runs.append(
            TraceRun(
                id: RunID(rawValue: id + suffix), service: service,
                shown: shown ?? SessionID(rawValue: "trace-\(id)\(suffix)"), firstStart: item.span.start,
                at: moment))
        return runs.count - 1
    }

    private mutating func join(_ item: SpanItem, run: Int, _ ascent: Ascent, at moment: Timestamp) {
        nodes[item.node].run = run
        // A request or query between two spans of a run belongs to it; it was told when it came.
        var current = item.node
        while ascent.run != nil, let above = parent(of: current), nodes[above].run == nil {
            nodes[above].run = run
            settle(nodes[above].id)
            current = above
        }
        settle(nodes[item.node].id)
        if ascent.run == nil, runs[run].isOpenToMore {
            if let owner = owner(of: ascent) { owned[nodes[owner].id] = run }
            if let missing = ascent.missing, runs[run].missing.insert(missing).inserted {
                expected[missing, default: []].append(run)
            }
        }
        if nodes[item.node].isPending { runs[run].pending += 1 }
        runs[run].touchedAt = moment
        name(item, run: run)
    }

    /// A parent that was missing has come.
    private mutating func settle(_ id: UInt64) {
        for run in expected.removeValue(forKey: id) ?? [] { runs[run].missing.remove(id) }
    }

    // MARK: Names

    /// Takes the names that a span gives: the outermost conversation wins.
    private mutating func name(_ item: SpanItem, run: Int) {
        if let user = item.meaning.user, runs[run].user == nil { runs[run].user = user }
        guard let session = item.meaning.session else { return }
        if let namer = runs[run].namer, !isAbove(item.node, namer) { return }
        if let user = item.meaning.user { runs[run].user = user }
        runs[run].session = session
        runs[run].namer = item.node
    }

    /// Whether a span is an ancestor of another one.
    func isAbove(_ node: Int, _ other: Int) -> Bool {
        var current = other
        for _ in 0..<Self.maximumDepth {
            guard let above = parent(of: current) else { return false }
            if above == node { return true }
            current = above
        }
        return false
    }
}
