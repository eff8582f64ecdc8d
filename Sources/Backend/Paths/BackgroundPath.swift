import ContextMonitor
import Hummingbird
import PatternDetection
import Synchronization
import WireProtocol

/// The background path: a request leaves a job that runs without a connection.
///
/// Each job is a session of its own that ends with its run, and so does its dispatcher.
final class BackgroundPath: Sendable {
    /// How many jobs are remembered; the user who has the most loses the oldest.
    private static let memory = 1000

    private struct Job {
        let run: RunID
        let end: Task<RunEnd, Never>
        var state: String
        var error: String?
    }

    private let hub: SessionHub
    private let jobs = Mutex<(byKey: [Owned<SessionID>: Job], order: ForgettingOrder)>(([:], .init()))

    init(hub: SessionHub) { self.hub = hub }

    func addRoutes(to router: some RouterMethods<BackendContext>) {
        router.post("/v1/jobs") { request, context in try await self.start(request, context) }
        router.get("/v1/jobs/:id") { _, context in try self.answer(context) }
        router.delete("/v1/jobs/:id") { _, context in
            let (key, job) = try self.own(context)
            await self.hub.end(key, reason: "cancelled by its user")
            self.finish(key, await job.end.value)
            return try self.answer(context)
        }
    }

    private func start(_ request: Request, _ context: BackendContext) async throws -> Response {
        let object = try await request.jsonObject()
        do {
            var input = try RunInput(object)
            input.canAsk = false
            input.trace = context.runTrace
            let session = try await open(context, parent: object.identifier("parent"))
            let (run, end) = try await start(input, in: session, context)
            remember(session.key, Job(run: run, end: end, state: "running"))
            Task {
                finish(session.key, await end.value)
                await hub.end(session.key, reason: "job ended")
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
            await hub.end(Owned(id, of: context.user), reason: "no dispatcher")
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
            await hub.end(session.key, reason: "its run could not start")
            throw error
        }
    }

    private func remember(_ key: Owned<SessionID>, _ job: Job) {
        jobs.withLock { jobs in
            jobs.byKey[key] = job
            jobs.order.append(key)
            guard jobs.order.count > Self.memory, let next = jobs.order.next else { return }
            jobs.order.remove(next)
            jobs.byKey[next] = nil
        }
    }

    private func finish(_ key: Owned<SessionID>, _ end: RunEnd) {
        jobs.withLock { jobs in
            jobs.byKey[key]?.state = end.state
            jobs.byKey[key]?.error = end.error
        }
    }

    private func own(_ context: BackendContext) throws(Problem) -> (key: Owned<SessionID>, job: Job) {
        let key = Owned(try context.pathIdentifier("id") as SessionID, of: context.user)
        guard let job = jobs.withLock({ $0.byKey[key] }) else {
            throw Problem(.notFound, "you have no job of that id")
        }
        return (key, job)
    }

    private func answer(_ context: BackendContext) throws(Problem) -> Response {
        let (key, job) = try own(context)
        var object: JSONObject = [
            "id": .string(key.id.rawValue), "run": .string(job.run.rawValue), "state": .string(job.state),
        ]
        object.set("error", job.error)
        return Response(json: .object(object))
    }
}
