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
            let session = try await own(context)
            let after = Self.resumePoint(request)
            let start = try after.map { try Self.position(of: $0, in: session) } ?? session.log.floor
            if session.log.isFinished, start >= session.log.newest { return Response(status: .noContent) }
            return EventStreamResponse(
                SessionEventStream(
                    reader: SessionEventReader(session.log, after: start, id: after), run: nil)
            ).response
        }
        router.get("/v1/runs/:id") { _, context in
            let run: RunID = try context.pathIdentifier("id")
            let (session, end) = try await found(run, context)
            var object: JSONObject = [
                "id": .string(run.rawValue), "session": .string(session.id.rawValue),
                "state": .string(end?.state ?? (session.isQueued(run) ? "queued" : "running")),
            ]
            object.set("error", end?.error)
            if let interrupt = end?.interrupt { object["interrupts"] = [interrupt.json] }
            return Response(json: .object(object))
        }
        router.get("/v1/runs/:id/events") { request, context in
            let run: RunID = try context.pathIdentifier("id")
            let (session, end) = try await found(run, context)
            return try Self.events(of: run, hasEnded: end != nil, in: session, request)
        }
        router.delete("/v1/runs/:id") { _, context in
            let run: RunID = try context.pathIdentifier("id")
            let (session, end) = try await found(run, context)
            session.runs[run]?.cancel()
            return Response(status: end == nil ? .accepted : .noContent)
        }
    }

    private func own(_ context: BackendContext) async throws(Problem) -> Session {
        let id: SessionID = try context.pathIdentifier("id")
        do throws(SessionError) { return try await hub.readable(id, user: context.user) } catch {
            throw error.problem
        }
    }

    private func found(
        _ run: RunID, _ context: BackendContext
    ) async throws(Problem) -> (session: Session, end: RunEnd?) {
        do throws(SessionError) { return try await hub.run(run, user: context.user) } catch {
            throw error.problem
        }
    }

    private static func resumePoint(_ request: Request) -> String? {
        let header = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let after = header ?? request.uri.queryParameters["after"].map(String.init)
        return after.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func position(of id: String, in session: Session) throws(Problem) -> Int {
        guard let position = session.log.position(of: id) else { throw gone(session) }
        return position
    }

    /// A run's events from the resume point or its start; 204 when it has ended and nothing is left.
    private static func events(
        of run: RunID, hasEnded: Bool, in session: Session, _ request: Request
    ) throws(Problem) -> Response {
        let span = session.log.span(of: run)
        let after = resumePoint(request)
        var start = span?.start ?? session.log.newest
        if let after {
            start = try position(of: after, in: session)
            if let end = span?.end, end <= start { return Response(status: .noContent) }
        } else if hasEnded, (span?.end ?? 0) <= session.log.floor {
            throw gone(session)
        }
        let reader = SessionEventReader(session.log, after: start, id: after)
        return EventStreamResponse(SessionEventStream(reader: reader, run: run)).response
    }

    private static func gone(_ session: Session) -> Problem {
        Problem(
            .gone,
            "that is not held any more; \(session.log.floor) events of this session are gone",
            members: ["snapshot": .string("/v1/sessions/\(session.id)")])
    }

    private static func json(_ session: Session) -> JSONValue {
        var object: JSONObject = ["id": .string(session.id.rawValue), "path": .string(session.path.rawValue)]
        object.set("context", session.context.id)
        object.set("dispatcher", session.dispatcher?.id)
        object.set("lastUsedAt", session.lastUsedAt)
        object.set("runs", session.runs.keys.map(\.rawValue).sorted())
        object["ended"] = .bool(session.log.isFinished)
        return .object(object)
    }
}
