extension FailureSignature {
    /// T01 to T12: dispatchers, bridges and the agents' events.
    static let ofDispatchers: [FailureSignature] = [
        FailureSignature(
            "T01", "dispatcher required: every message of a path fails",
            cause: "start-up was migrated and the path's own initialiser still insists on the dispatcher",
            fix: "Detect tool classes in the path's initialiser and accept a nil dispatcher.",
            .words([.creation, .run]),
            [
                "Required component tool_dispatcher", "Tool dispatcher not configured",
                "Tool dispatcher not available",
            ],
            needsRows: true),
        FailureSignature(
            "T02", "bridge not configured",
            cause: "the bridge's alias is missing, or the handler was given no application state",
            fix: "Set websocket_bridge as well as its alias, and pass the application state.",
            .words([.creation, .run]), ["WebSocket bridge not configured", "WebSocket bridge not available"]),
        FailureSignature(
            "T03", "context keyword drift: creations fail on the factory pattern",
            cause: "the context's interface changed and the caller did not",
            fix: "Use the names that the context takes; check them where both are built.",
            .words([.creation, .run]),
            [
                "UserExecutionContext…unexpected keyword argument",
                "unexpected keyword argument 'websocket_connection_id'",
            ]),
        FailureSignature(
            "T04", "tool classes registered as tools",
            cause: "classes were passed where instances are expected",
            fix: "Make instances before they are registered, and refuse model classes.",
            .words([.creation, .run]),
            ["modelmetaclass already registered", "Failed to create WebSocket supervisor: name"]),
        FailureSignature(
            "T05", "one path is not migrated while the others are",
            cause: "that path kept the singleton's expectation", fix: "Create per request on that path too.",
            .rules(["pattern-missingComponent", "migration-halfway", "creation-failing"])),
        FailureSignature(
            "T06", "hollow supervisor: agents run and no tool is ever called",
            cause: "creation succeeded with neither dispatcher nor tool classes",
            fix: "Fail at creation when there is nothing to dispatch with.", .rules(["pattern-hollow"])),
        FailureSignature(
            "T07", "manager limit reached",
            cause: "managers are kept per connection and swept late or never",
            fix: "Close old sessions, shorten their expiry, and run the sweep.",
            .words([.creation, .run, .close]),
            ["maximum number of WebSocket managers", "Maximum number of WebSocket managers"]),
        FailureSignature(
            "T08", "thread id split: what was opened under one id is never freed under the other",
            cause: "two generators make ids for one conversation", fix: "Take ids from one source.",
            .words([.creation, .run, .close]), ["Thread ID mismatch", "Thread…not found"]),
        FailureSignature(
            "T09", "connected, and none of the five events comes",
            cause: "the bridge is not wired, or another handler swallows the message",
            fix: "Wire the bridge, and check the order of handlers.",
            .hidden(
                "a user's message is no event: without it silence is just an idle session; ctxtop probe sees it"
            )),
        FailureSignature(
            "T10", "only the tool events are missing",
            cause: "the dispatcher was never given the event bridge",
            fix: "Set the event bridge on each dispatcher where it is made.", .rules(["tool-events-missing"])),
        FailureSignature(
            "T11", "the agent died in silence, the socket is healthy",
            cause: "the agent's task ended without a notification",
            fix: "Watch the task, and send RUN_ERROR when it dies.",
            .rules(["run-stalled", "run-unfinished"])),
        FailureSignature(
            "T12", "fallback impersonation: five perfect events with nothing behind them",
            cause: "a stand-in handler answers because the real parts were missing at connect",
            fix: "Wait for readiness, and have no stand-in in production.", .rules(["run-impersonated"])),
    ]
}
