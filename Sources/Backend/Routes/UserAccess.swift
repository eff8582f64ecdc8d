import HTTPTypes
import WireProtocol

/// Who the users are: known by token, or on loopback by whatever name they give.
public enum UserAccess: Sendable {
    /// Whoever sends one of these tokens is that user.
    case tokens([String: UserID])
    /// Loopback only: the header `X-Ctxtop-User` names the user, else `anonymous`.
    case insecureLoopback

    /// The header that names a user on loopback (WIRE.md "Routes").
    static let headerName = "X-Ctxtop-User"

    /// Reads a users file: lines `USER TOKEN`, `#` starts a comment.
    ///
    /// - Throws: ``UsersFileError`` with the line that is wrong.
    public static func parse(file text: String) throws(UsersFileError) -> UserAccess {
        var users: [String: UserID] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            guard words.count == 2, users[words[1]] == nil else { throw .malformed(line: number + 1) }
            users[words[1]] = UserID(rawValue: words[0])
        }
        return .tokens(users)
    }

    /// The same with further users' tokens, by name; nothing changes where no token is needed.
    public func adding(tokensByName: [String: String]) -> UserAccess {
        guard case .tokens(var users) = self else { return self }
        for (name, token) in tokensByName where users[token] == nil { users[token] = UserID(rawValue: name) }
        return .tokens(users)
    }

    /// The user of a request, or nil when it must be refused.
    func user(authorization: String?, named name: String?) -> UserID? {
        switch self {
        case .insecureLoopback:
            return UserID(rawValue: name.flatMap { $0.isEmpty ? nil : String($0.prefix(200)) } ?? "anonymous")
        case .tokens(let users):
            let words = authorization?.split(separator: " ", maxSplits: 1) ?? []
            guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
            return users[String(words[1])]
        }
    }
}

/// Why a users file was refused.
public enum UsersFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line is not `USER TOKEN`, or its token stands there twice.
    case malformed(line: Int)

    /// What is wrong and what to write.
    public var description: String {
        if case .malformed(let line) = self {
            "users file, line \(line): write USER TOKEN, each token once"
        } else {
            "users file"
        }
    }
}
