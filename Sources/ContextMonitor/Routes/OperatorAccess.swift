import WireProtocol

/// Who may read the monitoring routes.
public enum OperatorAccess: Sendable {
    /// Whoever sends one of these tokens.
    case tokens([OperatorToken])
    /// Whoever connects over a loopback address; for development and demos.
    case insecureLoopback
    /// Nobody: neither was configured.
    case nobody
}

/// One operator's bearer token and what it allows.
public struct OperatorToken: Hashable, Sendable {
    /// The secret; never shown or logged.
    public let secret: String
    /// Whose it is, for audit lines.
    public let name: String
    /// Whether it allows actions besides reading.
    public let mayAct: Bool
}

/// What a route asks of an operator.
public enum OperatorRight: Sendable {
    /// To look.
    case read
    /// To change something.
    case act
}

/// Why a token file was refused.
public enum TokenFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line is not `TOKEN NAME read[,act]`.
    case malformed(line: Int)
    /// No line has a token.
    case empty

    /// What is wrong and what to write.
    public var description: String {
        switch self {
        case .malformed(let line): "token file, line \(line): write TOKEN NAME read[,act]"
        case .empty: "token file has no token: write a line TOKEN NAME read[,act]"
        }
    }
}

extension OperatorToken {
    /// Reads a token file: lines `TOKEN NAME read[,act]`, `#` starts a comment (WIRE.md "Routes").
    public static func parse(file text: String) throws(TokenFileError) -> [OperatorToken] {
        var tokens: [OperatorToken] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            let rights = words.count == 3 ? words[2].split(separator: ",") : []
            guard words.count == 3, rights.contains("read"),
                rights.allSatisfy({ ["read", "act"].contains($0) })
            else { throw .malformed(line: number + 1) }
            tokens.append(
                OperatorToken(
                    secret: String(words[0]), name: String(words[1]), mayAct: rights.contains("act")))
        }
        if tokens.isEmpty { throw .empty }
        return tokens
    }

    /// Whether `candidate` is the secret, in a time that does not depend on where they differ.
    func matches(_ candidate: some StringProtocol) -> Bool {
        let (mine, theirs) = (Array(secret.utf8), Array(candidate.utf8))
        var difference = mine.count ^ theirs.count
        for index in theirs.indices { difference |= Int(mine[index % max(1, mine.count)] ^ theirs[index]) }
        return difference == 0
    }
}

extension OperatorAccess {
    /// What an operator's request is answered with.
    enum Decision: Equatable {
        /// Whoever asks is that operator.
        case allowed(name: String)
        /// The token is known and does not allow that much.
        case forbidden(detail: String)
        /// No usable credentials; `reason` is an RFC 6750 error code, or nil when none were sent.
        case unauthorized(reason: String?, detail: String)
    }

    func decide(
        authorization: String?, peer: String?, host: String? = nil, right: OperatorRight = .read
    ) -> Decision {
        switch self {
        case .nobody:
            return .unauthorized(
                reason: nil,
                detail: "no operator token is configured; start with --token-file or --insecure-loopback")
        case .insecureLoopback:
            guard let peer, peer == "::1" || peer.hasPrefix("127.") || peer.hasPrefix("::ffff:127.") else {
                return .unauthorized(
                    reason: nil, detail: "only loopback connections are allowed without a token")
            }
            // A page of another site can have its name resolved to this machine, but not name itself localhost.
            if let host, !LoopbackHost.contains(authority: host) {
                return .unauthorized(
                    reason: nil,
                    detail: "the request is for \(host), not for localhost or 127.0.0.1; use --token-file")
            }
            return .allowed(name: "loopback")
        case .tokens(let tokens):
            guard let authorization else {
                return .unauthorized(reason: nil, detail: "send Authorization: Bearer TOKEN")
            }
            let words = authorization.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer",
                let token = tokens.first(where: { $0.matches(words[1]) })
            else { return .unauthorized(reason: "invalid_token", detail: "the token is not known here") }
            guard right == .read || token.mayAct else {
                return .forbidden(
                    detail: "this token may read only; write read,act in its line of the token file")
            }
            return .allowed(name: token.name)
        }
    }
}
