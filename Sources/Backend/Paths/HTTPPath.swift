import ContextMonitor
import HTTPTypes
import Hummingbird
import PatternDetection
import WireProtocol

/// The HTTP path: one request starts one run and streams its events.
struct HTTPPath: Sendable {
    /// A session on this path ends when it was not used this long: 5 minutes.
    static let idleLimit = Duration.seconds(300)

    let hub: SessionHub

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        router.get("/v1/agents") { _, _ in
            Response(json: ["agents": [["name": .string(ScriptedAgent.name)]]])
        }
        router.post("/v1/agents/:agent/ag-ui") { request, context in
            guard context.parameters.get("agent") == ScriptedAgent.name else {
                throw Problem(.notFound, "there is no such agent; GET /v1/agents lists them")
            }
            return try await start(request, context)
        }
    }

    private func start(_ request: Request, _ context: BackendContext) async throws -> Response {
        let object = try await request.jsonObject()
        do {
            var input = try RunInput(object)
            input.trace = context.runTrace
            let session = try await hub.open(
                input.thread, user: context.user, on: .http, request: context.requestID, connection: nil)
            let reader = SessionEventReader(session.log, after: session.log.newest)
            let (run, _) = try await hub.start(input, in: session.id, user: context.user, on: .http)
            return EventStreamResponse(
                SessionEventStream(reader: reader, run: run), location: "/v1/runs/\(run)"
            ).response
        } catch let error as SessionError {
            throw error.problem
        } catch let error as RunInputError {
            throw Problem(.badRequest, error.description)
        }
    }
}
