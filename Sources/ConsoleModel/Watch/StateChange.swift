public import PatternDetection
public import WireProtocol

/// One thing that became different, told apart into what, of whom, from and to.
public struct StateChange: Hashable, Sendable {
    /// What kind of thing changed.
    public enum Aspect: String, Hashable, Sendable, CaseIterable {
        /// The link to a backend.
        case link
        /// What a health endpoint says.
        case health
        /// How we judge a path.
        case verdict
        /// How the last creation on a path ended.
        case outcome
        /// Another start or replica answers.
        case restart
        /// What a session does.
        case session
    }

    /// When it was noticed.
    public let at: Timestamp
    /// The name of the backend.
    public let backendName: String
    /// What kind of thing changed.
    public let aspect: Aspect
    /// What it is about.
    public let subject: Subject
    /// Whose session; nil for everything else.
    public let user: String?
    /// What it was; nil when this is the first that is known of it.
    public let from: String?
    /// What it is now.
    public let to: String
    /// How urgent the new state is.
    public let severity: Severity
    /// Why, where the source says so.
    public let reason: String?

    /// The change as one line of `ctxtop watch --kind changes`.
    public var json: JSONValue {
        var object: JSONObject = [
            "kind": "change", "at": .string(at.rfc3339), "backend": .string(backendName),
            "what": .string(aspect.rawValue), "subject": .string(subject.text),
        ]
        object["user"] = user.map { .string($0) }
        object["from"] = from.map { .string($0) }
        object["to"] = .string(to)
        object["severity"] = .string(severity.rawValue)
        object["reason"] = reason.map { .string($0) }
        return .object(object)
    }

    /// The columns that a filter can ask for.
    public static var columns: [Column<StateChange>] { ChangeColumns.all }
}
