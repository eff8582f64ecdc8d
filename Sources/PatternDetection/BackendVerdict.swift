/// What the paths' verdicts say about the backend as a whole.
public enum BackendVerdict: Hashable, Sendable {
    /// Every known path is on the same working pattern.
    case consistent(Verdict)
    /// Some paths are on the factory pattern and others are not yet; none is broken.
    case migrating(migrated: Int, of: Int)
    /// At least one path cannot dispatch; these are the ones, by name.
    case broken([ConsumerPath])
    /// No path's pattern can be observed.
    case unknown

    /// Combines path judgements; unknown paths are left out unless nothing else is known.
    public init(_ judgements: [Judgement]) {
        let known = judgements.filter { $0.verdict != .unknown }
        let broken = known.filter { !$0.verdict.canDispatch }.map(\.path).sorted()
        let migrated = known.count { $0.verdict == .factory || $0.verdict == .factoryFallback }
        if known.isEmpty {
            self = .unknown
        } else if !broken.isEmpty {
            self = .broken(broken)
        } else if migrated == known.count {
            self = .consistent(.factory)
        } else if known.allSatisfy({ $0.verdict == .singleton }) {
            self = .consistent(.singleton)
        } else if known.allSatisfy({ $0.verdict == .mixed }) {
            self = .consistent(.mixed)
        } else {
            self = .migrating(migrated: migrated, of: known.count)
        }
    }

    /// The verdict in a few words: `migrating, 1 of 3 paths on factory`.
    public var summary: String {
        switch self {
        case .consistent(let verdict): "consistent: every path on \(verdict)"
        case .migrating(let migrated, let count): "migrating: \(migrated) of \(count) paths on factory"
        case .broken(let paths): "broken: " + paths.map(\.rawValue).joined(separator: ", ")
        case .unknown: "pattern not observable here"
        }
    }
}
