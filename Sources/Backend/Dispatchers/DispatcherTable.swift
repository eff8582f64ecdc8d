import PatternDetection
import WireProtocol

/// Every dispatcher's state and counters, and which moves are allowed.
///
/// Pure bookkeeping: tested without a clock, a task or a socket.
struct DispatcherTable: Equatable {
    typealias State = DispatcherRecord.State

    private(set) var records: [DispatcherID: DispatcherRecord] = [:]

    /// A move that the table made, for whoever tells the monitor.
    struct Move: Equatable {
        let record: DispatcherRecord
        let state: State
        let reason: String
        /// The call that ended with it.
        var ended: DispatcherMove.CallEnd?
    }

    /// Enters a dispatcher that was asked for.
    mutating func request(_ record: DispatcherRecord) -> Move {
        var record = record
        record.state = .requested
        records[record.id] = record
        return Move(record: record, state: .requested, reason: "asked for")
    }

    /// Moves a dispatcher; nil when it is gone, already there, or cannot go there.
    mutating func move(_ id: DispatcherID, to state: State, reason: String) -> Move? {
        guard var record = records[id], record.state.mayBecome(state) else { return nil }
        record.state = state
        records[id] = state.isFinal ? nil : record
        return Move(record: record, state: state, reason: reason)
    }

    /// Adds a user to the owners of a dispatcher; nil when it was one already.
    mutating func own(_ id: DispatcherID, by user: UserID) -> Move? {
        guard var record = records[id], !record.owners.contains(user) else { return nil }
        record.owners.append(user)
        records[id] = record
        return Move(record: record, state: record.state, reason: "serves \(user)")
    }

    /// Makes another session the one that a dispatcher lives as long as; nil when it is gone or there already.
    mutating func rehome(_ id: DispatcherID, to session: Owned<SessionID>) -> Move? {
        guard var record = records[id],
            record.session != session.id || record.user ?? "" != session.user
        else { return nil }
        record.session = session.id
        record.user = session.isUnowned ? nil : session.user
        records[id] = record
        return Move(record: record, state: record.state, reason: "kept for another context")
    }

    /// Notes that a call began; nil when the dispatcher is not ready, or ends.
    mutating func begin(_ id: DispatcherID, tool: String, at now: Timestamp) -> Move? {
        guard var record = records[id], record.state == .executing || record.state.mayBecome(.executing)
        else { return nil }
        record.inFlight += 1
        record.lastUsedAt = now
        if record.pattern != .singleton { record.state = .executing }
        records[id] = record
        return Move(record: record, state: record.state, reason: "\(tool) began")
    }

    /// Notes that a call ended, well or not.
    mutating func end(_ id: DispatcherID, tool: String, succeeded: Bool, at now: Timestamp) -> Move? {
        guard var record = records[id] else { return nil }
        record.inFlight = max(0, record.inFlight - 1)
        record.executed += succeeded ? 1 : 0
        record.failed += succeeded ? 0 : 1
        record.lastUsedAt = now
        if record.pattern != .singleton, record.inFlight == 0, record.state == .executing {
            record.state = .idle
        }
        records[id] = record
        return Move(
            record: record, state: record.state, reason: "\(tool) \(succeeded ? "done" : "failed")",
            ended: .init(tool: tool, succeeded: succeeded))
    }
}

extension DispatcherRecord.State {
    /// Whether nothing follows: it is disposed, by its context or by a limit.
    var isFinal: Bool { self == .disposed || self == .evicted }

    /// How far a state is on the way from asked for to gone; nil for what only an observer derives.
    private var stage: Int? {
        switch self {
        case .requested: 0
        case .initializing: 1
        case .active, .executing, .idle: 2
        case .halfBuilt, .orphaned: 3
        case .draining: 4
        case .disposed, .evicted: 5
        case .leaked, .shared, .unknown: nil
        }
    }

    /// Whether a dispatcher may go from here to there: onwards, and to and fro only while it is ready.
    func mayBecome(_ next: Self) -> Bool {
        guard let here = stage, let there = next.stage, self != next else { return false }
        switch next {
        case .executing, .idle: return here == 2
        // Half built is what never was ready; an orphan once was.
        case .halfBuilt: return here < 2
        case .orphaned, .evicted: return here == 2 || (here == 3 && next == .evicted)
        case .requested, .initializing, .active, .draining, .disposed, .leaked, .shared, .unknown:
            return there > here || (here == 2 && there == 2)
        }
    }
}
