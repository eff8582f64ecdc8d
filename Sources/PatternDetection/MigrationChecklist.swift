/// The seed report's migration checklist: seven items, each a question to the evidence.
public enum MigrationChecklist {
    /// How an item stands.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Evidence of this very item shows that it is true.
        case done
        /// Evidence shows that it is not true.
        case open
        /// Nothing was seen either way.
        case unknown
    }

    /// What is known about one path when the checklist is asked.
    public struct PathFacts: Hashable, Sendable {
        /// How the path was judged.
        public var judgement: Judgement
        /// Every row that was seen of it.
        public var evidence: [Evidence]
        /// Dispatcher creations that succeeded on it.
        public var created: Int
        /// Dispatcher creations that failed on it.
        public var failed: Int
        /// Creations that fell back to the legacy dispatcher.
        public var fallbacks: Int
        /// What the probes or tests of the path showed; nil when none is known.
        public var tests: TestResults?

        /// Puts the facts together.
        public init(
            judgement: Judgement, evidence: [Evidence], created: Int, failed: Int, fallbacks: Int,
            tests: TestResults? = nil
        ) {
            self.judgement = judgement
            self.evidence = evidence
            self.created = created
            self.failed = failed
            self.fallbacks = fallbacks
            self.tests = tests
        }
    }

    /// What the probes or tests of one path showed.
    public struct TestResults: Hashable, Sendable {
        /// Runs that passed.
        public var passed: Int
        /// Runs that failed.
        public var failed: Int
        /// Whether the latest run passed.
        public var hasPassedLast: Bool

        /// Describes the runs of one path.
        public init(passed: Int, failed: Int, hasPassedLast: Bool) {
            (self.passed, self.failed, self.hasPassedLast) = (passed, failed, hasPassedLast)
        }
    }

    /// What is known about the backend as a whole when the checklist is asked.
    public struct BackendFacts: Hashable, Sendable {
        /// Its consumer paths.
        public var paths: [PathFacts]
        /// The phases of start-up that were reported, as rows: the phase and how it ended.
        public var startup: [Evidence]
        /// What each health check says, by its name; nil when no health was seen.
        public var healthChecks: [String: String]?

        /// Puts the facts together.
        public init(paths: [PathFacts], startup: [Evidence], healthChecks: [String: String]?) {
            self.paths = paths
            self.startup = startup
            self.healthChecks = healthChecks
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

    /// The item about tests, which only a probe or a test result answers.
    public static let testsID = "tests"

    /// Asks every item, in the seed's order; nothing is known of a backend without paths.
    public static func items(_ facts: BackendFacts) -> [Item] {
        let questions: [(id: String, text: String, ask: (BackendFacts) -> Answer)] = [
            ("paths", "Identify all consumer paths", paths),
            ("initialization", "Update initialization sequences", initialization),
            ("detection", "Add pattern detection logic", detection),
            ("fallbacks", "Implement graceful fallbacks", fallbacks),
            (testsID, "Create integration tests for each path", tests),
            ("indicators", "Document pattern indicators", indicators),
            ("health", "Update health checks", health),
        ]
        return questions.map { question in
            let answer = question.ask(facts)
            return Item(
                id: question.id, text: question.text, state: facts.paths.isEmpty ? .unknown : answer.state,
                evidence: answer.evidence)
        }
    }
}
