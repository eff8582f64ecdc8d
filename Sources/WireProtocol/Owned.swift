/// An identifier with the user that it belongs to; clients choose ids, so two users may choose the same one.
///
/// The key of every session, run, job and context. Where no user is known, the user is the empty text,
/// as in a session row without one.
public struct Owned<ID: WireIdentifier>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The user that it belongs to.
    public let user: UserID
    /// The id, unique among the ids of its user.
    public let id: ID

    /// The key for that id of that user; nil means that no user is known.
    public init(_ id: ID, of user: UserID?) {
        self.user = user ?? ""
        self.id = id
    }

    /// Whether no user is known.
    public var isUnowned: Bool { user.rawValue.isEmpty }

    /// By id, then by user, so that lists have one order.
    public static func < (first: Self, second: Self) -> Bool {
        first.id == second.id ? first.user < second.user : first.id < second.id
    }

    /// `ID of USER`, for messages.
    public var description: String { isUnowned ? "\(id)" : "\(id) of \(user)" }
}

extension Sequence {
    /// The users who have that id, sorted; looks at every key.
    public func owners<ID>(of id: ID) -> [UserID] where Element == Owned<ID> {
        filter { $0.id == id }.map(\.user).sorted()
    }
}

extension SessionRecord {
    /// The session's id and user.
    public var key: Owned<SessionID> { Owned(id, of: user) }
}

extension RunRecord {
    /// The run's id and user.
    public var key: Owned<RunID> { Owned(id, of: user) }
}

extension ContextRecord {
    /// The context's id and user.
    public var key: Owned<ContextID> { Owned(id, of: user) }
}
