import PatternDetection
import WireProtocol

/// Which of the console's backends; small numbers in the order of the command line.
public struct BackendKey: Hashable, Comparable, Sendable {
    /// The number, from 0.
    public let rawValue: Int

    /// Takes a number, 0 to 65,535.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// By number.
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}

/// One session of one backend.
public struct SessionKey: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// Which of its sessions.
    public let id: SessionID

    /// Pairs a backend with a session's id.
    public init(backend: BackendKey, id: SessionID) {
        self.backend = backend
        self.id = id
    }
}

/// One run of one backend.
public struct RunKey: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// Which of its runs.
    public let id: RunID

    /// Pairs a backend with a run's id.
    public init(backend: BackendKey, id: RunID) {
        self.backend = backend
        self.id = id
    }
}

/// One dispatcher of one backend.
public struct DispatcherKey: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// Which of its dispatchers.
    public let id: DispatcherID

    /// Pairs a backend with a dispatcher's id.
    public init(backend: BackendKey, id: DispatcherID) {
        self.backend = backend
        self.id = id
    }
}

/// One consumer path of one backend.
public struct PathKey: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// Which of its paths.
    public let path: ConsumerPath

    /// Pairs a backend with a path.
    public init(backend: BackendKey, path: ConsumerPath) {
        self.backend = backend
        self.path = path
    }
}

/// One line of the health view: a check of one backend, or the endpoint as a whole.
public struct CheckKey: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// The check's name; empty for the endpoint as a whole.
    public let name: String

    /// Pairs a backend with a check's name.
    public init(backend: BackendKey, name: String) {
        self.backend = backend
        self.name = name
    }
}

/// What a selection points at: an identity, never a position.
public enum RowID: Hashable, Sendable {
    case session(SessionKey), path(PathKey), dispatcher(DispatcherKey), run(RunKey), check(CheckKey)
    /// An event by its number in the log.
    case event(Int)
    /// A finding by its backend and id.
    case finding(FindingKey)
    /// One id of a context, by its label.
    case field(String)
    /// The line that says which event should have come.
    case missing
}
