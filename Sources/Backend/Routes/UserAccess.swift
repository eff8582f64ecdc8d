import ContextMonitor
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

    /// Reads a users file: lines `USER TOKEN [tools=NAME,…]`, `#` starts a comment.
    ///
    /// - Throws: ``UsersFileError`` with the line that is wrong.
    public static func parse(file text: String) throws(UsersFileError) -> UserAccess {
        var users: [String: UserID] = [:]
        for (number, words) in lines(of: text) {
            guard (2...3).contains(words.count), users[words[1]] == nil else {
                throw .malformed(line: number)
            }
            guard IdentifierRule.accepts(words[0]) else { throw .longName(line: number) }
            users[words[1]] = UserID(rawValue: words[0])
        }
        return .tokens(users)
    }

    /// Reads the same file for what each user may use: all tools, or those that `tools=` names.
    ///
    /// - Throws: ``UsersFileError`` with the line whose third word names no shipped tools.
    public static func permissions(file text: String) throws(UsersFileError) -> ToolPermissions {
        var permissions = ToolPermissions()
        for (number, words) in lines(of: text) where words.count > 2 {
            let tools = words[2].hasPrefix("tools=") ? words[2].dropFirst(6).split(separator: ",") : []
            guard !tools.isEmpty,
                tools.allSatisfy({ name in ToolCatalogue.all.contains { $0.name == name } })
            else { throw .unknownTools(line: number) }
            permissions.restrict(UserID(rawValue: words[0]), to: Set(tools.map(String.init)))
        }
        return permissions
    }

    private static func lines(of text: String) -> [(number: Int, words: [String])] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { number, line in
            (number + 1, line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init))
        }.filter { !$0.words.isEmpty }
    }

    /// The same with further users' tokens, by name; nothing changes where no token is needed.
    public func adding(tokensByName: [String: String]) -> UserAccess {
        guard case .tokens(var users) = self else { return self }
        for (name, token) in tokensByName where users[token] == nil { users[token] = UserID(rawValue: name) }
        return .tokens(users)
    }

    /// The users as the gate knows them; `name` is the one that the request names.
    ///
    /// - Throws: 400 when the name is too long.
    func credentials(named name: String?) throws(Problem) -> Credentials<UserID> {
        switch self {
        case .insecureLoopback:
            guard let name, !name.isEmpty else { return .loopback("anonymous") }
            guard IdentifierRule.accepts(name) else {
                throw Problem(.badRequest, "\(Self.headerName): \(IdentifierRule.wanted)")
            }
            return .loopback(UserID(rawValue: name))
        case .tokens(let users):
            // Every token is compared, so that the time does not show which one was found.
            return .tokens { token in
                users.reduce(nil) { found, user in Secret.areEqual(user.key, token) ? user.value : found }
            }
        }
    }
}

/// Files of tokens, as the programs of a backend read them.
public enum TokenFile {
    /// Why a file must not be used, with what to do: every user of the machine may read it.
    public static func refusal(_ path: String) -> String? { SecretFile.refusal(path) }
}

/// Why a users file was refused.
public enum UsersFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line is not `USER TOKEN`, or its token stands there twice.
    case malformed(line: Int)
    /// The user's name is too long.
    case longName(line: Int)
    /// The third word is not `tools=` with names of shipped tools.
    case unknownTools(line: Int)

    /// What is wrong and what to write.
    public var description: String {
        switch self {
        case .malformed(let line): "users file, line \(line): write USER TOKEN, each token once"
        case .longName(let line): "users file, line \(line): the name must be \(IdentifierRule.wanted)"
        case .unknownTools(let line):
            "users file, line \(line): behind the token write nothing, or tools= and some of "
                + ToolCatalogue.all.map { $0.name }.joined(separator: ",")
        }
    }
}
