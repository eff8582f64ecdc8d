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

/// An id together with the namespace that it is unique in.
public struct Scoped<ID: Hashable & Sendable>: Hashable, Sendable {
    /// Which backend.
    public let backend: BackendKey
    /// Which service or replica of the backend; nil where the backend is one.
    public let part: String?
    /// The user in whose namespace the id is; nil where no other user has the same id.
    public let owner: UserID?
    /// The id.
    public let id: ID

    /// Names something of a backend.
    public init(backend: BackendKey, part: String? = nil, owner: UserID? = nil, id: ID) {
        self.backend = backend
        self.part = part
        self.owner = owner
        self.id = id
    }
}

/// One session of one backend.
public typealias SessionKey = Scoped<SessionID>
/// One run of one backend.
public typealias RunKey = Scoped<RunID>
/// One dispatcher of one backend.
public typealias DispatcherKey = Scoped<DispatcherID>
/// One consumer path of one backend.
public typealias PathKey = Scoped<ConsumerPath>
/// One line of the health view by the check's name; empty for the endpoint as a whole.
public typealias CheckKey = Scoped<String>
/// A finding of one backend by its `RULE:SUBJECT`.
public typealias FindingKey = Scoped<String>

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
