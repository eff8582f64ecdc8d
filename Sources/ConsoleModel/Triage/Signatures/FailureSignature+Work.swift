extension FailureSignature {
    /// T23 to T35: agents, delivery, health and what only looks like a failure.
    static let ofWork: [FailureSignature] = [
        FailureSignature(
            "T23", "only the newest connection of a user receives events",
            cause: "one handler is reused for all connections of a user", fix: "One handler per connection.",
            .hidden("the stream shows what was sent, not which of a user's sockets it left by")),
        FailureSignature(
            "T24", "after one failure every user's run fails",
            cause: "a singleton agent keeps its error state", fix: "Make the agent per request.",
            .rules(["runs-failing"])),
        FailureSignature(
            "T25", "an engine's part is None, or the engine limit is reached",
            cause: "a removed part is still used, or engines are not cleaned",
            fix: "Clean each engine with its run, and check parts where they are set.",
            .words([.creation, .run, .close]),
            ["'NoneType' object has no attribute", "reached maximum engine limit"]),
        FailureSignature(
            "T26", "the orchestrator is gone and agents run a fallback",
            cause: "its removal was not followed by a per-request one",
            fix: "Make the orchestrator per request.", .words([.creation, .run, .health]),
            ["Orchestrator not available"]),
        FailureSignature(
            "T27", "health lies, in one direction or the other",
            cause: "the answer is a constant or reads keys that are gone",
            fix: "Judge health by active probes.", .rules(["health-lies", "health-pessimistic"])),
        FailureSignature(
            "T28", "a message is accepted and the agent never starts",
            cause: "client and server spell the message's key differently",
            fix: "Accept both spellings, refuse none.",
            .hidden("a user's message is no event; ctxtop probe sees that no run starts")),
        FailureSignature(
            "T29", "the backend counts events as sent that never left",
            cause: "a failed send is swallowed", fix: "Return and count what the send returns.",
            .rules(["run-grammar", "tool-events-missing"])),
        FailureSignature(
            "T30", "no handlers, right after the start",
            cause: "monitoring began before the handlers; after the grace it is a fault",
            fix: "Nothing within the grace; then register the handlers.", .words([.startup, .health]),
            ["ZERO handlers"], hasGrace: true),
        FailureSignature(
            "T31", "one blocking call makes every user slow",
            cause: "a sleep or a blocking call in the event loop", fix: "Use the asynchronous form.",
            .rules(["health-slow", "tool-slow"])),
        FailureSignature(
            "T32", "the context is made anew for every message",
            cause: "the creating call is used where the getting one is meant",
            fix: "Reuse the conversation's ids.",
            .rules(["context-churn"])),
        FailureSignature(
            "T33", "clients refuse the shape of a message",
            cause: "a wrapper was added to the format", fix: "Decode both shapes.",
            .hidden("what a client refuses is the client's; events that this console cannot read are counted")
        ),
        FailureSignature(
            "T34", "a bridge says uninitialized",
            cause: "bridges are made per request: before the first one there is none",
            fix: "Nothing: no fault.",
            .hidden("on purpose: it is no fault, and no rule fires for it")),
        FailureSignature(
            "T35", "two dispatchers of different make compete",
            cause: "two implementations of one thing are both active", fix: "Keep one, remove the other.",
            .rules(["pattern-mixed", "replicas-mixed"])),
    ]

    /// All 35, T01 to T35.
    public static let all: [FailureSignature] = ofDispatchers + ofConnections + ofWork
}
