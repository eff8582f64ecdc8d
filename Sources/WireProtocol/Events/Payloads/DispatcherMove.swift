import PatternDetection

/// A step in the life of a dispatcher: the value of `ctxtop.dispatcher`.
public struct DispatcherMove: CustomPayload {
    /// How a tool call ended.
    public struct CallEnd: Hashable, Sendable {
        /// The tool's name.
        public let tool: String
        /// Whether it returned a result.
        public let succeeded: Bool

        /// Describes the end of a call of `tool`.
        public init(tool: String, succeeded: Bool) {
            self.tool = tool
            self.succeeded = succeeded
        }
    }

    /// Which dispatcher.
    public var id: DispatcherID
    /// Its state before; nil when it is new.
    public var from: DispatcherRecord.State?
    /// Its state after.
    public var to: DispatcherRecord.State
    /// Why, in words for a person; nothing is read from them.
    public var reason: String?
    /// The call that ended with this step; nil for every other step.
    public var ended: CallEnd?
    /// The pattern that made it; nil when the sender did not say.
    public var pattern: Verdict?
    /// Tool calls under way; nil when the sender did not say.
    public var inFlight: Int?
    /// Tool calls that succeeded so far; nil when the sender did not say.
    public var executed: Int?
    /// Tool calls that failed so far; nil when the sender did not say.
    public var failed: Int?
    /// Users that it has served: the newest ones, for a singleton's are all users.
    public var owners: [UserID] = []

    /// A step to `state`.
    public init(
        id: DispatcherID, from: DispatcherRecord.State? = nil, to state: DispatcherRecord.State,
        reason: String? = nil, ended: CallEnd? = nil
    ) {
        self.id = id
        self.from = from
        to = state
        self.reason = reason
        self.ended = ended
    }

    /// Reads the value; nil without an id.
    public init?(json: JSONObject) {
        guard let id: DispatcherID = json.id("id") else { return nil }
        self.init(
            id: id, from: json.string("from").flatMap { DispatcherRecord.State(rawValue: $0) },
            to: json.string("to").flatMap { DispatcherRecord.State(rawValue: $0) } ?? .unknown,
            reason: json.string("reason"))
        if let tool = json.string("tool"), let succeeded = json.bool("succeeded") {
            ended = CallEnd(tool: tool, succeeded: succeeded)
        } else if json["tool"] == nil {
            ended = reason.flatMap(Self.callEnd)
        }
        pattern = json.string("pattern").flatMap { Verdict($0) }
        inFlight = json.int("inFlight")
        executed = json.int("executed")
        failed = json.int("failed")
        owners = json.strings("owners").map { UserID(rawValue: $0) }
    }

    /// The end of a call from a sender without the `tool` member, which has it in the reason: `calculate failed`.
    private static func callEnd(_ reason: String) -> CallEnd? {
        let words = reason.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[1] == "done" || words[1] == "failed" else { return nil }
        return CallEnd(tool: String(words[0]), succeeded: words[1] == "done")
    }

    /// `ctxtop.dispatcher`.
    public static var eventName: CustomEventName { .dispatcher }

    /// `{id, from?, to, reason?, tool?, succeeded?, pattern?, inFlight?, executed?, failed?, owners}`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id.rawValue)]
        object.set("from", from?.rawValue)
        object.set("to", to.rawValue)
        object.set("reason", reason)
        if let ended {
            object.set("tool", ended.tool)
            object["succeeded"] = .bool(ended.succeeded)
        }
        object.set("pattern", pattern?.description)
        object.set("inFlight", inFlight)
        object.set("executed", executed)
        object.set("failed", failed)
        object.set("owners", owners.map(\.rawValue))
        return .object(object)
    }
}
