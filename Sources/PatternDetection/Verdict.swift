/// How a consumer path gets its dispatcher, or why it cannot.
public enum Verdict: Hashable, Sendable {
    /// A dispatcher for each user, from configured tool classes.
    case factory
    /// A dispatcher for each user, reached through a fallback.
    case factoryFallback
    /// One global dispatcher for everybody: legacy, migration needed.
    case singleton
    /// Both kinds of evidence at once; the judgement says which one wins.
    case mixed
    /// Creation succeeds with nothing to dispatch with.
    case hollow
    /// Neither pattern is configured; creation raises an error.
    case unconfigured
    /// A component that the path needs is not there.
    case missingComponent(String)
    /// This source exposes no evidence that could decide.
    case unknown
}

/// How urgently something needs a person, from not at all to now.
///
/// The words and their order are DESIGN.md's; `ok` and `unknown` never make a finding.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    case unknown, ok, notice, warning, critical

    /// By urgency; unknown is lowest because nothing is claimed.
    public static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }

    private var rank: Int {
        switch self {
        case .unknown: 0
        case .ok: 1
        case .notice: 2
        case .warning: 3
        case .critical: 4
        }
    }
}

extension Verdict {
    /// How urgent the verdict is by itself (the table in DESIGN.md §1).
    public var severity: Severity {
        switch self {
        case .factory: .ok
        case .factoryFallback: .notice
        case .singleton, .mixed: .warning
        case .hollow, .unconfigured, .missingComponent: .critical
        case .unknown: .unknown
        }
    }

    /// The verdict's name without its component, as rule ids use it: `pattern-NAME`.
    public var name: String {
        switch self {
        case .factory: "factory"
        case .factoryFallback: "factoryFallback"
        case .singleton: "singleton"
        case .mixed: "mixed"
        case .hollow: "hollow"
        case .unconfigured: "unconfigured"
        case .missingComponent: "missingComponent"
        case .unknown: "unknown"
        }
    }

    /// Every name that ``name`` can give, in the order of DESIGN.md's table.
    public static let names = [
        "factory", "factoryFallback", "singleton", "mixed", "hollow", "unconfigured", "missingComponent",
        "unknown",
    ]

    /// Whether a path with this verdict can create dispatchers at all.
    public var canDispatch: Bool {
        switch self {
        case .factory, .factoryFallback, .singleton, .mixed: true
        case .hollow, .unconfigured, .missingComponent, .unknown: false
        }
    }
}

extension Verdict: LosslessStringConvertible {
    /// The spelling on the wire: `factory`, `missingComponent(tool_dispatcher)`.
    public var description: String {
        if case .missingComponent(let component) = self { "missingComponent(\(component))" } else { name }
    }

    /// Reads the wire's spelling; anything else is refused, never guessed at.
    public init?(_ text: String) {
        switch text {
        case "factory": self = .factory
        case "factoryFallback": self = .factoryFallback
        case "singleton": self = .singleton
        case "mixed": self = .mixed
        case "hollow": self = .hollow
        case "unconfigured": self = .unconfigured
        case "unknown": self = .unknown
        default:
            let head = "missingComponent("
            guard text.hasPrefix(head), text.hasSuffix(")"), text.count > head.count + 1 else { return nil }
            self = .missingComponent(String(text.dropFirst(head.count).dropLast()))
        }
    }
}
