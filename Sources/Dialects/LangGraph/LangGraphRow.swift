import WireProtocol

/// One row of `POST /threads/search`: what the server keeps of a thread.
struct LangGraphRow {
    /// `idle`, `busy`, `interrupted` or `error`; the stream may be ahead of it.
    var status: String
    /// The user that it names; nil when it names none.
    let user: String?
    let updatedAt: Timestamp?
    let stateUpdatedAt: Timestamp?
    /// Whether a person is asked for something; nil where the server does not list interrupts.
    var hasInterrupts: Bool?

    /// Reads a row, whatever is missing in it.
    init(json: JSONValue, at moment: Timestamp) {
        status = json["status"]?.string ?? ""
        user = Self.user(json["metadata"]) ?? Self.user(json["config"]?["configurable"])
        updatedAt = PlausibleTime.timestamp(json["updated_at"], now: moment)
        stateUpdatedAt = PlausibleTime.timestamp(json["state_updated_at"], now: moment)
        hasInterrupts = json["interrupts"]?.object.map { interrupts in
            // A task may be listed with nothing that it asks for.
            interrupts.members.contains { $0.value.array?.isEmpty == false }
        }
    }

    /// The user that a thread or run names; nil when none does.
    static func user(_ json: JSONValue?) -> String? {
        for name in ["user_id", "langgraph_auth_user_id", "owner"] {
            if let user = json?[name]?.string, !user.isEmpty { return user }
        }
        return nil
    }
}
