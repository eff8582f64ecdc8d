import PatternDetection
import WireProtocol

/// The views of the number keys, in their order.
public enum ViewID: Int, CaseIterable, Sendable {
    case pulse = 1
    case sessions, paths, dispatchers, events, findings, health

    /// The view's name as the breadcrumbs show it.
    public var title: String {
        switch self {
        case .pulse: "Pulse"
        case .sessions: "Sessions"
        case .paths: "Paths"
        case .dispatchers: "Dispatchers"
        case .events: "Events"
        case .findings: "Findings"
        case .health: "Health"
        }
    }

    /// The word that `:` and `--open` know it by.
    public var word: String { title.lowercased() }
}

/// Somewhere to be: a view, or one thing opened from it.
public enum Place: Hashable, Sendable {
    case view(ViewID)
    /// One user context, by its session.
    case context(SessionKey)
    /// One finding, with its reasons.
    case finding(FindingKey)
    /// One consumer path, with its evidence.
    case path(PathKey)
    /// One dispatcher, with its past.
    case dispatcher(DispatcherKey)
    /// One event, raw.
    case event(Int)
    /// One health check, with the endpoint's raw answer.
    case check(CheckKey)
}

/// Which kind of screen has the keys: what a key can be bound for.
public enum PlaceKind: Hashable, Sendable, CaseIterable {
    case pulse, sessions, paths, dispatchers, events, findings, health
    case context, finding, path, dispatcher, event, check
    /// The column chooser on top of a table.
    case chooser
    /// The keys on top of anything.
    case help

    /// The word that messages call it by.
    public var word: String {
        switch self {
        case .pulse: "Pulse"
        case .sessions: "Sessions"
        case .paths: "Paths"
        case .dispatchers: "Dispatchers"
        case .events: "Events"
        case .findings: "Findings"
        case .health: "Health"
        case .context: "a context"
        case .finding: "a finding"
        case .path: "a path"
        case .dispatcher: "a dispatcher"
        case .event: "an event"
        case .check: "a check"
        case .chooser: "the column chooser"
        case .help: "help"
        }
    }
}

extension Place {
    /// Which kind of screen it is.
    public var kind: PlaceKind {
        switch self {
        case .view(.pulse): .pulse
        case .view(.sessions): .sessions
        case .view(.paths): .paths
        case .view(.dispatchers): .dispatchers
        case .view(.events): .events
        case .view(.findings): .findings
        case .view(.health): .health
        case .context: .context
        case .finding: .finding
        case .path: .path
        case .dispatcher: .dispatcher
        case .event: .event
        case .check: .check
        }
    }
}
