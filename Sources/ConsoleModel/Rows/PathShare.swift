import PatternDetection
import WireProtocol

/// How one path was served over the last hour, minute by minute.
public struct PathShare: Equatable, Sendable {
    /// Which path.
    public let key: PathKey
    /// One slot for each minute, oldest first; 60 of them.
    public let slots: [Slot]

    /// One minute.
    public struct Slot: Hashable, Sendable {
        /// Its share of the backend's events; nil when nothing came by this path.
        public let share: Double?
        /// The pattern that served it, by name.
        public let pattern: String

        /// The letter of the pattern: `f s m !`, a dot when nothing came.
        public var letter: Character {
            guard share != nil else { return "·" }
            switch pattern {
            case Verdict.factory.name, Verdict.factoryFallback.name: return "f"
            case Verdict.singleton.name: return "s"
            case Verdict.mixed.name: return "m"
            case Verdict.unknown.name: return "?"
            default: return "✕"
            }
        }

        /// What its colour comes from.
        public var severity: Severity { Verdict(pattern)?.severity ?? .unknown }
    }
}

extension ConsoleState {
    /// The share of every path over the last hour; empty where no source counts events by path.
    func pathShares() -> [PathShare] {
        backends.flatMap { backend -> [PathShare] in
            let minute = now(of: backend).milliseconds / 60_000
            var byMinute: [Int64: HistoryBucket] = [:]
            for bucket in backend.statistics.history { byMinute[bucket.at.milliseconds / 60_000] = bucket }
            guard byMinute.values.contains(where: { !$0.byPath.isEmpty }) else { return [] }
            return backend.paths.values.map { path in
                let name = path.record.path.rawValue
                let slots = (0..<60).map { offset -> PathShare.Slot in
                    let at = minute - 59 + Int64(offset)
                    let all = byMinute[at]?.byPath.values.reduce(0) { $0.adding($1) } ?? 0
                    let own = byMinute[at]?.byPath[name] ?? 0
                    return .init(
                        share: own > 0 ? Double(own) / Double(max(1, all)) : nil,
                        pattern: Self.pattern(of: path, in: at))
                }
                return PathShare(key: PathKey(backend: backend.key, id: path.record.path), slots: slots)
            }
        }
    }

    /// The pattern of a minute: the one that was used for the last time soonest after its start, else today's.
    private static func pattern(of path: PathState, in minute: Int64) -> String {
        let start = Timestamp(milliseconds: minute * 60_000)
        let current = path.judgement.verdict.name
        let later = path.record.lastUsedAt.filter { $0.value >= start && $0.key != current }
        return later.min { $0.value < $1.value }?.key ?? current
    }
}

/// How long runs took, in steps of about three.
public struct LatencyHistogram: Equatable, Sendable {
    /// One step.
    public struct Step: Hashable, Sendable {
        /// Its upper bound as text: `≤0.3s`; the last one is open: `>100s`.
        public let title: String
        /// How many runs.
        public let count: Int
    }
    /// The steps, the fastest first.
    public let steps: [Step]
    /// How many runs there are.
    public var total: Int { steps.reduce(0) { $0 + $1.count } }

    private static let bounds: [(String, Int64)] = [
        ("≤0.1s", 100), ("≤0.3s", 300), ("≤1s", 1000), ("≤3s", 3000), ("≤10s", 10_000), ("≤30s", 30_000),
        ("≤100s", 100_000),
    ]

    init(_ runs: [FinishedRun]) {
        var counts = Array(repeating: 0, count: Self.bounds.count + 1)
        for run in runs {
            let took = run.took.wholeMilliseconds
            counts[Self.bounds.firstIndex { took <= $0.1 } ?? Self.bounds.count] += 1
        }
        steps = zip(Self.bounds.map(\.0) + [">100s"], counts).map { Step(title: $0, count: $1) }
    }
}

extension ConsoleState {
    /// How long the runs of the last five minutes took, over all backends.
    func latencies() -> LatencyHistogram {
        LatencyHistogram(
            backends.flatMap { backend in
                let now = now(of: backend)
                return backend.statistics.finished.filter { now.since($0.at) <= BackendStatistics.window }
            })
    }
}
