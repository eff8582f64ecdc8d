/// A verdict together with the rows that made it.
public struct Judgement: Hashable, Sendable {
    /// The path that was judged.
    public let path: ConsumerPath
    /// How that path gets its dispatcher.
    public let verdict: Verdict
    /// The pattern that wins when the verdict is ``Verdict/mixed``; else nil.
    public let wins: Verdict?
    /// The rows that decided it, in the order they were looked at.
    public let decidedBy: [Evidence]
    /// The rows that point to another verdict; a person should read them.
    public let contradictedBy: [Evidence]
    /// The rows that may decide nothing: untrusted, unreadable or unknown.
    public let disregarded: [Evidence]
}

/// What a backend does with a judgement when it initialises a path.
public enum Initialization: Hashable, Sendable {
    /// Make one dispatcher for each user context.
    case perUser
    /// Hand everybody the global dispatcher, and log the warning.
    case shared(warning: String)
    /// Creation succeeds with a dispatcher that has no tools; say so.
    case empty(warning: String)
    /// Refuse, with the words of the error.
    case failure(message: String)
}

extension Judgement {
    /// What the verdict means to whoever must create a dispatcher now.
    ///
    /// The seed's three-way logic (new, legacy with a warning, raise), with the
    /// shapes real backends were seen in. The error words are the seed's.
    public var initialization: Initialization {
        switch verdict {
        case .factory, .factoryFallback: return .perUser
        case .mixed where wins == .singleton: return .shared(warning: Self.migrationWarning)
        case .mixed: return .perUser
        case .singleton: return .shared(warning: Self.migrationWarning)
        case .hollow:
            return .empty(
                warning: "Dispatcher is nil and no tool classes are configured: nothing to dispatch with")
        case .unconfigured:
            return .failure(
                message:
                    "Tool dispatcher configuration not available: neither tool_classes nor a legacy dispatcher"
            )
        case .missingComponent(let component):
            return .failure(message: "Required component \(component) is missing or None")
        case .unknown:
            return .failure(message: "No evidence about how this path gets its tool dispatcher")
        }
    }

    /// The line that a backend logs whenever the legacy pattern serves a path.
    public static let migrationWarning = "Using legacy singleton tool_dispatcher: migration needed"
}
