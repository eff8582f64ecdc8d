public import WireProtocol

extension BackendState {
    /// Whether its time passes with its events alone: it is a file, or its source has ended.
    var isRecorded: Bool { link.state == .ended || dialect.coverage == .file }
}

extension ConsoleState {
    /// The moment at which a backend is judged and shown: of a recording the newest event's, else now.
    public func now(of backend: BackendState) -> Timestamp {
        guard backend.isRecorded else { return now }
        return backend.reception.lastEventAt ?? now
    }

    /// The same for the backend of that key; now where there is none.
    public func now(of key: BackendKey) -> Timestamp { backend(key).map(now) ?? now }

    /// The moment of what is shown of all backends together: the newest of theirs.
    var newestMoment: Timestamp { backends.map(now).max() ?? now }
}
