import ContextMonitor
import HTTPTypes
import Hummingbird
import NIOCore
import WireProtocol

/// A request context that knows its peer and, behind the gate, its user.
struct BackendContext: OperatorRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?
    /// The request's id in contexts; Hummingbird's own needs a log handler that keeps metadata, or it traps.
    let requestID = UUIDv7.text(at: SystemClock.now())
    var user: UserID = "anonymous"
    var operatorName = "nobody"
    /// The request's place in its caller's trace; nil when it named none.
    var trace: TraceContext?

    /// The place of a run that the request starts: in the caller's trace, else the first span of its own.
    var runTrace: TraceContext {
        var random = SystemRandomNumberGenerator()
        return trace ?? TraceContext(continuing: nil, using: &random)
    }

    init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// Finds out who the user is, or answers 401, 403, 415 or 429.
struct UserGate: RouterMiddleware {
    let access: UserAccess
    let gate: CallerGate

    func handle(
        _ request: Request, context: BackendContext,
        next: (Request, BackendContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let named = HTTPField.Name(UserAccess.headerName).flatMap { request.headers[$0] }
        let caller = RequestCaller(request, peer: context.remoteAddress?.ipAddress)
        context.user = try gate.identity(
            of: caller, by: try access.credentials(named: named))
        return try await next(request, context)
    }
}

/// Turns what went wrong in a session into an answer.
extension SessionError {
    var problem: Problem {
        switch self {
        case .creation(let words): Problem(.internalServerError, words)
        case .notFound: Problem(.notFound, "you have no session or run of that id")
        case .otherPath(let path): Problem(.conflict, "the session of that id belongs to the path \(path)")
        case .runExists: Problem(.conflict, "a run of that id is under way; observe it at /v1/runs/ID/events")
        case .noInterrupt:
            Problem(.conflict, "resume: the session's last run ended with no such interrupt")
        case .draining:
            Problem(
                .serviceUnavailable, "the server is stopping; try another replica",
                headers: [.retryAfter: "5"])
        case .userLimit(let kind, let limit):
            Problem(
                .tooManyRequests, "you have \(limit) \(kind.rawValue), the limit of one user; end one first",
                headers: [.retryAfter: "1"])
        }
    }
}

extension Request {
    /// The body as a JSON object of at most 1 MiB.
    ///
    /// - Throws: 413 when it is larger, 400 when it is anything else than an object or broke off.
    func jsonObject() async throws -> JSONObject {
        let limit = 1 << 20
        let buffer: ByteBuffer
        do { buffer = try await body.collect(upTo: limit) } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "the body is larger than 1 MiB")
        } catch { throw Problem(.badRequest, "the body broke off: \(error)") }
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(Array(buffer.readableBytesView)) } catch {
            throw Problem(.badRequest, "the body must be a JSON object: \(error)")
        }
        guard let object = value.object else {
            throw Problem(.badRequest, "the body must be a JSON object, not another JSON value")
        }
        return object
    }
}
