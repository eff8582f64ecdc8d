import PatternDetection
import WireProtocol

/// One tool dispatcher.
public struct DispatcherRow: TableRow {
    /// Which dispatcher.
    public let key: DispatcherKey
    /// The name of its backend.
    public let backendName: String
    /// What is known of it.
    public let record: DispatcherRecord
    /// The worst finding about it: leaked and shared among them.
    public let severity: Severity?
    /// How long ago it was asked for.
    public let age: Duration?
    /// How long ago it last executed a tool.
    public let lastUsed: Duration?
    /// The steps of its life that were seen, oldest first.
    public let transitions: [DispatcherState.Transition]
    /// Whether it outlives its session.
    public let isLeaked: Bool
    /// Whether it served two users and was made for one.
    public let isShared: Bool

    /// What a selection keeps.
    public var rowID: RowID { .dispatcher(key) }
    /// Its state with the tools under way and the marks: `executing(1)`, `idle leaked`.
    public var stateText: String {
        var text = record.state.rawValue + (record.inFlight > 0 ? "(\(record.inFlight))" : "")
        if isLeaked, record.state != .leaked { text += " leaked" }
        if isShared, record.state != .shared { text += " shared" }
        return text
    }
    /// Its one owner, or how many there are.
    public var ownerText: String {
        if record.owners.count > 1 { return "\(record.owners.count) users" }
        return record.user?.rawValue ?? record.owners.first?.rawValue ?? "–"
    }
    /// The columns, left to right.
    public static var columns: [Column<DispatcherRow>] { DispatcherColumns.all }
    /// Dispatchers can be grouped by owner, pattern and backend.
    public func group(by grouping: Grouping) -> String? {
        switch grouping {
        case .user: ownerText
        case .path: nil
        case .pattern: record.pattern.longWords
        case .backend: backendName
        }
    }
}

extension ConsoleState {
    /// The dispatchers view: the needy first, then live ones, the newest first.
    public func dispatcherTable() -> Table<DispatcherRow> { table(dispatcherRows(), view: .dispatchers) }

    /// Every row, whatever the filter says.
    public func dispatcherRows() -> [DispatcherRow] { cachedRows(.dispatchers) { makeDispatcherRows() } }

    /// The row of one dispatcher, without making all the others.
    func dispatcherRow(_ symbol: Symbol, of backend: BackendState) -> DispatcherRow? {
        backend.dispatchers[symbol].map { row($0, of: backend, dispatcherFindings()) }
    }

    private func dispatcherFindings() -> [DispatcherKey: [Finding]] {
        var found: [DispatcherKey: [Finding]] = [:]
        for finding in findings {
            guard case .dispatcher(let id) = finding.subject else { continue }
            found[DispatcherKey(backend: finding.backend, id: id), default: []].append(finding)
        }
        return found
    }

    private func row(
        _ dispatcher: DispatcherState, of backend: BackendState, _ findings: [DispatcherKey: [Finding]]
    ) -> DispatcherRow {
        let now = now(of: backend)
        let key = DispatcherKey(backend: backend.key, id: dispatcher.record.id)
        let found = findings[key] ?? []
        return DispatcherRow(
            key: key, backendName: backend.name, record: dispatcher.record,
            severity: found.map { max(.notice, $0.severity) }.max(),
            age: dispatcher.record.createdAt.map { now.since($0) },
            lastUsed: dispatcher.record.lastUsedAt.map { now.since($0) },
            transitions: dispatcher.transitions,
            isLeaked: dispatcher.record.state == .leaked || found.contains { $0.rule == "dispatcher-leaked" },
            isShared: found.contains { $0.rule == "dispatcher-shared" })
    }

    private func makeDispatcherRows() -> [DispatcherRow] {
        let worst = dispatcherFindings()
        let rows = backends.flatMap { backend in
            backend.dispatchers.values.map { row($0, of: backend, worst) }
        }
        return rows.sorted { first, second in
            let (one, other) = (SessionColumns.rank(first.severity), SessionColumns.rank(second.severity))
            if one != other { return one > other }
            let (over, otherOver) = (first.record.state == .disposed, second.record.state == .disposed)
            if over != otherOver { return !over }
            let (made, otherMade) = (first.record.createdAt, second.record.createdAt)
            if let made, let otherMade, made != otherMade { return made > otherMade }
            return first.key.id < second.key.id
        }
    }
}
