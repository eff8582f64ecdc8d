import PatternDetection
import WireProtocol

/// What was counted about isolation, and every breach that was proven: a proof or its counter-example.
public struct IsolationStatement: Equatable, Sendable {
    /// Events looked at.
    public let events: Int
    /// User contexts seen: one for each session.
    public let contexts: Int
    /// How many crossings were counted; ``crossings`` holds the first ones.
    public let crossingCount: Int
    /// The proven breaches, oldest first.
    public let crossings: [Crossing]
    /// The paths on which isolation cannot be observed, by name.
    public let notObservable: [String]
    /// Events that were lost: what happened in them is not known.
    public let lost: Int

    /// `41,210 events, 318 contexts, 0 crossings, 2 paths not observable`.
    public var text: String {
        var text =
            "\(CountText.plural(events, "event")), \(CountText.plural(contexts, "context")), "
            + CountText.plural(crossingCount, "crossing")
        if !notObservable.isEmpty {
            text += ", \(CountText.plural(notObservable.count, "path")) not observable"
        }
        if lost > 0 { text += ", \(CountText.plural(lost, "event")) lost" }
        return text
    }
}

/// A crossing with both users' events around it, side by side in time.
public struct CounterExample: Equatable, Sendable {
    /// What it proves.
    public let crossing: Crossing
    /// Both users' events, oldest first.
    public let lines: [Line]

    /// One event of the two.
    public struct Line: Equatable, Sendable {
        /// When.
        public let at: Timestamp
        /// Whose.
        public let user: String
        /// Whether it is the owner's side; the other side is the user who was reached.
        public let isOwners: Bool
        /// The operator's word.
        public let word: String
        /// What it says.
        public let detail: String
        /// Whether it is the event that crossed.
        public let isCrossing: Bool
    }
}

extension ConsoleState {
    /// The statement over all backends, or over one.
    public func isolationStatement(of only: BackendKey? = nil) -> IsolationStatement {
        let counted = backends.filter { only == nil || $0.key == only }
        let shared = counted.flatMap { sharedDispatchers($0) }
        let known = counted.flatMap(\.memory.crossings)
        return IsolationStatement(
            events: counted.reduce(0) { $0.adding($1.reception.counters.eventsReceived) },
            contexts: counted.reduce(0) {
                $0.adding($1.sessions.count).adding($1.reception.omitted.sessions)
            },
            crossingCount: max(counted.reduce(0) { $0.adding($1.statistics.crossings) }, known.count)
                .adding(shared.count),
            crossings: (known + shared).sorted { $0.at < $1.at },
            notObservable: counted.flatMap { notProvable($0) },
            lost: counted.reduce(0) { $0.adding($1.reception.counters.eventsDropped) })
    }

    /// The dispatchers that were made for one user and served two.
    private func sharedDispatchers(_ backend: BackendState) -> [Crossing] {
        backend.dispatchers.values.indices.compactMap { place in
            guard backend.dispatchers.values[place].record.owners.count > 1 else { return nil }
            let record = backend.dispatchers.values[place].record
            guard backend.isPerUser(record, symbols) else { return nil }
            let owners = record.owners.map(\.rawValue)
            return Crossing(
                kind: .dispatcher, owner: owners[0], other: owners[1], subject: record.id.rawValue,
                at: record.lastUsedAt ?? record.createdAt ?? now, event: nil)
        }
    }

    /// The crossing that a finding is about, with both timelines; nil for other findings.
    public func counterExample(_ finding: Finding) -> CounterExample? {
        let id: String
        var owner: UserID?
        switch finding.subject {
        case .run(let run, let user): (id, owner) = (run.rawValue, user)
        case .session(let session, let user): (id, owner) = (session.rawValue, user)
        case .dispatcher(let dispatcher): id = dispatcher.rawValue
        case .path, .backend: return nil
        }
        guard finding.urgency == .breach,
            let crossing = isolationStatement(of: finding.backend).crossings.first(where: {
                $0.subject == id && (owner == nil || owner?.rawValue == $0.owner)
            })
        else { return nil }
        return counterExample(crossing, of: finding.backend)
    }

    /// Both users' events around a crossing, at most eight before and three after it.
    func counterExample(_ crossing: Crossing, of backend: BackendKey) -> CounterExample {
        let end = crossing.event.map { min($0 + 200, events.endNumber) } ?? events.endNumber
        let start = max(events.firstNumber, (crossing.event ?? end) - 2_000)
        guard let owner = symbols.find(crossing.owner), let other = symbols.find(crossing.other), start < end
        else { return CounterExample(crossing: crossing, lines: []) }
        func isOurs(_ number: Int) -> Bool {
            guard let record = events[number], record.backend == backend else { return false }
            return number == crossing.event || record.user == owner || record.user == other
        }
        let middle = crossing.event ?? end - 1
        var numbers: [Int] = []
        for number in stride(from: middle, through: start, by: -1) where isOurs(number) {
            numbers.append(number)
            if numbers.count == 9 { break }
        }
        numbers.reverse()
        for number in stride(from: middle + 1, to: end, by: 1) where isOurs(number) {
            numbers.append(number)
            if numbers.count == 12 { break }
        }
        let lines = numbers.compactMap { number -> CounterExample.Line? in
            guard let row = eventRow(number) else { return nil }
            let isOwners = row.record.user == owner && number != crossing.event
            return CounterExample.Line(
                at: row.record.timestamp, user: text(row.record.user), isOwners: isOwners, word: row.word,
                detail: row.detail, isCrossing: number == crossing.event)
        }
        return CounterExample(crossing: crossing, lines: lines)
    }
}
