/// A reader of a server that lists sessions by user only.
public protocol UserScopedReader: DialectReader {
    /// The users whose sessions are asked for; empty for the dialect's own.
    var users: [String] { get set }
}
