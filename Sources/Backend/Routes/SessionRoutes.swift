import PatternDetection
import ContextMonitor
import HTTPTypes
import Hummingbird
import WireProtocol

/// What a user may see and do with their own sessions and runs.
struct SessionRoutes: Sendable {
    let hub: SessionHub
    let monitor: ContextMonitor

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        router.get("/v1/sessions") { _, context in
            let sessions = await hub.all(of: context.user)
            return Response(json: ["sessions": .array(sessions.map(Self.json))])
        }
        router.get("/v1/sessions/:id") { _, context in
            Response(json: Self.json(try await own(context)))
        }
        router.get("/v1/sessions/:id/events") { request, context in
            try follow(try await own(context), run: nil, request)
        }
        router.get("/v1/runs/:id") { _, context in
            let run = Self.run(context)
            let session = try await running(run, context)
            return Response(
                json: [
                    "id": .string(run.rawValue), "session": .string(session.id.rawValue), "state": "running",
                ])
        }
        router.get("/v1/runs/:id/events") { request, context in
            let run = Self.run(context)
            return try follow(try await running(run, context), run: run, request)
        }
        router.delete("/v1/runs/:id") { _, context in
            let run = Self.run(context)
            try await running(run, context).runs[run]?.cancel()
            return Response(status: .accepted)
        }
    }

    private static func run(_ context: BackendContext) -> RunID {
        RunID(rawValue: context.parameters.get("id") ?? "")
    }

    private func own(_ context: BackendContext) async throws(Problem) -> Session {
        let id = SessionID(rawValue: context.parameters.get("id") ?? "")
        do throws(SessionError) { return try await hub.find(id, user: context.user) } catch {
            throw error.problem
        }
    }

    private func running(_ run: RunID, _ context: BackendContext) async throws(Problem) -> Session {
        do throws(SessionError) { return try await hub.session(running: run, user: context.user) } catch {
            throw error.problem
        }
    }

    private func follow(_ session: Session, run: RunID?, _ request: Request) throws(Problem) -> Response {
        let header = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let after = header ?? request.uri.queryParameters["after"].map(String.init)
        let (tail, live) = session.log.follow(after: after)
        switch tail {
        case .events(let events):
            return EventStreamResponse(tail: events, live: live, run: run, endsWithRun: run != nil).response()
        case .gone(let lost):
            throw Problem(
                .gone, "that resume point is not held any more; \(lost) events of this session are gone")
        }
    }

    private static func json(_ session: Session) -> JSONValue {
        var object: JSONObject = ["id": .string(session.id.rawValue), "path": .string(session.path.rawValue)]
        object.set("context", session.context.id)
        object.set("dispatcher", session.dispatcher?.id)
        object.set("lastUsedAt", session.lastUsedAt)
        object.set("runs", session.runs.keys.map(\.rawValue).sorted())
        return .object(object)
    }
}
