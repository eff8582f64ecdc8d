import HTTPTypes
public import Hummingbird
import NIOCore
import WireProtocol

/// Lets operators through who may do that much, and answers 401 or 403 to the others.
public struct OperatorGate<Context: RemoteAddressRequestContext>: RouterMiddleware {
    private let access: OperatorAccess
    private let right: OperatorRight

    /// Guards routes for whoever has that right.
    public init(access: OperatorAccess, right: OperatorRight = .read) {
        self.access = access
        self.right = right
    }

    /// Decides about one request; a context that can hold it gets the operator's name.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let decision = access.decide(
            authorization: request.headers[.authorization], peer: context.remoteAddress?.ipAddress,
            host: request.head.authority, right: right)
        switch decision {
        case .unauthorized(let reason, let detail): throw Problem.unauthorized(reason: reason, detail)
        case .forbidden(let detail):
            throw Problem(
                .forbidden, detail,
                headers: [.wwwAuthenticate: #"Bearer realm="ctxtop", error="insufficient_scope""#])
        case .allowed(let name):
            guard var named = context as? any OperatorRequestContext else {
                return try await next(request, context)
            }
            named.operatorName = name
            return try await next(request, named as? Context ?? context)
        }
    }
}
