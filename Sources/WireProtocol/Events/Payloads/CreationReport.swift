import PatternDetection

/// The outcome of one attempt to create a dispatcher: the value of `ctxtop.creation`.
public struct CreationReport: CustomPayload {
    /// On which path.
    public var path: ConsumerPath
    /// How it ended.
    public var status: OutcomeRecord.Status
    /// What went wrong, in words; also of a fallback, whose own pattern failed.
    public var error: String?
    /// The dispatcher that the path has now; nil after an error.
    public var dispatcher: DispatcherID?

    /// Describes an attempt on `path`.
    public init(
        path: ConsumerPath, status: OutcomeRecord.Status, error: String? = nil,
        dispatcher: DispatcherID? = nil
    ) {
        self.path = path
        self.status = status
        self.error = error
        self.dispatcher = dispatcher
    }

    /// Reads the value; nil without a path.
    public init?(json: JSONObject) {
        guard let path = json.string("path") else { return nil }
        self.init(
            path: ConsumerPath(rawValue: path),
            status: json.string("status").flatMap { OutcomeRecord.Status(rawValue: $0) } ?? .none,
            error: json.string("error"), dispatcher: json.id("dispatcher"))
    }

    /// `ctxtop.creation`.
    public static var eventName: CustomEventName { .creation }

    /// `{path, status, error?, dispatcher?}`.
    public var json: JSONValue {
        var object: JSONObject = ["path": .string(path.rawValue)]
        object.set("status", status.rawValue)
        object.set("error", error)
        object.set("dispatcher", dispatcher)
        return .object(object)
    }
}
