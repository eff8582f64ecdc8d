import WireProtocol

/// Who did what in one user context, and when.
///
/// Bounded: the first rows say how it began and stay, the newest say what
/// happened last; what was between them is counted.
struct AuditTrail {
    /// How many rows are kept: 200, as many as events in a context's document.
    static let limit = 200
    /// How many of the first rows are never dropped.
    static let kept = 20

    /// One deed.
    struct Row {
        let at: Timestamp
        /// A user's or operator's name, or `server`.
        let who: String
        let what: String
        var reason: String?
        var from: DispatcherRecord.State?
        var to: DispatcherRecord.State?
    }

    private(set) var rows: [Row] = []
    /// How many rows are gone.
    private(set) var omitted = 0

    mutating func append(_ row: Row) {
        rows.append(row)
        guard rows.count > Self.limit else { return }
        rows.remove(at: Self.kept)
        omitted += 1
    }
}

extension AuditTrail.Row {
    /// One element of a context's `audit`.
    var json: JSONValue {
        var object: JSONObject = ["at": .string(at.rfc3339), "who": .string(who), "what": .string(what)]
        object.set("from", from?.rawValue)
        object.set("to", to?.rawValue)
        object.set("reason", reason)
        return .object(object)
    }
}

/// What a monitor keeps of a user context besides its record.
struct ContextPast {
    /// How many different tools are counted; a hostile agent can name any number.
    static let toolLimit = 100

    var trail = AuditTrail()
    /// The context whose work it does in the background.
    var parent: ContextID?
    /// When streams heard of it last.
    var toldAt: Timestamp?
    /// How often each tool was called.
    var calls: [String: Int] = [:]

    mutating func countCall(_ tool: String) {
        guard calls[tool] != nil || calls.count < Self.toolLimit else { return }
        calls[tool, default: 0] += 1
    }
}

/// A user context that is gone.
struct EndedContext {
    let record: ContextRecord
    let past: ContextPast
    let at: Timestamp
    let reason: String
}

extension MonitorState {
    /// Adds a row to a live context's trail.
    mutating func audit(_ row: AuditTrail.Row, in context: Owned<ContextID>?) {
        guard let context, contexts[context] != nil else { return }
        pasts[context, default: ContextPast()].trail.append(row)
    }

    /// The live context of a session.
    func context(of session: Owned<SessionID>?) -> Owned<ContextID>? {
        guard let session else { return nil }
        return sessions[session]?.record.context.map { Owned($0, of: session.user) }
    }

    /// Ends a context; the last thousand stay readable.
    mutating func endContext(_ key: Owned<ContextID>, reason: String, at now: Timestamp) {
        audit(AuditTrail.Row(at: now, who: "server", what: "disposed", reason: reason), in: key)
        guard let record = contexts.removeValue(forKey: key) else { return }
        let past = pasts.removeValue(forKey: key) ?? ContextPast()
        endedContexts.append(EndedContext(record: record, past: past, at: now, reason: reason))
    }

    /// Notes what an agent event means for its session's context.
    mutating func auditRun(_ event: OutgoingEvent) {
        guard let context = context(of: session(named: event.metadata)) else { return }
        let what: String
        switch event.type {
        case .toolCallStart:
            pasts[context]?.countCall(event.fields.string("toolCallName") ?? "?")
            return
        case .runStarted: what = "run started"
        case .runFinished: what = "run ended: \(event.outcomeType ?? "success")"
        case .runError: what = "run ended: error"
        default: return
        }
        let who = event.metadata.user?.rawValue ?? "server"
        audit(
            AuditTrail.Row(at: event.timestamp, who: who, what: what, reason: event.metadata.run?.rawValue),
            in: context)
    }
}
