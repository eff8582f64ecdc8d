extension FailureSignature {
    /// T13 to T22: connections, start-up and authentication.
    static let ofConnections: [FailureSignature] = [
        FailureSignature(
            "T13", "factory validation refuses every connection",
            cause: "several context classes share a name, and the wrong one is checked",
            fix: "Use one context type everywhere.", .words([.creation, .run, .close]),
            ["Factory SSOT validation failed", "FACTORY_INIT_FAILED"]),
        FailureSignature(
            "T14", "health is fine over HTTP and every WebSocket is refused",
            cause: "a load balancer drops the authentication header",
            fix: "Forward the header on upgrades.",
            .hidden("a refused upgrade makes no event; ctxtop probe through the same load balancer sees it")),
        FailureSignature(
            "T15", "accept race: connections drop right after they were accepted",
            cause: "messages are handled before the handshake is done",
            fix: "Accept first, then announce readiness.", .words([.run, .close]),
            ["Need to call 'accept' first", "Need to call \"accept\" first"]),
        FailureSignature(
            "T16", "connected and no welcome, or a clean close within a second",
            cause: "the server waits for start-up, or the deployed revision differs",
            fix: "Check start-up's phase and the revision.", .rules(["reconnect-loop", "startup-stuck"])),
        FailureSignature(
            "T17", "503 before the upgrade, health flaps",
            cause: "the instance is unhealthy or starts too slowly for its probe",
            fix: "Give start-up its own probe, and more time.",
            .rules(["startup-stuck", "backend-restarting"])),
        FailureSignature(
            "T18", "start-up is dead in a phase",
            cause: "a dependency of that phase is missing or too slow",
            fix: "Fix the dependency that the phase's error names.", .rules(["startup-stuck"])),
        FailureSignature(
            "T19", "a coroutine was not awaited",
            cause: "a factory became asynchronous and its caller did not",
            fix: "Await the factory in every caller.", .words([.creation, .run, .close, .startup, .health]),
            ["'coroutine' object"]),
        FailureSignature(
            "T20", "a value cannot be serialised, and the connection dies with it",
            cause: "an enum or a model stands raw in a payload",
            fix: "Serialise what is sent by one safe encoder.",
            .words([.creation, .run, .close]), ["is not JSON serializable"]),
        FailureSignature(
            "T21", "an outage of the authentication service looks like bad tokens",
            cause: "the service is unreachable, or the shared secret is not set",
            fix: "Set the service's secret, restore the service, and answer 503 instead of 403.",
            .words([.creation, .run, .close, .startup, .health]),
            ["auth_service_unreachable", "SERVICE_SECRET not configured"]),
        FailureSignature(
            "T22", "a client connects again and again",
            cause: "several owners of one connection, or a retry without backoff",
            fix: "One owner per connection, and backoff with jitter.", .rules(["reconnect-loop"])),
    ]
}
