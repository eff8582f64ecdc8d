public import WireProtocol

/// One run of a canary on one path, and everything that was delivered to it.
public struct CanaryVisit: Sendable, Equatable {
    /// The path that was tried.
    public let path: String
    /// The canary's name.
    public let user: String
    /// The session that the backend knows; nil when none was opened.
    public internal(set) var session: String?
    /// The run that was started; nil when none was.
    public internal(set) var run: String?
    /// The events that were delivered, in arrival order.
    public internal(set) var events: [JSONValue] = []
    /// Why the run did not end well, in the backend's words; nil when it did.
    public internal(set) var failure: String?
    /// Whether anybody answered at all.
    public internal(set) var wasAnswered = false
    /// From the first request to the last event.
    public internal(set) var took = Duration.zero

    /// Keeps an event; gives whether it was the end of the canary's own run.
    mutating func take(_ event: JSONValue) -> Bool {
        guard event["type"]?.string != nil else { return false }
        events.append(event)
        let about = event["runId"]?.string ?? event["metadata"]?["run"]?.string
        guard let run, about == run else { return false }
        switch event["type"]?.string {
        case "RUN_FINISHED": return true
        case "RUN_ERROR":
            failure = event["message"]?.string ?? "the run failed"
            return true
        default: return false
        }
    }
}
