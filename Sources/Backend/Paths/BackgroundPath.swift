import ContextMonitor
import Hummingbird
import PatternDetection
import Synchronization
import WireProtocol

/// The background path: a request leaves a job that runs without a connection.
///
/// Each job is a session of its own that ends with its run, and so does its dispatcher.
final class BackgroundPath: Sendable {
    /// How many ended jobs are remembered, oldest forgotten first.
    private static let memory = 1000

    private struct Job {
        let user: UserID
        let run: RunID
        let end: Task<RunEnd, Never>
        var state: String
        var error: String?
    }

    private let hub: SessionHub
    private let jobs = Mutex<(byID: [SessionID: Job], order: [SessionID])>(([:], []))

    init(hub: SessionHub) { self.hub = hub }

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        router.post("/v1/jobs") { request, context in try await self.start(request, context) }
        router.get("/v1/jobs/:id") { _, context in try self.answer(context) }
        router.delete("/v1/jobs/:id") { _, context in
            let (id, job) = try self.own(context)
            await self.hub.end(id, reason: "cancelled by its user")
            self.finish(id, await job.end.value)
            return try self.answer(context)
        }
    }

    private static func id(_ context: BackendContext) -> SessionID {
        SessionID(rawValue: context.pathText("id"))
    }

    private func start(_ request: Request, _ context: BackendContext) async throws -> Response {
        let object = try await request.jsonObject()
        do {
            var input = try RunInput(object)
            input.canAsk = false
            input.trace = context.runTrace
            let session = try await open(context, parent: object.id("parent"))
            let (run, end) = try await start(input, in: session, context)
            remember(session.id, Job(user: context.user, run: run, end: end, state: "running"))
            Task {
                finish(session.id, await end.value)
                await hub.end(session.id, reason: "job ended")
            }
            return Response(
                json: ["id": .string(session.id.rawValue), "run": .string(run.rawValue), "state": "running"],
                status: .accepted)
        } catch let error as SessionError {
            throw error.problem
        } catch let error as RunInputError {
            throw Problem(.badRequest, error.description)
        }
    }

    /// A new session for a new job; one that gets no dispatcher ends at once.
    ///
    /// With `"parent": SESSION` it is the child of a session of its user.
    private func open(
        _ context: BackendContext, parent: SessionID?
    ) async throws(SessionError) -> Session {
        let id = SessionID(rawValue: UUIDv7.text(at: SystemClock.now()))
        do throws(SessionError) {
            return try await hub.open(
                id, user: context.user, on: .background, request: context.requestID, connection: nil,
                parent: parent)
        } catch {
            await hub.end(id, reason: "no dispatcher")
            throw error
        }
    }

    /// Starts the job's run; a session whose run cannot start ends at once.
    private func start(
        _ input: RunInput, in session: Session, _ context: BackendContext
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        do throws(SessionError) {
            return try await hub.start(input, in: session.id, user: context.user, on: .background)
        } catch {
            await hub.end(session.id, reason: "its run could not start")
            throw error
        }
    }

    private func remember(_ id: SessionID, _ job: Job) {
        jobs.withLock { jobs in
            jobs.byID[id] = job
            jobs.order.append(id)
            if jobs.order.count > Self.memory { jobs.byID[jobs.order.removeFirst()] = nil }
        }
    }

    private func finish(_ id: SessionID, _ end: RunEnd) {
        jobs.withLock { jobs in
            jobs.byID[id]?.state = end.state
            jobs.byID[id]?.error = end.error
        }
    }

    private func own(_ context: BackendContext) throws(Problem) -> (id: SessionID, job: Job) {
        let id = Self.id(context)
        guard let job = jobs.withLock({ $0.byID[id] }), job.user == context.user else {
            throw Problem(.notFound, "you have no job of that id")
        }
        return (id, job)
    }

    private func answer(_ context: BackendContext) throws(Problem) -> Response {
        let (id, job) = try own(context)
        var object: JSONObject = [
            "id": .string(id.rawValue), "run": .string(job.run.rawValue), "state": .string(job.state),
        ]
        object.set("error", job.error)
        return Response(json: .object(object))
    }
}
