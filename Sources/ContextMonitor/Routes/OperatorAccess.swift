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
}

extension OperatorAccess {
    /// The operators as the gate knows them.
    var credentials: Credentials<OperatorToken> {
        switch self {
        case .nobody: .none("no operator token is configured; start with --token-file or --insecure-loopback")
        case .insecureLoopback: .loopback(OperatorToken(secret: "", name: "loopback", mayAct: true))
        case .tokens(let tokens):
            // Every token is compared, so that the time does not show which one was found.
            .tokens { token in
                tokens.reduce(nil) { found, known in Secret.areEqual(known.secret, token) ? known : found }
            }
        }
    }
}
