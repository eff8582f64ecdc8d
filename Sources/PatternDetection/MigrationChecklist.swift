/// The seed report's migration checklist: seven items, each a question to the evidence.
public enum MigrationChecklist {
    /// How an item stands.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Evidence shows that it holds.
        case done
        /// Evidence shows that it does not.
        case open
        /// Nothing was seen either way.
        case unknown
    }

    /// What is known about one path when the checklist is asked.
    public struct PathFacts: Hashable, Sendable {
        /// How the path was judged.
        public var judgement: Judgement
        /// Dispatcher creations that succeeded on it.
        public var created: Int
        /// Dispatcher creations that failed on it.
        public var failed: Int
        /// Creations that fell back to the legacy dispatcher.
        public var fallbacks: Int

        /// Puts the facts together.
        public init(judgement: Judgement, created: Int, failed: Int, fallbacks: Int) {
            self.judgement = judgement
            self.created = created
            self.failed = failed
            self.fallbacks = fallbacks
        }
    }

    /// One item, with the rows that were seen for it.
    public struct Item: Hashable, Sendable {
        /// A stable name.
        public let id: String
        /// The item in the seed's words.
        public let text: String
        /// How it stands.
        public let state: State
        /// What was seen.
        public let evidence: [Evidence]
    }

    /// Asks every item, in the seed's order.
    ///
    /// - Parameter hasPatternHealthChecks: whether the health endpoint has a check for every path's pattern; nil
    ///   when that was not seen.
    public static func items(_ paths: [PathFacts], hasPatternHealthChecks: Bool?) -> [Item] {
        let names = paths.map(\.judgement.path.rawValue).sorted().joined(separator: ", ")
        func seen(_ field: String, _ value: String) -> [Evidence] {
            [Evidence(EvidenceField(rawValue: field), value, source: "paths")]
        }
        func perPath(_ keep: (PathFacts) -> Bool) -> String {
            paths.filter(keep).map(\.judgement.path.rawValue).sorted().joined(separator: ", ")
        }
        let missing = perPath { if case .missingComponent = $0.judgement.verdict { true } else { false } }
        let undetected = perPath { $0.judgement.verdict == .unknown }
        let untried = perPath { $0.created + $0.failed == 0 }
        let failing = perPath { $0.failed > 0 && $0.created == 0 }
        let fellBack = perPath { $0.fallbacks > 0 }
        func item(_ id: String, _ text: String, _ state: State, _ evidence: [Evidence]) -> Item {
            Item(id: id, text: text, state: paths.isEmpty ? .unknown : state, evidence: evidence)
        }
        return [
            item("paths", "Identify all consumer paths", .done, seen("paths", names)),
            item(
                "initialization", "Update initialization sequences", missing.isEmpty ? .done : .open,
                seen("still requiring a missing component", missing.isEmpty ? "none" : missing)),
            item(
                "detection", "Add pattern detection logic", undetected.isEmpty ? .done : .open,
                seen("without evidence", undetected.isEmpty ? "none" : undetected)),
            item(
                "fallbacks", "Implement graceful fallbacks", fellBack.isEmpty ? .unknown : .done,
                seen("fallbacks used", fellBack.isEmpty ? "none" : fellBack)),
            item(
                "tests", "Create integration tests for each path",
                !failing.isEmpty ? .open : untried.isEmpty ? .done : .unknown,
                seen(
                    "outcomes",
                    !failing.isEmpty
                        ? "only failures: \(failing)"
                        : untried.isEmpty ? "every path created a dispatcher" : "none yet: \(untried)")),
            item("indicators", "Document pattern indicators", .done, seen("explained", "ctxtop explain ID")),
            item(
                "health", "Update health checks",
                hasPatternHealthChecks.map { $0 ? .done : .open } ?? .unknown,
                seen(
                    "pattern checks",
                    hasPatternHealthChecks.map { $0 ? "one per path" : "missing" } ?? "not seen")),
        ]
    }
}
