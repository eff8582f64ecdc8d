/// Counts silent intervals, so that a peer that is gone without a word is noticed.
struct KeepAlive: Sendable, Equatable {
    /// What to do when an interval is over.
    enum Step: Sendable, Equatable {
        case ping
        case giveUp
    }

    /// How many whole intervals may be silent before the peer counts as gone.
    static let silentIntervals = 2

    private var silent = 0
    private var hasHeard = true

    /// Bytes arrived, of whatever kind.
    mutating func heard() { hasHeard = true }

    /// One interval is over.
    ///
    /// - Parameter isListening: False when this end does not read, because its own
    ///   reader is slow: silence is not the peer's fault then.
    mutating func intervalEnded(isListening: Bool) -> Step {
        silent = hasHeard || !isListening ? 0 : silent + 1
        hasHeard = false
        return silent >= Self.silentIntervals ? .giveUp : .ping
    }
}
