import PatternDetection
import WireProtocol

/// One tool dispatcher as the console knows it.
public struct DispatcherState: Equatable, Sendable {
    /// What is known of it, in the wire's words.
    public internal(set) var record: DispatcherRecord
    /// The steps of its life that were seen, oldest first; at most 64.
    public internal(set) var transitions: [Transition] = []
    /// When the session it belongs to ended.
    public internal(set) var sessionEndedAt: Timestamp?
    /// When it was disposed.
    public internal(set) var disposedAt: Timestamp?

    init(_ record: DispatcherRecord) { self.record = record }

    /// Whether its whole life was seen: its first step is the first one there is.
    var wasWatchedFromBirth: Bool { transitions.first?.to == .requested }

    /// One step of a dispatcher's life.
    public struct Transition: Hashable, Sendable {
        /// The state before.
        public let from: DispatcherRecord.State?
        /// The state after.
        public let to: DispatcherRecord.State
        /// Why.
        public let reason: String?
        /// When.
        public let at: Timestamp
    }
}
