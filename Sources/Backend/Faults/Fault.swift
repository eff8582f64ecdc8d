import PatternDetection

/// Something that really goes wrong in this backend while it is on, for tests, demos and drills.
///
/// A fault changes what the machinery does at one of its seams; what an observer
/// sees of it follows from that and is never written by the fault itself.
public struct Fault: Sendable {
    /// The name that `--fault` and the faults route take.
    public let name: String
    /// What goes wrong, in one sentence.
    public let summary: String
    /// What stands behind `NAME=`; nil when nothing does.
    public let parameter: String?
    /// The values that the parameter can have.
    public let values: [String]
    /// Changes what start-up left for a path.
    var changesPath: (@Sendable (inout PathState, ConsumerPath) -> Void)?
    /// What goes wrong where dispatchers are made and disposed.
    var dispatchers: DispatcherFault?
    /// What becomes of one event of a run; the text is the fault's parameter.
    var misdelivers: (@Sendable (RunEvent, String) -> Misdelivery)?
    /// What becomes of whole runs.
    var runs: RunFault?
    /// What becomes of the health endpoint's answers.
    var health: HealthFault?

    init(_ name: String, _ summary: String, parameter: String? = nil, values: [String] = []) {
        self.name = name
        self.summary = summary
        self.parameter = parameter
        self.values = values
    }

    /// The same fault after a change, so that each one is a single expression.
    func with(_ change: (inout Fault) -> Void) -> Fault {
        var fault = self
        change(&fault)
        return fault
    }

    /// Every fault, in the order that help lists them.
    public static let all: [Fault] = [
        .nilDispatcher, .missingBridge, .leakDispatcher, .halfBuilt, .shareDispatcher, .crossUserEvent,
        .dropEvent, .duplicateEvent, .reorder, .stall, .silentDeath, .fallbackImpersonation, .slowHealth,
        .lyingHealth, .flood,
    ]
}

/// What can go wrong where dispatchers are made and disposed.
enum DispatcherFault: Sendable, Equatable {
    /// Contexts end and their dispatchers stay.
    case staysAfterItsContext
    /// A tool cannot be made, and what was built so far stays registered.
    case staysHalfBuilt
    /// The path caches the first dispatcher and gives it to everybody.
    case isCached
}

/// What can become of a whole run after its start.
enum RunFault: Sendable, Equatable {
    /// The model never answers; the run goes on when the fault is switched off, or ends when it is cancelled.
    case stalls
    /// The agent dies in the middle and nobody says so.
    case diesSilently
    /// A stand-in answers in the agent's place: every event, no work.
    case isImpersonated
}

/// What can become of the health endpoint's answers.
enum HealthFault: Sendable, Equatable {
    /// Each answer waits for something slow.
    case takes(Duration)
    /// Every answer is the same constant.
    case isConstant
}
