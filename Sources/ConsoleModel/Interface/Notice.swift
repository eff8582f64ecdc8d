import PatternDetection
import WireProtocol

/// One line for the user: why a key did nothing, what an action became.
public struct Notice: Hashable, Sendable {
    /// The words.
    public let text: String
    /// How urgent they are.
    public let severity: Severity
    /// When it was said.
    public let at: Timestamp
}
