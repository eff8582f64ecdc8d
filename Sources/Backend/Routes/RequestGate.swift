import ContextMonitor
import HTTPTypes
import Hummingbird

/// What every request passes first: its place in a trace, and problem documents for the router's own errors.
struct RequestGate: RouterMiddleware {
    private static let traceparent = HTTPField.Name(TraceContext.headerName)

    func handle(
        _ request: Request, context: BackendContext,
        next: (Request, BackendContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let name = Self.traceparent, let header = request.headers[name] {
            var random = SystemRandomNumberGenerator()
            context.trace = TraceContext(continuing: header, using: &random)
        }
        var response: Response
        do { response = try await next(request, context) } catch let problem as Problem {
            response = problem.response(from: request, context: context)
        } catch let error as HTTPError {
            let problem = Self.wrongMethod(error, request) ?? Self.problem(error)
            response = problem.response(from: request, context: context)
        }
        if let name = Self.traceparent, let trace = context.trace { response.headers[name] = trace.header }
        return response
    }

    /// 405 with what the path allows, where the router only has other methods (RFC 9110 section 15.5.6).
    private static func wrongMethod(_ error: HTTPError, _ request: Request) -> Problem? {
        guard error.status == .notFound else { return nil }
        let allowed = APIOperation.methods(ofPath: request.uri.path)
        guard !allowed.isEmpty, !allowed.contains(request.method) else { return nil }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "\(request.method.rawValue) is not possible here; use \(names)",
            headers: [.allow: names])
    }

    /// The router's own error in the format that all errors have (RFC 9457).
    private static func problem(_ error: HTTPError) -> Problem {
        let detail = error.status == .notFound ? "there is no such route; GET /openapi.json lists them" : nil
        return Problem(
            error.status, error.body ?? detail ?? error.status.reasonPhrase, headers: error.headers)
    }
}
