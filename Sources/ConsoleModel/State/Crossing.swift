import WireProtocol

/// One proven breach of isolation: something of one user reached another one.
public struct Crossing: Hashable, Sendable {
    /// In which way.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An event of a run or session named another user.
        case event = "event delivered to another user"
        /// A dispatcher that was made for one user served two.
        case dispatcher = "dispatcher with two owners"
        /// The result of a call came in another run than the call.
        case result = "tool result in a foreign run"
        /// A context id came back with another user.
        case context = "context id reused"
    }

    /// In which way.
    public let kind: Kind
    /// Whose it was.
    public let owner: String
    /// Whom it reached.
    public let other: String
    /// The run, dispatcher or context that it is about, by id.
    public let subject: String
    /// When it was seen.
    public let at: Timestamp
    /// The event's number in the log, where one shows it.
    public let event: Int?
}
