import HTTPTypes
public import Hummingbird
import NIOCore
import WireProtocol

/// Lets operators through who may do that much, and answers 401, 403, 415 or 429 to the others.
public struct OperatorGate<Context: RemoteAddressRequestContext>: RouterMiddleware {
    private let gate: CallerGate
    private let access: OperatorAccess
    private let right: OperatorRight

    /// Guards routes for operators with that right; all gates of a server share one limit of wrong tokens.
    public init(access: OperatorAccess, right: OperatorRight = .read, wrongTokens: WrongTokenLimit) {
        gate = CallerGate(wrongTokens: wrongTokens)
        self.access = access
        self.right = right
    }

    /// Decides about one request; a context that can hold it gets the operator's name.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let caller = RequestCaller(request, peer: context.remoteAddress?.ipAddress)
        let token = try gate.identity(of: caller, by: access.credentials)
        guard right == .read || token.mayAct else {
            throw Problem(
                .forbidden, "this token may read only; write read,act in its line of the token file",
                headers: [.wwwAuthenticate: #"Bearer realm="ctxtop", error="insufficient_scope""#])
        }
        guard var named = context as? any OperatorRequestContext else {
            return try await next(request, context)
        }
        named.operatorName = token.name
        return try await next(request, named as? Context ?? context)
    }
}
