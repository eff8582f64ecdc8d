import HTTPTypes
import WireProtocol

extension APIOperation {
    /// Every route of the backend; a test holds this list to the router.
    static let all: [APIOperation] = health + users + operators

    private static let json = "application/json"
    private static let stream = "text/event-stream"

    private static let health: [APIOperation] = [
        APIOperation(
            method: .get, path: "/health", audience: .anyone,
            summary: "The backend's health; links.monitor says where the rest is.",
            answers: [
                Answer(
                    status: 200, mediaType: HealthFormat.mediaType, schema: "Health", words: "Pass or warn."),
                Answer(status: 503, mediaType: HealthFormat.mediaType, schema: "Health", words: "Fail."),
            ]),
        text("/livez", "Whether the process answers.", verbose: true),
        text("/readyz", "Whether work may be sent here.", verbose: true),
        text("/readyz/{check}", "One of the checks of readyz.", verbose: false, problems: [404]),
        APIOperation(
            method: .get, path: "/openapi.json", audience: .anyone, summary: "This document.",
            answers: [Answer(status: 200, schema: "Anything", words: "OpenAPI 3.1.")]),
    ]

    private static func text(
        _ path: String, _ summary: String, verbose: Bool, problems: [Int] = []
    ) -> APIOperation {
        let query = [("verbose", "Every check, not only ok."), ("exclude", "A check that does not count.")]
        return APIOperation(
            method: .get, path: path, audience: .anyone, summary: summary, query: verbose ? query : [],
            answers: [
                Answer(status: 200, mediaType: "text/plain", words: "Yes."),
                Answer(status: 500, mediaType: "text/plain", words: "No, and why."),
            ], problems: problems)
    }

    private static let resume = [
        (name: "after", words: "The last event id that was seen; the header Last-Event-ID wins.")
    ]

    private static let owner = [
        (name: "user", words: "Whose; needed where several users have that id: the 409 lists them.")
    ]

    /// What a stream of kept events answers, before its end and after it.
    private static func observed(_ words: String) -> [Answer] {
        [
            Answer(status: 200, mediaType: stream, words: words),
            Answer(status: 204, mediaType: nil, words: "It has ended and nothing is left."),
        ]
    }

    private static let users: [APIOperation] = [
        APIOperation(
            method: .get, path: "/v1/agents", audience: .user, summary: "The agents there are.",
            answers: [Answer(status: 200, schema: "Agents", words: "Their names.")]),
        APIOperation(
            method: .post, path: "/v1/agents/{agent}/ag-ui", audience: .user,
            summary: "Starts one run and streams its AG-UI events.", body: "RunAgentInput",
            answers: [Answer(status: 200, mediaType: stream, words: "Until RUN_FINISHED or RUN_ERROR.")],
            problems: [400, 404, 409, 413, 429, 500, 503]),
        APIOperation(
            method: .get, path: "/v1/ws", audience: .user, summary: WebSocketWords.summary,
            answers: [Answer(status: 101, mediaType: nil, words: WebSocketWords.switched)], problems: [426]),
        APIOperation(
            method: .get, path: "/v1/sessions", audience: .user, summary: "The user's own live sessions.",
            answers: [Answer(status: 200, schema: "Sessions", words: "Theirs only.")]),
        APIOperation(
            method: .get, path: "/v1/sessions/{id}", audience: .user, summary: "One session.",
            answers: [Answer(status: 200, schema: "Session", words: "It.")], problems: [404]),
        APIOperation(
            method: .get, path: "/v1/sessions/{id}/events", audience: .user,
            summary: "Observes a session, or resumes after an event.", query: resume,
            answers: observed("Until the session ends."), problems: [404, 410]),
        APIOperation(
            method: .get, path: "/v1/runs/{id}", audience: .user, summary: "How a run goes or ended.",
            answers: [Answer(status: 200, schema: "Run", words: "It.")], problems: [404]),
        APIOperation(
            method: .get, path: "/v1/runs/{id}/events", audience: .user,
            summary: "Observes a run, or resumes after an event.", query: resume,
            answers: observed("Until the run ends."), problems: [404, 410]),
        APIOperation(
            method: .delete, path: "/v1/runs/{id}", audience: .user, summary: "Cancels a run.",
            answers: [
                Answer(status: 202, mediaType: nil, words: "It is being cancelled."),
                Answer(status: 204, mediaType: nil, words: "It had ended."),
            ], problems: [404]),
        APIOperation(
            method: .post, path: "/v1/jobs", audience: .user,
            summary: "Starts a job that runs without a connection.", body: "JobInput",
            answers: [Answer(status: 202, schema: "Job", words: "It was started.")],
            problems: [400, 404, 413, 429, 500, 503]),
        APIOperation(
            method: .get, path: "/v1/jobs/{id}", audience: .user, summary: "How a job goes or ended.",
            answers: [Answer(status: 200, schema: "Job", words: "It.")], problems: [404]),
        APIOperation(
            method: .delete, path: "/v1/jobs/{id}", audience: .user, summary: "Cancels a job.",
            answers: [Answer(status: 200, schema: "Job", words: "How it ended.")], problems: [404]),
    ]

    private static let operators: [APIOperation] = [
        APIOperation(
            method: .get, path: "/metrics", audience: .operators,
            summary: "Prometheus' text format 0.0.4, or OpenMetrics 1.0 where Accept names it.",
            answers: [Answer(status: 200, mediaType: "text/plain", words: "No user is a label.")]),
        APIOperation(
            method: .get, path: "/monitor/v1/snapshot", audience: .operators,
            summary: "The whole state at one moment.",
            answers: [Answer(status: 200, schema: "Snapshot", words: "One element of backends.")]),
        APIOperation(
            method: .get, path: "/monitor/v1/events", audience: .operators,
            summary: "The events of all sessions.", query: resume,
            answers: [Answer(status: 200, mediaType: stream, words: "For ever.")], problems: [410]),
        APIOperation(
            method: .get, path: "/monitor/v1/contexts/{id}", audience: .operators,
            summary: "One user context whole, live or among the last thousand that ended.", query: owner,
            answers: [Answer(status: 200, schema: "Context", words: "It.")], problems: [404, 409]),
        APIOperation(
            method: .post, path: "/monitor/v1/sessions/{id}/terminate", audience: .actors,
            summary: "Ends a session with its runs and its dispatcher.", query: owner,
            answers: [Answer(status: 200, schema: "Done", words: "It has ended.")], problems: [404, 409]),
        APIOperation(
            method: .post, path: "/monitor/v1/dispatchers/{id}/dispose", audience: .actors,
            summary: "Ends a dispatcher; its session gets a new one with its next run.",
            answers: [Answer(status: 200, schema: "Done", words: "It has ended.")], problems: [404, 409]),
        APIOperation(
            method: .post, path: "/monitor/v1/paths/{path}/pattern", audience: .actors,
            summary: "Moves a path, or with the path all every path, to a pattern; all of them or none.",
            body: "PatternSwitch",
            answers: [Answer(status: 200, schema: "Done", words: "Done, or how the rehearsal went.")],
            problems: [400, 404, 409]),
        APIOperation(
            method: .get, path: "/monitor/v1/faults", audience: .operators, summary: "Every fault there is.",
            answers: [Answer(status: 200, schema: "Faults", words: "And whether it is on.")]),
        APIOperation(
            method: .post, path: "/monitor/v1/faults", audience: .actors,
            summary: "Switches a fault on or off.", body: "FaultSwitch",
            answers: [Answer(status: 200, schema: "Faults", words: "All of them after it.")], problems: [400]),
    ]
}

/// What the document says of the WebSocket route, which OpenAPI has no words for.
private enum WebSocketWords {
    static let summary =
        "WebSocket, subprotocol ag-ui.v1.json: AG-UI events down, JSON-RPC 2.0 up "
        + "(session.open, session.resume, run.start, run.cancel, ping)."
    static let switched =
        "Close codes: 1000, 1001 or 1012 on drain, 1008, 1009, 1011 with a reason, 1013 too slow, "
        + "4401, 4403, 4408, 4429 too many connections."
}

/// The media type of `/health` (draft-inadarei-api-health-check-06).
private enum HealthFormat {
    static let mediaType = "application/health+json"
}
