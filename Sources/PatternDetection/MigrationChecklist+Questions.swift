extension MigrationChecklist {
    /// How an item stands, and the rows that say so.
    typealias Answer = (state: State, evidence: [Evidence])

    private static func row(_ field: String, _ value: String, _ source: String) -> Evidence {
        Evidence(EvidenceField(rawValue: field), value, source: source)
    }

    /// One row for each path, in their order, behind those that keep the item from being done.
    private static func rows(
        _ facts: BackendFacts, _ source: String, first isInTheWay: (PathFacts) -> Bool,
        _ value: (PathFacts) -> String
    ) -> [Evidence] {
        let sorted = facts.paths.sorted { $0.judgement.path < $1.judgement.path }
        return (sorted.filter(isInTheWay) + sorted.filter { !isInTheWay($0) }).map {
            row($0.judgement.path.rawValue, value($0), source)
        }
    }

    /// Every path that is known was seen, by a row or by a creation.
    static func paths(_ facts: BackendFacts) -> Answer {
        func isObserved(_ path: PathFacts) -> Bool { !path.evidence.isEmpty || path.isTried }
        return (
            facts.paths.allSatisfy(isObserved) ? .done : .unknown,
            rows(facts, "paths", first: { !isObserved($0) }) {
                isObserved($0) ? "observed" : "known, never observed"
            }
        )
    }

    /// Every start-up phase ended well, and every path's initialiser makes one dispatcher for each user.
    static func initialization(_ facts: BackendFacts) -> Answer {
        let states = facts.paths.map(\.initializationState)
        let hasFailed = facts.startup.contains { ["failed", "error", "fail"].contains($0.value) }
        let state = hasFailed ? .open : State(worstOf: states)
        return (
            state,
            rows(facts, "paths", first: { $0.initializationState != .done }, \.initializationWords)
                + facts.startup
        )
    }

    /// Every path exposes rows that decide; a path that exposes none shows nothing either way.
    static func detection(_ facts: BackendFacts) -> Answer {
        (
            facts.paths.contains { $0.judgement.verdict == .unknown } ? .unknown : .done,
            rows(facts, "paths", first: { $0.judgement.verdict == .unknown }) {
                $0.judgement.verdict.description
            }
        )
    }

    /// A fallback was really taken; that none was needed shows nothing.
    static func fallbacks(_ facts: BackendFacts) -> Answer {
        (
            facts.paths.contains { $0.fallbacks > 0 } ? .done : .unknown,
            rows(facts, "paths", first: { $0.fallbacks > 0 }) { "\($0.fallbacks) fallbacks" }
        )
    }

    /// The latest probe or test of every path passed; users' traffic shows nothing of tests.
    ///
    /// A path on which every creation failed is open without a test: none of its tests could pass.
    static func tests(_ facts: BackendFacts) -> Answer {
        let state = State(worstOf: facts.paths.map(\.testState))
        return (state, rows(facts, "tests", first: { $0.testState == state && state != .done }, \.testWords))
    }

    /// Every field that was seen is one that can be explained.
    static func indicators(_ facts: BackendFacts) -> Answer {
        let known = Set(EvidenceField.known)
        let seen = Set(facts.paths.flatMap(\.evidence).map(\.field))
        func isBefore(_ one: EvidenceField, _ other: EvidenceField) -> Bool { one.rawValue < other.rawValue }
        let rows =
            (seen.subtracting(known).sorted(by: isBefore) + seen.intersection(known).sorted(by: isBefore)).map
        { field in
            row(
                field.rawValue, known.contains(field) ? "explained" : "not explained",
                "ctxtop explain \(field)")
        }
        if seen.isEmpty { return (.unknown, []) }
        return (seen.isSubset(of: known) ? .done : .open, rows)
    }

    /// The health endpoint has a check for each path, and the check looks at both patterns.
    static func health(_ facts: BackendFacts) -> Answer {
        guard let checks = facts.healthChecks else {
            return (.unknown, [row("health", "not seen", "health")])
        }
        var states: Set<State> = []
        let rows = rows(facts, "health", first: { checks["pattern:\($0.judgement.path)"] == nil }) { path in
            guard let words = checks["pattern:\(path.judgement.path)"] else {
                states.insert(.open)
                return "no check"
            }
            let isForBoth = words.contains("tool_classes") && words.contains("tool_dispatcher")
            states.insert(isForBoth ? .done : .unknown)
            return isForBoth ? "both patterns" : "a check that does not name both patterns"
        }
        return (State(worstOf: states), rows)
    }
}

extension MigrationChecklist.State {
    /// Open where a part is open, else unknown where a part is unknown, else done.
    init(worstOf parts: some Sequence<Self>) {
        let parts = Set(parts)
        self = parts.contains(.open) ? .open : parts.contains(.unknown) ? .unknown : .done
    }
}

extension MigrationChecklist.PathFacts {
    /// Whether a creation was tried on the path.
    var isTried: Bool { created + failed > 0 }

    /// Whether the path's initialiser makes one dispatcher for each user.
    fileprivate var initializationState: MigrationChecklist.State {
        if judgement.verdict == .unknown { return .unknown }
        return judgement.initialization == .perUser ? .done : .open
    }

    /// What the path's initialiser does now.
    fileprivate var initializationWords: String {
        switch judgement.verdict {
        case .missingComponent(let name): "requires \(name), which is missing"
        case .unknown: "no evidence of its pattern"
        case .factory, .factoryFallback, .singleton, .mixed, .hollow, .unconfigured:
            switch judgement.initialization {
            case .perUser: "\(judgement.verdict): one dispatcher for each user"
            case .shared: "\(judgement.verdict): one dispatcher for all users"
            case .empty: "\(judgement.verdict): a dispatcher without tools"
            case .failure: "\(judgement.verdict): creation raises an error"
            }
        }
    }

    /// How the path's latest test stands.
    fileprivate var testState: MigrationChecklist.State {
        if let tests { return tests.hasPassedLast ? .done : .open }
        return created == 0 && failed > 0 ? .open : .unknown
    }

    /// What the path's tests showed.
    fileprivate var testWords: String {
        if let tests {
            return "the latest probe \(tests.hasPassedLast ? "passed" : "failed"); "
                + "\(tests.passed) passed, \(tests.failed) failed"
        }
        return created == 0 && failed > 0 ? "created 0, failed \(failed)" : "no probe or test result"
    }
}
