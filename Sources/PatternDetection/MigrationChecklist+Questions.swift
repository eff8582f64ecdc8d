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

    /// Every initialiser ran to its end, and none wants a component that is not there.
    static func initialization(_ facts: BackendFacts) -> Answer {
        let missing = facts.paths.contains { $0.missingComponent != nil }
        let hasFailed = facts.startup.contains { ["failed", "error", "fail"].contains($0.value) }
        let needs = rows(facts, "paths", first: { $0.missingComponent != nil }) { path in
            path.missingComponent.map { "requires \($0), which is missing" } ?? "has all it requires"
        }
        return (missing || hasFailed ? .open : .done, needs + facts.startup)
    }

    /// Every path exposes rows that decide.
    static func detection(_ facts: BackendFacts) -> Answer {
        (
            facts.paths.contains { $0.judgement.verdict == .unknown } ? .open : .done,
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

    /// Every path has made a dispatcher; one that only failed is open, whatever the others did.
    static func tests(_ facts: BackendFacts) -> Answer {
        func hasOnlyFailed(_ path: PathFacts) -> Bool { path.created == 0 && path.failed > 0 }
        let isFailing = facts.paths.contains(where: hasOnlyFailed)
        return (
            isFailing ? .open : facts.paths.allSatisfy(\.isTried) ? .done : .unknown,
            rows(facts, "paths", first: { hasOnlyFailed($0) || !isFailing && !$0.isTried }) { path in
                path.isTried ? "created \(path.created), failed \(path.failed)" : "never tried"
            }
        )
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
        return (states.contains(.open) ? .open : states.contains(.unknown) ? .unknown : .done, rows)
    }
}

extension MigrationChecklist.PathFacts {
    /// Whether a creation was tried on the path.
    var isTried: Bool { created + failed > 0 }

    /// The component that the path's initialiser wants and does not find.
    var missingComponent: String? {
        if case .missingComponent(let name) = judgement.verdict { name } else { nil }
    }
}
