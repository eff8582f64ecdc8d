import HTTPTypes
import WireProtocol

/// How callers are known: what ``OperatorAccess`` and the users of a backend come down to.
public enum Credentials<Identity> {
    /// By a token; the closure gives its owner.
    case tokens((Substring) -> Identity?)
    /// Every program of this machine is that caller.
    case loopback(Identity)
    /// No caller is let in, for that reason.
    case none(String)
}

/// The one gate before every route that acts or shows what users do: of operators and users, HTTP and WebSocket.
///
/// Health routes are outside: probes name any host and have no token.
public struct CallerGate: Sendable {
    private let wrongTokens: WrongTokenLimit

    /// A gate; all gates of a server share one limit of wrong tokens.
    public init(wrongTokens: WrongTokenLimit) { self.wrongTokens = wrongTokens }

    /// Returns who the caller is.
    ///
    /// - Parameter counts: Whether a wrong token is counted and reported; false for a look at a request that the
    ///   router judges again.
    /// - Throws: The answer to a caller that is not let in: 401, 403, 415 or 429.
    public func identity<Identity>(
        of caller: RequestCaller, by credentials: Credentials<Identity>, counts: Bool = true
    ) throws(Problem) -> Identity {
        switch credentials {
        case .none(let reason): throw .unauthorized(reason: nil, reason)
        case .loopback(let identity):
            if let refusal = caller.refusalWithoutTokens() { throw refusal.problem }
            return identity
        case .tokens(let owner):
            if let refusal = caller.refusalWithTokens() { throw refusal.problem }
            guard let token = caller.bearerToken else {
                throw .unauthorized(
                    reason: caller.authorization == nil ? nil : "invalid_token",
                    "send Authorization: Bearer TOKEN")
            }
            return try identity(of: caller, token: token, owner: owner, counts: counts)
        }
    }

    private func identity<Identity>(
        of caller: RequestCaller, token: Substring, owner: (Substring) -> Identity?, counts: Bool
    ) throws(Problem) -> Identity {
        let peer = caller.peer ?? "an unknown address"
        let now = wrongTokens.now()
        if let wait = wrongTokens.wait(of: peer, at: now) {
            let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
            throw Problem(
                .tooManyRequests,
                "too many wrong tokens came from \(peer); its tokens are compared again in \(seconds) s",
                headers: [.retryAfter: String(seconds)])
        }
        if let identity = owner(token) { return identity }
        if counts { wrongTokens.count(from: peer, at: now) }
        throw .unauthorized(reason: "invalid_token", "the token is not known here")
    }
}

/// The comparison of secrets.
public enum Secret {
    /// Whether two texts are equal, in a time that depends on their lengths alone.
    public static func areEqual(_ known: some StringProtocol, _ candidate: some StringProtocol) -> Bool {
        let (mine, theirs) = (Array(known.utf8), Array(candidate.utf8))
        var difference = mine.count ^ theirs.count
        for index in theirs.indices where !mine.isEmpty {
            difference |= Int(mine[index % mine.count] ^ theirs[index])
        }
        return difference == 0
    }
}
