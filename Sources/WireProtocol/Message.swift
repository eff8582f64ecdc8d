/// What a backend said, after its dialect is gone.
public enum Message: Hashable, Sendable {
    /// A health endpoint's answer, normalised; `body` is the raw one, cut to 64 KiB, for whoever wants to look.
    case health(HealthRecord, body: [UInt8])
    /// A whole snapshot.
    case snapshot(BackendSnapshot)
    /// Events in arrival order.
    case events(EventBatch)
    /// The link to the backend changed, and why in words.
    case link(LinkState, reason: String?, retryIn: Duration?)
    /// Which dialect was chosen, what it can see, and what would show the rest.
    case dialect(name: String, coverage: Coverage)
    /// An address that was announced, or that the dialect requires, was read or could not be read.
    case read(ReadOutcome)
    /// Which start of the backend gave an answer that is not a snapshot, and which instance it named.
    case boot(String, instance: String?)
    /// Something was received and could not be read; counted and shown.
    case refused(what: String, reason: String)
}
