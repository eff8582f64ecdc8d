import WireProtocol

/// Which run a span belongs to: by the tree where it connects them, else by names and times.
extension TraceTree {
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
    mutating func place(
        _ item: SpanItem, at moment: Timestamp, _ tools: Set<Int>
    ) -> Bool {
        let node = item.node
        settleOthers(below: node)
        if let run = nodes[node].run {
            // The end of a span whose begin was told.
            runs[run].touchedAt = moment
            name(item, run: run)
            return true
        }
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
        let service = nodes[item.node].service
        let siblings = ascent.missing.flatMap { expected[$0] } ?? []
        guard let sibling = siblings.last(where: { runs[$0].service == service }) else { return nil }
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

    mutating func begin(_ item: SpanItem, at moment: Timestamp) -> Int {
        if runs.count >= Self.maximumRuns { return runs.count - 1 }
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

    mutating func join(_ item: SpanItem, run: Int, _ ascent: Ascent, at moment: Timestamp) {
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

    /// A parent that runs of other services waited for has come: nothing is missing above them in their service.
    private mutating func settleOthers(below node: Int) {
        let (id, service) = (nodes[node].id, nodes[node].service)
        guard let waiting = expected[id] else { return }
        for run in waiting where runs[run].service != service {
            runs[run].missing.remove(id)
            runs[run].isBelowAnotherService = true
        }
        let own = waiting.filter { runs[$0].service == service }
        expected[id] = own.isEmpty ? nil : own
    }

    /// A parent that was missing has come.
    private mutating func settle(_ id: UInt64) {
        for run in expected.removeValue(forKey: id) ?? [] { runs[run].missing.remove(id) }
    }

    // MARK: Names

    /// Keeps the names that a span gives. The outermost conversation wins.
    mutating func name(_ item: SpanItem, run: Int) {
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
