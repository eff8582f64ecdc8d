import ContextMonitor
import HTTPTypes
import Hummingbird

/// Refuses requests that a page of another site could have made a browser send to this machine.
struct LoopbackGate<Context: RequestContext>: RouterMiddleware {
    /// Answers 403 unless the request names this machine, and comes from no page or from one of the same origin.
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let host = request.head.authority, LoopbackHost.contains(authority: host) else {
            throw Problem(
                .forbidden,
                "the request is for \(request.head.authority ?? "no host"), "
                    + "not for localhost, 127.0.0.1 or [::1]; use one of them, or --monitor-token-file")
        }
        if let origin = request.headers[.origin] {
            let authority = origin.split(separator: "/", omittingEmptySubsequences: false).last
            guard origin.contains("://"), authority.map(String.init) == host else {
                throw Problem(.forbidden, "pages of \(origin.prefix(200)) may not read this")
            }
        }
        return try await next(request, context)
    }
}
