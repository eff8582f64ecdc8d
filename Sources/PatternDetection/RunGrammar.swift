/// What an agent event means to an operator, in the seed's words.
public enum OperatorWord: String, Hashable, Sendable, CaseIterable {
    case agentStarted = "agent_started"
    case agentThinking = "agent_thinking"
    case toolExecuting = "tool_executing"
    case toolCompleted = "tool_completed"
    case agentCompleted = "agent_completed"
    case agentError = "agent_error"
}

/// The grammar of one run: started (thinking | tool pair)* (completed | error).
///
/// A small state machine with terminal states. Tool calls pair as a multiset by
/// call id. A finished run is never stale: time does not appear here.
public struct RunGrammar: Hashable, Sendable {
    /// What tells the calls of a run apart: a digest of the call's id, so that this type needs no generic.
    ///
    /// Two ids of one run share a digest once in 2⁶⁴ pairs.
    public struct Call: Hashable, Sendable, ExpressibleByStringLiteral {
        private let digest: UInt64

        /// Takes a digest that the caller has made of the id.
        public init(digest: UInt64) { self.digest = digest }

        /// Makes the digest; seeded once per process, so that no id can be chosen to collide.
        public init(_ id: String) { digest = UInt64(bitPattern: Int64(id.hashValue)) }

        /// The same for a text in the source.
        public init(stringLiteral id: String) { self.init(id) }
    }

    /// One fact about a run, as the grammar sees it.
    public enum Step: Hashable, Sendable {
        case started, thinking, completed, error
        /// The run ends and leaves its open calls to somebody else: an interrupt, a client's own tool, a cancel.
        case suspended
        case toolExecuting(Call), toolCompleted(Call)
        /// Any other event: it counts in the sequence and changes nothing.
        case other
    }

    /// A way in which a run's events break the grammar.
    public enum Violation: String, Hashable, Sendable, CaseIterable {
        /// The first event was not the start.
        case missingStart = "missing: agent_started"
        /// The run ended while a tool call was open.
        case missingResult = "missing: tool_completed"
        /// An event came after the end.
        case late = "late: event after the end"
        /// The run started or ended twice, or a sequence number came twice.
        case duplicate = "duplicate"
        /// A sequence number was smaller than one before it.
        case outOfOrder = "out of order"
        /// A result came for a call that was not open.
        case unpaired = "unpaired: tool_completed without tool_executing"
        /// Sequence numbers were skipped.
        case gap = "gap in sequence"
        /// The event named another user than the run's first one.
        case otherUser = "delivered to another user"
    }

    /// Where the run stands.
    public enum State: Hashable, Sendable { case notStarted, open, completed, failed }

    /// Where the run stands now.
    public private(set) var state = State.notStarted
    /// The violations seen so far, each once, in the order of their first sight.
    public private(set) var violations: [Violation] = []
    /// Calls that have started and not ended, with how many times each is open.
    public private(set) var openCalls: [Call: Int] = [:]
    /// The sequence number that follows the highest one so far; nil while no event had one.
    public private(set) var nextSequence: Int?
    /// Whether nothing was seen yet of a run that is known to be open: then its start may still come.
    public private(set) var isUnseen: Bool

    private let joinedMidway: Bool

    /// A run of which nothing was seen yet.
    ///
    /// - Parameter joinedMidway: the observer attached after the run had begun, so
    ///   what came before is not missing, only unseen.
    public init(joinedMidway: Bool = false) {
        self.joinedMidway = joinedMidway
        isUnseen = joinedMidway
        if joinedMidway { state = .open }
    }

    /// Takes the next event in arrival order; `sequence` counts 0, 1, 2… where the source has one.
    public mutating func apply(_ step: Step, sequence: Int? = nil) {
        defer { isUnseen = false }
        if let sequence { check(sequence) }
        if state == .completed || state == .failed {
            note([.completed, .suspended, .error].contains(step) ? .duplicate : .late)
            return
        }
        if state == .notStarted {
            if step != .started { note(.missingStart) }
            state = .open
        } else if step == .started, !isUnseen {
            // A list of runs may name an open run before the stream tells its start.
            note(.duplicate)
        }
        switch step {
        case .started, .thinking, .other: break
        case .toolExecuting(let call): openCalls[call, default: 0] += 1
        case .toolCompleted(let call): close(call)
        case .completed:
            if !openCalls.isEmpty { note(.missingResult) }
            state = .completed
        case .suspended: state = .completed
        case .error: state = .failed
        }
    }

    /// Records what only the caller can see, such as ``Violation/otherUser``.
    public mutating func note(_ violation: Violation) {
        if !violations.contains(violation) { violations.append(violation) }
    }

    /// Passes over sequence numbers whose events are known to have gone elsewhere.
    public mutating func skip(to sequence: Int) { nextSequence = max(nextSequence ?? 0, sequence) }

    private mutating func close(_ call: Call) {
        guard let count = openCalls[call] else {
            if !joinedMidway { note(.unpaired) }
            return
        }
        openCalls[call] = count > 1 ? count - 1 : nil
    }

    private mutating func check(_ sequence: Int) {
        defer { nextSequence = max(nextSequence ?? 0, sequence &+ 1) }
        guard let expected = nextSequence else {
            if sequence > 0, !joinedMidway { note(.gap) }
            return
        }
        if sequence > expected { note(.gap) }
        if sequence == expected &- 1 { note(.duplicate) }
        if sequence < expected &- 1 { note(.outOfOrder) }
    }
}
